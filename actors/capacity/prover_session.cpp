#include "actors/capacity/prover_session.hpp"

#include <algorithm>
#include <utility>

#include "actors/capacity/chains.hpp"
#include "actors/capacity/timing.hpp"

namespace souk::capacity {

ProverSession::ProverSession(Challenge challenge, Time now, ProverPatience patience)
    : challenge_(std::move(challenge)),
      id_(challenge_id(challenge_)),
      patience_(patience),
      since_(now),
      seed_round_(challenge_) {
  gathering_.nonces.resize(challenge_.validators.size());
}

bool ProverSession::on(const ProverEvent& event, Time now, ProverEffects& out) {
  if (is_stalled(now)) {
    fail_with(state_ == ProverState::awaiting_seed ? "the chain gave no seed in time"
                                                   : "too few validators sent a nonce in time");
    return true;
  }
  return std::visit([&](const auto& e) { return handle(e, now, out); }, event);
}

Time ProverSession::deadline() const {
  switch (state_) {
    case ProverState::awaiting_first_nonces:
    case ProverState::awaiting_second_nonces:
      return std::min(gathering_.patience_over, since_ + patience_.stall);
    case ProverState::awaiting_seed: return since_ + patience_.stall;
    case ProverState::filling:
    case ProverState::sweeping:
    case ProverState::opening:
    case ProverState::done:
    case ProverState::failed: break;
  }
  return time_max;
}

bool ProverSession::is_stalled(Time now) const {
  const bool waits = state_ == ProverState::awaiting_first_nonces ||
                     state_ == ProverState::awaiting_second_nonces || state_ == ProverState::awaiting_seed;
  return waits && now >= since_ + patience_.stall;
}

bool ProverSession::handle(const FirstNonce& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::awaiting_first_nonces ||
      !gather(event.validator, event.n, next_nonce(event.n), now))
    return false;
  start_if_gathered(now, out);
  return true;
}

bool ProverSession::handle(const SecondNonce& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::awaiting_second_nonces ||
      !gather(event.validator, event.m, next_nonce(next_nonce(event.m)), now))
    return false;
  start_if_gathered(now, out);
  return true;
}

/// Keeps `nonce` if it is new and `anchor`, which it leads to, is its validator's.
bool ProverSession::gather(std::uint32_t validator, const Hash& nonce, const Hash& anchor, Time now) {
  if (validator >= challenge_.validators.size() || gathering_.nonces[validator] ||
      anchor != challenge_.validators[validator].nonce)
    return false;
  gathering_.nonces[validator] = nonce;
  if (++gathering_.count == majority(challenge_.params.validators))
    gathering_.patience_over = now + patience_.nonces;
  return true;
}

bool ProverSession::is_gathered(Time now) const {
  return gathering_.count == challenge_.validators.size() || now >= gathering_.patience_over;
}

bool ProverSession::start_if_gathered(Time now, ProverEffects& out) {
  if (!is_gathered(now)) return false;
  if (state_ == ProverState::awaiting_first_nonces) {
    first_nonces_ = gathering_.nonces;
    enter(ProverState::filling, now);
    out.emplace_back(StartFill{first_nonces_});
  } else {
    second_nonces_ = gathering_.nonces;
    enter(ProverState::sweeping, now);
    out.emplace_back(StartSweeps{second_nonces_});
  }
  return true;
}

bool ProverSession::handle(const Filled& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::filling) return false;
  fill_ = event.commit;
  gathering_ = Gathering{Nonces(challenge_.validators.size()), time_max, 0};
  enter(ProverState::awaiting_second_nonces, now);
  out.emplace_back(SendCommit{CommitKind::fill, fill_});
  return true;
}

bool ProverSession::handle(const Swept& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::sweeping) return false;
  sweep_ = event.commit;
  enter(ProverState::awaiting_seed, now);
  out.emplace_back(SendCommit{CommitKind::sweep, sweep_});
  out.emplace_back(PublishCommits{fill_, sweep_});
  return true;
}

bool ProverSession::handle(const CommitsFinal& event, Time, ProverEffects&) {
  return state_ == ProverState::awaiting_seed && is_same_statement(event.fill, fill_) &&
         is_same_statement(event.sweep, sweep_) && seed_round_.on(event);
}

bool ProverSession::handle(const SecretFinal& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::awaiting_seed || !seed_round_.on(event)) return false;
  open_if_ready(now, out);
  return true;
}

bool ProverSession::handle(const BlockFinal& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::awaiting_seed || !seed_round_.on(event)) return false;
  open_if_ready(now, out);
  return true;
}

void ProverSession::open_if_ready(Time now, ProverEffects& out) {
  if (!seed_round_.is_ready()) return;
  enter(ProverState::opening, now);
  out.emplace_back(StartOpenings{seed_round_.block(), seed_round_.secrets()});
}

bool ProverSession::handle(const Opened& event, Time now, ProverEffects& out) {
  if (state_ != ProverState::opening) return false;
  enter(ProverState::done, now);
  out.emplace_back(SendTranscript{event.transcript, nonces_used()});
  return true;
}

bool ProverSession::handle(const WorkFailed& event, Time, ProverEffects&) {
  if (state_ != ProverState::filling && state_ != ProverState::sweeping && state_ != ProverState::opening)
    return false;
  fail_with(event.reason);
  return true;
}

bool ProverSession::handle(const Woken&, Time now, ProverEffects& out) {
  if (state_ != ProverState::awaiting_first_nonces && state_ != ProverState::awaiting_second_nonces)
    return false;
  return start_if_gathered(now, out);
}

void ProverSession::enter(ProverState state, Time now) {
  state_ = state;
  since_ = now;
}

void ProverSession::fail_with(std::string reason) {
  state_ = ProverState::failed;
  failure_ = std::move(reason);
}

std::vector<Revealed> ProverSession::nonces_used() const {
  std::vector<Revealed> used(challenge_.validators.size());
  for (std::size_t i = 0; i < used.size(); ++i) {
    used[i].n = first_nonces_[i];
    used[i].m = second_nonces_[i];
  }
  return used;
}

}  // namespace souk::capacity
