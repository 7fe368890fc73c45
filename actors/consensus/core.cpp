#include "actors/consensus/core.hpp"

#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/consensus/core_state.hpp"

namespace souk::consensus {

bool CheckCollector::verify(const PublicKey& key, std::span<const std::uint8_t> bytes,
                            const Signature& signature) const {
  // The entries of a commit are over one string: keep one copy of it.
  SharedBytes shared = checks_.empty() ? nullptr : checks_.back().bytes;
  if (!shared || !std::equal(shared->begin(), shared->end(), bytes.begin(), bytes.end()))
    shared = std::make_shared<const Bytes>(bytes.begin(), bytes.end());
  checks_.push_back({key, std::move(shared), signature});
  return true;
}

Core::State::State(CoreConfig c)
    : config_(std::move(c)),
      peers_(config_.peers, config_.peer_limits),
      planner_(config_.peers),
      schedule_(ValidatorSchedule::genesis(config_.genesis)),
      validators_hash_(schedule_.current.hash()),
      next_validators_hash_(schedule_.next.hash()),
      history_(config_.first),
      machine_(config_.first),
      votes_(schedule_.current),
      proposers_(schedule_.current) {
  SOUK_CHECK(config_.first.value >= 1);
  SOUK_CHECK(!config_.chain_id.empty() && config_.chain_id.size() <= chain_id_byte_count_max);
  SOUK_CHECK(config_.block_limits.part_bytes > 0 && config_.block_limits.bytes_max > 0);
  history_.add(config_.first, schedule_.current, true);
  if (config_.key) index_ = schedule_.current.index_of(address_of(*config_.key));
  planner_.enter_height(height(), static_cast<std::uint32_t>(schedule_.current.size()), nullptr);
}

Core::Core(CoreConfig config) : state_(std::make_unique<State>(std::move(config))) {}
Core::Core(const Core& other) : state_(std::make_unique<State>(*other.state_)) {}
Core& Core::operator=(const Core& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Core::Core(Core&&) noexcept = default;
Core& Core::operator=(Core&&) noexcept = default;
Core::~Core() = default;

Result<Core> Core::recover(CoreConfig config, Application& app, const Disk& disk) {
  Core core(std::move(config));
  if (auto recovered = core.state_->recover(disk, app); !recovered) return Unexpected{recovered.error()};
  return core;
}

void Core::start(Turn turn) {
  State& s = *state_;
  // Answers to what was asked before a crash must not be taken for answers to what is asked now.
  s.next_ticket_ =
      std::max(s.next_ticket_, static_cast<std::uint64_t>(turn.context.now.time_since_epoch().count()));
  s.arm_upkeep(turn);
  if (s.is_recovered_) {
    s.answers_until_ = turn.context.now + s.config_.timeouts.rebroadcast;
    s.resume(turn);
  } else {
    s.app_state_ = turn.app.state();
    s.begin_store(turn);
    s.begin_log(turn);
    s.start_height(turn);
  }
  s.send_plan(turn);
}

void Core::handle(const PeerMessage& e, Turn turn) {
  if (e.message == nullptr) return;
  state_->receive(e.from, e.message, turn);
  state_->send_plan(turn);
}

void Core::handle(const SignaturesVerified& e, Turn turn) {
  State& s = *state_;
  const auto found = s.checks_.find(e.ticket);
  if (found == s.checks_.end()) return;
  const State::Check check = std::move(found->second);
  s.checks_.erase(found);
  if (const auto* message = std::get_if<State::MessageCheck>(&check)) {
    s.checked(*message, e.valid, turn);
  } else if (const auto* block = std::get_if<State::BlockCheck>(&check)) {
    s.judged(block->value, e.valid, e.valid ? "" : "a signature in it is wrong", turn);
  } else {
    s.synced_checked(std::get<State::SyncCheck>(check), e.valid, turn);
  }
  s.evaluate(turn);
  s.send_plan(turn);
}

void Core::handle(const SignatureMade& e, Turn turn) {
  State& s = *state_;
  const auto found = s.signing_.find(e.ticket);
  if (found == s.signing_.end()) return;
  const State::Asked asked = found->second;
  s.signing_.erase(found);
  s.on_signature(asked, e.signature, turn);
  s.evaluate(turn);
  s.send_plan(turn);
}

bool Core::handle(const TimerFired& e, Turn turn) {
  if (e.id.kind < timer_kind_min) return false;
  State& s = *state_;
  if (s.halted_) return true;
  switch (static_cast<State::Timer>(e.id.kind)) {
    case State::Timer::propose: s.on_timeout(Step::propose, turn); break;
    case State::Timer::prevote: s.on_timeout(Step::prevote, turn); break;
    case State::Timer::precommit: s.on_timeout(Step::precommit, turn); break;
    case State::Timer::height: s.wait_for_grid(turn); break;
    case State::Timer::build: s.build(turn); break;
    case State::Timer::gossip: s.on_gossip_timer(turn); break;
    case State::Timer::upkeep: s.on_upkeep_timer(turn); break;
  }
  s.send_plan(turn);
  return true;
}

const CoreConfig& Core::config() const { return state_->config_; }
Height Core::height() const { return state_->height(); }
Round Core::round() const { return std::max(state_->machine_.round(), 0); }
Step Core::step() const { return state_->machine_.step(); }
std::optional<Height> Core::decided() const {
  if (!state_->last_) return std::nullopt;
  return state_->last_->height;
}
const ValidatorSchedule& Core::validators() const { return state_->schedule_; }
std::uint32_t Core::proposer(Round round) const { return state_->proposers_.at(round); }
const RuleCounts& Core::rules() const { return state_->rules_; }
bool Core::is_signing() const { return state_->may_sign(); }
std::optional<std::string> Core::halted() const { return state_->halted_; }
QueueSizes Core::queues() const { return state_->queues(); }
std::vector<Vote> Core::votes() const {
  std::vector<Vote> all = state_->votes_.votes();
  if (!state_->last_) return all;
  const std::vector<Vote> late = state_->last_->votes.votes();
  all.insert(all.end(), late.begin(), late.end());
  return all;
}

}  // namespace souk::consensus
