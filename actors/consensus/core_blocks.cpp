#include <algorithm>
#include <set>

#include "actors/base/check.hpp"
#include "actors/consensus/commit.hpp"
#include "actors/consensus/core_state.hpp"
#include "actors/consensus/mutation.hpp"

/// Blocks: made, proposed and judged (section 1.4).
namespace souk::consensus {
namespace {

/// Bytes of a payload without transactions; each of those takes 4 more than it has.
std::size_t payload_overhead(const Block& block) {
  const Header& h = block.header;
  constexpr std::size_t fixed = 16 + 4 + 8 + 8 + 9 * sizeof(Hash) + sizeof(Address);
  std::size_t bytes = fixed + h.chain_id.size() + 8 + 4 + sizeof(ValueId) + 4 + 4 + 4;
  bytes += block.last_commit.signatures.size() * (1 + sizeof(Address) + sizeof(Signature));
  for (const Evidence& e : block.evidence) bytes += EvidencePool::byte_count(e);
  return bytes;
}

/// Drops transactions from the end until the rest fits.
void fit(std::vector<Bytes>& txs, std::size_t room) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < txs.size() && bytes + txs[count].size() + 4 <= room) bytes += txs[count++].size() + 4;
  txs.resize(count);
}

}  // namespace

Header Core::State::expected_header(Time time, const Address& proposer) const {
  Header h;
  h.version.app = app_state_.version;
  h.chain_id = config_.chain_id;
  h.height = height();
  h.time = time;
  if (last_) h.last_value = last_->value;
  h.validators_hash = validators_hash_;
  h.next_validators_hash = next_validators_hash_;
  h.consensus_hash = app_state_.params_hash;
  h.app_hash = app_state_.app_hash;
  h.last_results_hash = app_state_.results_hash;
  h.proposer = proposer;
  return h;
}

Block Core::State::next_block(Turn& turn) {
  const Time now = turn.context.now;
  const BlockLimits& limits = config_.block_limits;
  Block block;
  block.header = expected_header(now, schedule_.current[*index_].address);
  // Not the commit that decided: precommits that came since count too, so that the slow are not absent.
  if (last_) block.last_commit = last_->votes.commit(last_->height, last_->round, last_->value);
  block.evidence = evidence_.propose(std::min(limits.evidence_bytes_max, limits.bytes_max / 4), height(), now,
                                     config_.evidence_age, history_);
  const std::size_t overhead = payload_overhead(block);
  const std::size_t room = limits.bytes_max - std::min<std::size_t>(limits.bytes_max, overhead);
  if (room > 0) block.txs = turn.app.propose(height(), now, static_cast<std::uint32_t>(room));
  fit(block.txs, room);
  block.header.last_commit_hash = commit_hash(block.last_commit);
  block.header.data_hash = data_hash(block.txs);
  block.header.evidence_hash = evidence_hash(block.evidence);
  return block;
}

void Core::State::build(Turn& turn) {
  if (!is_building_ || replaying_ || !may_sign() || machine_.decision()) return;
  if (machine_.step() != Step::propose) return;
  // Section 1.8: the proposer waits until its clock is past the last block's time.
  if (last_ && turn.context.now <= last_->time && !SOUK_CONSENSUS_MUTATE(timestamp_unchecked)) {
    turn.out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::build), 0}, last_->time + Duration(1)});
    return;
  }
  is_building_ = false;
  auto block = std::make_shared<const Block>(next_block(turn));
  const SharedValue value = make_value(*block, config_.block_limits);
  log(OwnValue{height(), machine_.round(), value});
  auto parts = PartAssembler::of(value, config_.block_limits);
  const ValueId id = parts.id();
  candidates_.push_back({std::move(parts), std::move(block), Judgement::valid, false, no_actor});
  log(Verdict{height(), id, true});
  propose(id, no_round, turn);
}

void Core::State::propose(const ValueId& value, Round valid_round, Turn& turn) {
  const Candidate* c = candidate(value);
  if (c == nullptr || !c->parts.complete()) return;
  say({Step::propose, height(), machine_.round(), value, valid_round}, turn);
}

void Core::State::judge(Candidate& c, Turn& turn) {
  if (replaying_ || c.checking || c.judgement != Judgement::unknown) return;
  const ValueId id = c.parts.id();
  auto block = open_value(*c.parts.value());
  if (!block) return judged(id, false, block.error().message, turn);
  c.block = std::make_shared<const Block>(std::move(*block));
  std::vector<SignatureCheck> checks;
  if (!SOUK_CONSENSUS_MUTATE(block_unchecked)) {
    if (auto good = check_block(*c.block, turn.app, checks); !good)
      return judged(id, false, good.error().message, turn);
  }
  if (checks.empty()) return judged(id, true, "", turn);
  c.checking = true;
  verify(std::move(checks), BlockCheck{id}, turn);
}

void Core::State::judged(const ValueId& value, bool valid, const std::string& why, Turn& turn) {
  Candidate* c = candidate(value);
  // A log may hold two verdicts on one value, of before and after a restart: the later counts.
  if (c == nullptr || (c->judgement != Judgement::unknown && !replaying_)) return;
  c->checking = false;
  c->judgement = valid ? Judgement::valid : Judgement::invalid;
  log(Verdict{height(), value, valid});
  for (ProposalFacts& p : facts_) {
    if (p.value == value) p.judgement = c->judgement;
  }
  // The signer of the proposal is at fault, not who passed it on: nobody is charged.
  if (!learnt_ || std::get<CertifiedValue>(learnt_->message).commit.value != value) return;
  if (!valid) return halt("more than 2/3 decided a block that does not validate: " + why, turn);
  learn_decision(turn);
}

Result<void> Core::State::check_block(const Block& block, const Application& app,
                                      std::vector<SignatureCheck>& checks) const {
  if (auto good = check_header(block); !good) return good;
  if (!SOUK_CONSENSUS_MUTATE(last_commit_unchecked)) {
    if (auto good = check_last_commit(block, checks); !good) return good;
  }
  if (auto good = check_evidence(block, checks); !good) return good;
  return app.check(height(), block.header.time, block.txs);
}

Result<void> Core::State::check_header(const Block& block) const {
  const Header& h = block.header;
  if (auto roots = check_roots(block); !roots) return roots;
  Header expected = expected_header(h.time, h.proposer);
  expected.last_commit_hash = h.last_commit_hash;
  expected.data_hash = h.data_hash;
  expected.evidence_hash = h.evidence_hash;
  if (h.version != expected.version) return fail("block: another version");
  if (h.chain_id != expected.chain_id) return fail("block: of chain " + h.chain_id);
  if (h.height != expected.height) return fail("block: height " + std::to_string(h.height.value));
  if (h.last_value != expected.last_value) return fail("block: does not follow the last one");
  if (h != expected) return fail("block: a hash in the header is not ours");
  if (!schedule_.current.index_of(h.proposer)) return fail("block: proposer is not in the set");
  const bool is_later = last_ ? h.time > last_->time : h.time >= config_.genesis_time;
  if (!is_later && !SOUK_CONSENSUS_MUTATE(timestamp_unchecked))
    return fail("block: time is not after the last block's");
  return {};
}

Result<void> Core::State::check_last_commit(const Block& block, std::vector<SignatureCheck>& checks) const {
  const Commit& commit = block.last_commit;
  if (!last_) return commit == Commit{} ? Result<void>{} : fail("block: the first has no last commit");
  const CommitClaim claim{config_.chain_id, last_->height, last_->value};
  if (auto good = check_commit(*schedule_.last, claim, commit); !good) return good;
  Statement statement{Step::precommit, commit.height, commit.round, std::nullopt, no_round};
  std::array<SharedBytes, 2> bytes;  // for nil, for the value
  for (std::uint32_t i = 0; i < commit.signatures.size(); ++i) {
    const CommitSignature& s = commit.signatures[i];
    if (s.kind == CommitSignature::Kind::absent) continue;
    const bool for_value = s.kind == CommitSignature::Kind::for_value;
    statement.value = for_value ? std::optional(commit.value) : std::nullopt;
    // Most were checked when the vote came in.
    const Vote* known = last_->votes.find_vote(Step::precommit, commit.round, statement.value, i);
    if (known != nullptr && known->signature == s.signature) continue;
    if (!bytes[for_value])
      bytes[for_value] = std::make_shared<const Bytes>(sign_bytes(config_.chain_id, statement));
    checks.push_back({(*schedule_.last)[i].key, bytes[for_value], s.signature});
  }
  return {};
}

Result<void> Core::State::check_evidence(const Block& block, std::vector<SignatureCheck>& checks) const {
  std::size_t bytes = 0;
  EvidencePool seen;
  for (const Evidence& e : block.evidence) {
    const Height then = e.first.statement.height;
    bytes += EvidencePool::byte_count(e);
    if (bytes > config_.block_limits.evidence_bytes_max) return fail("block: too much evidence");
    const ValidatorSet* set = then < height() ? history_.at(then) : nullptr;
    const auto time = history_.time_of(then);
    if (set == nullptr || !time) return fail("block: evidence of a height that is not known");
    if (expired(config_.evidence_age, height() - then, block.header.time - *time))
      return fail("block: evidence is too old");
    if (evidence_.status(e) == EvidencePool::Status::committed || !seen.add(e))
      return fail("block: evidence a second time");
    CheckCollector collector;
    if (auto good = verify_evidence(*set, config_.chain_id, e, collector); !good) return good;
    if (evidence_.holds(e)) continue;
    checks.insert(checks.end(), collector.checks().begin(), collector.checks().end());
  }
  return {};
}

}  // namespace souk::consensus
