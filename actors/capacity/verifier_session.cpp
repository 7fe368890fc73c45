#include "actors/capacity/verifier_session.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::capacity {

VerifierSession::VerifierSession(Challenge challenge, std::uint32_t validator, const Hash& secret,
                                 VerifierLimits limits)
    : challenge_(std::move(challenge)),
      id_(challenge_id(challenge_)),
      validator_(validator),
      nonces_(secret),
      limits_(limits),
      seed_round_(challenge_) {
  SOUK_CHECK(validator_ < challenge_.validators.size());
  SOUK_CHECK(nonces_.anchor == challenge_.validators[validator_].nonce);
}

bool VerifierSession::on(const VerifierEvent& event, Time now, VerifierEffects& out) {
  const bool expired = now >= deadline_;
  if (expired) end(Outcome::silent, std::nullopt, out);
  return std::visit([&](const auto& e) { return handle(e, now, out); }, event) || expired;
}

bool VerifierSession::handle(const ProbingStarted&, Time now, VerifierEffects& out) {
  if (state_ != VerifierState::probing || echo_number_ > 0) return false;
  send_echo(now, out);
  return true;
}

bool VerifierSession::handle(const EchoReturned& event, Time now, VerifierEffects& out) {
  if (state_ != VerifierState::probing || !echo_sent_ || event.number != echo_number_) return false;
  round_trips_.add(now - *std::exchange(echo_sent_, std::nullopt));
  if (echo_number_ < limits_.echo_count) send_echo(now, out);
  return true;
}

void VerifierSession::send_echo(Time now, VerifierEffects& out) {
  echo_sent_ = now;
  out.emplace_back(SendEcho{++echo_number_});
}

bool VerifierSession::handle(const ChallengeOpened&, Time now, VerifierEffects& out) {
  if (state_ != VerifierState::probing) return false;
  stamps_.credit = round_trips_.credit();
  stamps_.first_nonce = now;
  state_ = VerifierState::filling;
  deadline_ = now + limits_.fill_max;
  out.emplace_back(SendFirstNonce{nonces_.n});
  return true;
}

bool VerifierSession::handle(const CommitReceived& event, Time now, VerifierEffects& out) {
  if (!was_opened() || is_over() || !is_well_formed(event.commit, id_, challenge_.params.validators))
    return false;
  if (contradicts(event.kind, event.commit)) {
    end(Outcome::equivocated, std::nullopt, out);
    return true;
  }
  if (event.kind == CommitKind::fill && state_ == VerifierState::filling) {
    take_fill(event.commit, now, out);
    return true;
  }
  if (event.kind == CommitKind::sweep && state_ == VerifierState::sweeping) {
    take_sweep(event.commit, now);
    return true;
  }
  return false;
}

bool VerifierSession::contradicts(CommitKind kind, const Commit& commit) const {
  const std::optional<Commit>& known = kind == CommitKind::fill ? fill_ : sweep_;
  return known && !is_same_statement(*known, commit);
}

void VerifierSession::take_fill(const Commit& commit, Time now, VerifierEffects& out) {
  fill_ = commit;
  stamps_.fill_commit = now;
  stamps_.second_nonce = now;
  state_ = VerifierState::sweeping;
  deadline_ = now + limits_.sweep_max;
  out.emplace_back(SendSecondNonce{nonces_.m});
}

void VerifierSession::take_sweep(const Commit& commit, Time now) {
  sweep_ = commit;
  stamps_.sweep_commit = now;
  state_ = VerifierState::awaiting_finality;
  deadline_ = now + limits_.finality_max;
}

// A validator that missed a commit goes on from what the chain says, without the stamp. One that already
// failed the prover still owes the others its secret, so it follows the chain to the seed.
bool VerifierSession::handle(const CommitsFinal& event, Time, VerifierEffects& out) {
  const std::uint32_t count = challenge_.params.validators;
  if (!was_opened() || !is_well_formed(event.fill, id_, count) || !is_well_formed(event.sweep, id_, count) ||
      !seed_round_.on(event))
    return false;
  if (is_over()) return true;
  if (contradicts(CommitKind::fill, event.fill) || contradicts(CommitKind::sweep, event.sweep)) {
    end(Outcome::equivocated, std::nullopt, out);
    return true;
  }
  fill_ = event.fill;
  sweep_ = event.sweep;
  state_ = VerifierState::awaiting_seed;
  deadline_ = time_max;  // from here to the seed the prover can do nothing
  return true;
}

bool VerifierSession::handle(const SecretFinal& event, Time now, VerifierEffects& out) {
  if (!seed_round_.on(event)) return false;
  settle_seed(now, out);
  return true;
}

bool VerifierSession::handle(const BlockFinal& event, Time now, VerifierEffects& out) {
  if (!seed_round_.on(event)) return false;
  if (seed_round_.may_reveal() && !std::exchange(revealed_, true)) out.emplace_back(PublishSecret{nonces_.z});
  settle_seed(now, out);
  return true;
}

/// Once the seed is known: accuses who kept a secret, and gives the prover its 30 s.
void VerifierSession::settle_seed(Time now, VerifierEffects& out) {
  if (!seed_round_.is_ready() || std::exchange(seed_settled_, true)) return;
  for (std::uint32_t i = 0; i < seed_round_.secrets().size(); ++i) {
    if (!seed_round_.secrets()[i]) out.emplace_back(AccuseMissing{i});
  }
  if (state_ != VerifierState::awaiting_seed) return;
  state_ = VerifierState::awaiting_transcript;
  deadline_ = now + limits_.opening_max;
  if (transcript_) check(out);
}

bool VerifierSession::handle(const TranscriptReceived& event, Time, VerifierEffects& out) {
  if (transcript_) return false;
  switch (state_) {
    case VerifierState::awaiting_finality:
    case VerifierState::awaiting_seed: transcript_ = event; return true;
    case VerifierState::awaiting_transcript:
      transcript_ = event;
      check(out);
      return true;
    case VerifierState::probing:
    case VerifierState::filling:
    case VerifierState::sweeping:
    case VerifierState::checking:
    case VerifierState::accepted:
    case VerifierState::failed: break;
  }
  return false;
}

void VerifierSession::check(VerifierEffects& out) {
  state_ = VerifierState::checking;
  deadline_ = time_max;
  Record record{challenge_, *fill_, *sweep_, known_nonces(), seed_round_.block()};
  out.emplace_back(CheckTranscript{std::move(record), std::move(transcript_->transcript)});
}

/// z where it is on chain, from which n and m follow; else n and m, our own or as the prover says they were:
/// the verifier holds them against the anchor.
std::vector<Revealed> VerifierSession::known_nonces() const {
  std::vector<Revealed> known = transcript_->nonces;
  known.resize(challenge_.validators.size());
  known[validator_] = {nonces_.n, nonces_.m, std::nullopt};
  for (std::size_t i = 0; i < known.size(); ++i) {
    const std::optional<Hash>& z = seed_round_.secrets()[i];
    known[i] = z ? Revealed{std::nullopt, std::nullopt, z} : Revealed{known[i].n, known[i].m, std::nullopt};
  }
  return known;
}

bool VerifierSession::handle(const Checked& event, Time, VerifierEffects& out) {
  if (state_ != VerifierState::checking) return false;
  end(event.verdict == Verdict::accepted ? Outcome::accepted : Outcome::rejected, event.verdict, out);
  return true;
}

bool VerifierSession::handle(const Woken&, Time, VerifierEffects&) { return false; }

void VerifierSession::end(Outcome outcome, std::optional<Verdict> verdict, VerifierEffects& out) {
  out.emplace_back(Report{validator_, outcome, state_, verdict, stamps_});
  state_ = outcome == Outcome::accepted ? VerifierState::accepted : VerifierState::failed;
  deadline_ = time_max;
}

Result<CapacityVector> conclude(const Params& params, std::span<const Report> reports) {
  std::vector<Stamps> stamps;
  std::uint32_t accepted = 0;
  for (const Report& report : reports) {
    stamps.push_back(report.stamps);
    accepted += report.outcome == Outcome::accepted ? 1 : 0;
  }
  if (accepted < majority(params.validators))
    return fail("proof: " + std::to_string(accepted) + " of " + std::to_string(params.validators) +
                " validators accepted it, at least " + std::to_string(majority(params.validators)) +
                " needed");
  const auto times = median_times(stamps, params.validators);
  if (!times) return Unexpected{times.error()};
  return measured_capacity(params, *times);
}

}  // namespace souk::capacity
