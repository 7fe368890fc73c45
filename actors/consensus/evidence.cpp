#include "actors/consensus/evidence.hpp"

#include <utility>

#include "actors/base/check.hpp"

namespace souk::consensus {

bool contradict(const Statement& a, const Statement& b) {
  if (a.height != b.height || a.round != b.round || a.step != b.step) return false;
  return a.value != b.value || (a.step == Step::propose && a.valid_round != b.valid_round);
}

Evidence make_evidence(const ValidatorSet& set, const Signed& a, const Signed& b) {
  SOUK_CHECK(a.index == b.index && a.index < set.size() && contradict(a.statement, b.statement));
  const bool in_order = a.statement < b.statement;
  return {in_order ? a : b, in_order ? b : a, set[a.index].power, set.total_power()};
}

Result<void> verify_evidence(const ValidatorSet& set, std::string_view chain_id, const Evidence& evidence,
                             const SignatureVerifier& verifier) {
  const auto& [first, second, power, total_power] = evidence;
  if (!contradict(first.statement, second.statement)) return fail("evidence: no contradiction");
  if (!(first.statement < second.statement)) return fail("evidence: the smaller statement comes first");
  if (first.index != second.index || first.validator != second.validator)
    return fail("evidence: of two validators");
  if (first.index >= set.size() || set[first.index].address != first.validator)
    return fail("evidence: not a validator of that height");
  const Validator& v = set[first.index];
  if (power != v.power || total_power != set.total_power())
    return fail("evidence: the recorded powers are not those of that height");
  for (const Signed* s : {&first, &second}) {
    if (!verifier.verify(v.key, sign_bytes(chain_id, s->statement), s->signature))
      return fail("evidence: wrong signature");
  }
  return {};
}

bool expired(const EvidenceAge& age, Blocks blocks_since, Duration time_since) {
  return blocks_since > age.blocks_max && time_since > age.time_max;
}

}  // namespace souk::consensus
