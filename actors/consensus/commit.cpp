#include "actors/consensus/commit.hpp"

#include <set>

#include "actors/consensus/thresholds.hpp"

namespace souk::consensus {
namespace {

using Kind = CommitSignature::Kind;

std::string entry(std::size_t index) { return "commit signature " + std::to_string(index); }

Bytes bytes_of(const CommitClaim& claim, const Commit& commit, Kind kind) {
  Statement statement{Step::precommit, commit.height, commit.round, std::nullopt, no_round};
  if (kind == Kind::for_value) statement.value = commit.value;
  return sign_bytes(claim.chain_id, statement);
}

Result<void> check_claim(const CommitClaim& claim, const Commit& commit) {
  if (commit.height != claim.height)
    return fail("commit of height " + std::to_string(commit.height.value) + ", wanted " +
                std::to_string(claim.height.value));
  if (commit.value != claim.value) return fail("commit for another value");
  if (commit.round < 0 || commit.round > round_max)
    return fail("commit round " + std::to_string(commit.round) + " is not in 0 .. " +
                std::to_string(round_max));
  return {};
}

Result<void> check_entry(const ValidatorSet& set, const Commit& commit, std::size_t i) {
  const CommitSignature& s = commit.signatures[i];
  if (!is_enumerator(s.kind)) return fail(entry(i) + ": unknown kind");
  if (s.kind == Kind::absent)
    return s == CommitSignature{} ? Result<void>{} : fail(entry(i) + ": absent, but not empty");
  if (s.validator != set[i].address) return fail(entry(i) + ": another validator's address");
  return {};
}

}  // namespace

Result<void> check_commit(const ValidatorSet& set, const CommitClaim& claim, const Commit& commit) {
  if (auto fits = check_claim(claim, commit); !fits) return fits;
  if (commit.signatures.size() != set.size())
    return fail("commit of " + std::to_string(commit.signatures.size()) + " entries for " +
                std::to_string(set.size()) + " validators");
  Power power = 0;
  for (std::size_t i = 0; i < set.size(); ++i) {
    if (auto good = check_entry(set, commit, i); !good) return good;
    if (commit.signatures[i].kind == Kind::for_value) power += set[i].power;
  }
  if (!has_quorum(power, set.total_power()))
    return fail("commit power " + std::to_string(power) + " of " + std::to_string(set.total_power()) +
                " is not above 2/3");
  return {};
}

Result<void> verify_commit(const ValidatorSet& set, const CommitClaim& claim, const Commit& commit,
                           const SignatureVerifier& verifier) {
  if (auto good = check_commit(set, claim, commit); !good) return good;
  const Bytes for_value = bytes_of(claim, commit, Kind::for_value);
  const Bytes for_nil = bytes_of(claim, commit, Kind::for_nil);
  for (std::size_t i = 0; i < set.size(); ++i) {
    const CommitSignature& s = commit.signatures[i];
    if (s.kind == Kind::absent) continue;
    if (!verifier.verify(set[i].key, s.kind == Kind::for_value ? for_value : for_nil, s.signature))
      return fail(entry(i) + ": wrong signature");
  }
  return {};
}

Result<void> verify_commit_light(const ValidatorSet& set, const CommitClaim& claim, const Commit& commit,
                                 const SignatureVerifier& verifier) {
  if (auto good = check_commit(set, claim, commit); !good) return good;
  const Bytes bytes = bytes_of(claim, commit, Kind::for_value);
  Power power = 0;
  for (std::size_t i = 0; i < set.size() && !has_quorum(power, set.total_power()); ++i) {
    const CommitSignature& s = commit.signatures[i];
    if (s.kind != Kind::for_value) continue;
    if (!verifier.verify(set[i].key, bytes, s.signature)) return fail(entry(i) + ": wrong signature");
    power += set[i].power;
  }
  return {};
}

Result<void> verify_commit_trusting(const ValidatorSet& trusted, const CommitClaim& claim,
                                    const Commit& commit, const SignatureVerifier& verifier) {
  if (auto fits = check_claim(claim, commit); !fits) return fits;
  if (commit.signatures.size() > validator_count_max) return fail("commit of too many entries");
  const Bytes bytes = bytes_of(claim, commit, Kind::for_value);
  std::set<Address> seen;
  Power power = 0;
  for (std::size_t i = 0; i < commit.signatures.size(); ++i) {
    const CommitSignature& s = commit.signatures[i];
    if (s.kind != Kind::for_value) continue;
    const auto index = trusted.index_of(s.validator);
    if (!index) continue;
    if (!seen.insert(s.validator).second) return fail(entry(i) + ": a validator twice");
    if (!verifier.verify(trusted[*index].key, bytes, s.signature))
      return fail(entry(i) + ": wrong signature");
    power += trusted[*index].power;
    if (has_third(power, trusted.total_power())) return {};
  }
  return fail("trusted power " + std::to_string(power) + " of " + std::to_string(trusted.total_power()) +
              " is not above 1/3");
}

}  // namespace souk::consensus
