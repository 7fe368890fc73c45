#include "actors/delegator.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "actors/base/check.hpp"
#include "actors/base/math.hpp"

namespace souk {
namespace {

constexpr double month_h = 730.5;
constexpr double longest_h = 1e6;  // a century: what heavy tails draw must still fit the clock
constexpr double year_s = 31'557'600;
/// After a slash what it believes to have may be off by roundings, so it asks for a little less.
constexpr double after_slash = 0.999;
/// Coins that are not worth a transaction.
constexpr Amount dust{1'000};

Duration exponential_hours(double mean_h, Rng& rng) {
  const double h = std::min(-mean_h * math::log(rng.uniform()), longest_h);
  return Duration{static_cast<std::int64_t>(h * 3.6e12)};
}

std::vector<Msg> one(StakeMsg msg) {
  std::vector<Msg> msgs;
  msgs.emplace_back(std::move(msg));
  return msgs;
}

Amount uakt_of(const std::vector<Coin>& coins) {
  Amount sum;
  for (const Coin& coin : coins)
    if (coin.denom == Denom::uakt) sum += coin.amount;
  return sum;
}

}  // namespace

Delegator::Delegator(DelegatorConfig config)
    : config_(std::make_shared<const DelegatorConfig>(std::move(config))), view_(config_->genesis) {
  SOUK_CHECK(config_->withdraw_every > Duration::zero());
  for (const auto& [validator, amount] : config_->delegations) stakes_[validator] += amount;
  first_staked_ = staked();
  liquid_ = config_->liquid;
}

Amount Delegator::staked() const {
  Amount sum;
  for (const auto& [validator, amount] : stakes_) sum += amount;
  return sum;
}

void Delegator::on(const Event& event, const Context& context, Effects& out) {
  if (std::holds_alternative<Started>(event)) return start(context, out);
  if (const auto* fired = std::get_if<TimerFired>(&event)) return fire(*fired, context, out);
  if (const auto* notice = std::get_if<ChainNotice>(&event)) return hear(*notice, context, out);
  if (const auto* tx = std::get_if<TxDecided>(&event)) {
    // A refused one pays nothing; it is tried again in its turn. One that went through is told by its events.
    if (tx->nonce == withdrawal_ && tx->code != 0) withdrawal_ = 0;
  }
}

void Delegator::start(const Context& context, Effects& out) {
  withdrawn_at_ = context.now;
  Rng rng = context.stream(Purpose::timing);
  const double every = static_cast<double>(config_->withdraw_every.count());
  const Time first = context.now + Duration{static_cast<std::int64_t>(rng.uniform() * every)};
  out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::withdraw), 0}, first});
  next_reconsideration(context, out);
}

void Delegator::fire(const TimerFired& e, const Context& context, Effects& out) {
  switch (static_cast<Timer>(e.id.kind)) {
    case Timer::reconsider:
      reconsider(context, out);
      next_reconsideration(context, out);
      break;
    case Timer::withdraw: withdraw(context, out); break;
    case Timer::flee: flee(e.id.subject, context, out); break;
  }
}

void Delegator::submit(std::vector<Msg> msgs, Effects& out) {
  Tx tx;
  tx.signer = config_->address;
  tx.nonce = ++nonces_;
  tx.fee = config_->fee;
  tx.msgs = std::move(msgs);
  out.push_back(SubmitTx{std::make_shared<const Tx>(std::move(tx))});
}

// ---- which validator ----------------------------------------------------------------------------------

void Delegator::next_reconsideration(const Context& context, Effects& out) {
  if (config_->reconsider_per_month <= 0) return;
  Rng rng = context.stream(Purpose::churn, gaps_++);
  const Duration gap = exponential_hours(month_h / config_->reconsider_per_month, rng);
  out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::reconsider), 0}, context.now + gap});
}

/// Relative to the others: what a validator leaves of the network's yield, less what faults may cost.
double Delegator::net_yield(const Address& validator, Time now) const {
  const KnownValidator* const v = view_.find(validator);
  if (v == nullptr || !v->bonded || v->jailed) return 0;
  const bool remembered = v->last_fault != Time::min() && now - v->last_fault <= config_->fault_memory;
  const double faults = remembered ? config_->fault_discount * std::max(1u, v->slashes) : 0.0;
  return (1 - v->commission) * std::max(0.0, 1 - faults);
}

/// A validator by logit over the log of the net yield; none if none pays.
std::optional<Address> Delegator::choose(const Address& except, const Context& context) {
  std::vector<std::pair<Address, double>> weights;
  double total = 0;
  for (const auto& [address, v] : view_.validators()) {
    const double yield = address == except ? 0 : net_yield(address, context.now);
    if (yield <= 0) continue;
    total += math::exp(config_->sensitivity * math::log(yield));
    weights.emplace_back(address, total);
  }
  Rng rng = context.stream(Purpose::choice, choices_++);
  const double at = rng.uniform() * total;
  for (const auto& [address, upto] : weights)
    if (at < upto) return address;
  return weights.empty() ? std::nullopt : std::optional(weights.back().first);
}

Amount Delegator::movable(Amount stake) const { return was_slashed_ ? part_of(stake, after_slash) : stake; }

bool Delegator::move(const Address& from, const Context& context, double least_gain, Effects& out) {
  const auto settled = settled_.find(from);
  if (settled != settled_.end() && context.now < settled->second) return false;  // not transitive
  const auto to = choose(from, context);
  if (!to) return false;
  const double here = net_yield(from, context.now);
  if (net_yield(*to, context.now) < here * (1 + least_gain)) return false;
  const Amount amount = part_of(movable(stakes_[from]), config_->move_share);
  if (amount <= dust) return false;
  out.push_back(Note{Note::Metric::delegator_moved, 0, static_cast<double>(amount.micro)});
  submit(one(MsgBeginRedelegate{config_->address, from, *to, {Denom::uakt, amount}}), out);
  return true;
}

void Delegator::reconsider(const Context& context, Effects& out) {
  if (config_->elastic) resize(context, out);
  // The one that leaves it least goes first; one move at a time is inertia enough.
  const Address* worst = nullptr;
  for (const auto& [validator, amount] : stakes_) {
    if (amount <= dust) continue;
    if (worst == nullptr || net_yield(validator, context.now) < net_yield(*worst, context.now))
      worst = &validator;
  }
  if (worst != nullptr) move(Address(*worst), context, config_->least_gain, out);
}

/// Takes stake out while the yield it sees is below what it wants, puts liquid coins in while it is above.
void Delegator::resize(const Context& context, Effects& out) {
  if (!yield_) return;
  if (*yield_ < config_->required_return) {
    const Amount keep = part_of(first_staked_, config_->keep_share);
    const auto largest = std::max_element(stakes_.begin(), stakes_.end(),
                                          [](const auto& a, const auto& b) { return a.second < b.second; });
    if (largest == stakes_.end()) return;
    const Amount spare = std::max(Amount{}, staked() - keep);
    const Amount amount =
        std::min({part_of(staked(), config_->adjust_share), spare, movable(largest->second)});
    if (amount <= dust) return;
    submit(one(MsgUndelegate{config_->address, largest->first, {Denom::uakt, amount}}), out);
  } else {
    const Amount amount = std::min(liquid_, part_of(staked() + liquid_, config_->adjust_share));
    const auto to = choose(Address{}, context);
    if (!to || amount <= dust) return;
    submit(one(MsgDelegate{config_->address, *to, {Denom::uakt, amount}}), out);
  }
}

void Delegator::hear_fault(const Address& validator, const Context& context, Effects& out) {
  if (!stakes_.contains(validator)) return;
  Rng rng = context.stream(Purpose::fault, faults_);
  const std::uint64_t subject = faults_++;
  if (rng.uniform() >= config_->flee) return;
  fleeing_.emplace(subject, validator);
  out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::flee), subject},
                         context.now + exponential_hours(config_->flee_after_h, rng)});
}

void Delegator::flee(std::uint64_t subject, const Context& context, Effects& out) {
  const auto at = fleeing_.find(subject);
  if (at == fleeing_.end()) return;
  const Address from = at->second;
  fleeing_.erase(at);
  if (stakes_.contains(from)) move(from, context, 0, out);
}

// ---- rewards ------------------------------------------------------------------------------------------

void Delegator::withdraw(const Context& context, Effects& out) {
  out.push_back(
      SetTimer{{static_cast<std::uint32_t>(Timer::withdraw), 0}, context.now + config_->withdraw_every});
  if (stakes_.empty()) return;
  std::vector<Msg> msgs;
  for (const auto& [validator, amount] : stakes_)
    msgs.emplace_back(StakeMsg{MsgWithdrawDelegatorReward{config_->address, validator}});
  withdrawal_ = nonces_ + 1;
  payouts_due_ = msgs.size();
  submit(std::move(msgs), out);
}

/// The withdrawal is paid, with what other messages paid out since the last one.
void Delegator::close_withdrawal(const Context& context, Effects& out) {
  withdrawal_ = 0;
  const double elapsed = seconds(context.now - withdrawn_at_);
  const Amount stake = staked();
  if (stake.micro > 0 && elapsed > 0) {
    yield_ = static_cast<double>(rewards_.micro) / static_cast<double>(stake.micro) * year_s / elapsed;
    out.push_back(Note{Note::Metric::delegator_yield, 0, *yield_});
  }
  withdrawn_at_ = context.now;
  const Amount again = part_of(rewards_, config_->restake);
  liquid_ += rewards_;
  rewards_ = {};
  if (again <= dust || stakes_.empty()) return;
  const auto largest = std::max_element(stakes_.begin(), stakes_.end(),
                                        [](const auto& a, const auto& b) { return a.second < b.second; });
  submit(one(MsgDelegate{config_->address, largest->first, {Denom::uakt, again}}), out);
}

// ---- what the chain says ------------------------------------------------------------------------------

void Delegator::hear(const ChainNotice& notice, const Context& context, Effects& out) {
  const auto* event = std::get_if<StakeEvent>(&notice.event);
  if (event == nullptr) return;
  if (const auto* rewards = std::get_if<EventWithdrawRewards>(event)) {
    if (rewards->delegator != config_->address) return;
    rewards_ += uakt_of(rewards->amount);
    if (withdrawal_ != 0 && --payouts_due_ == 0) close_withdrawal(context, out);
    return;
  }
  const auto* status = std::get_if<EventValidatorStatus>(event);
  const KnownValidator* before = status == nullptr ? nullptr : view_.find(status->validator);
  const bool was_jailed = before != nullptr && before->jailed;
  if (!view_.take(notice)) return;
  hear_own(*event, context);
  if (const auto* slash = std::get_if<EventSlash>(event)) {
    hear_fault(slash->validator, context, out);
  } else if (status != nullptr && status->jailed && !was_jailed) {
    hear_fault(status->validator, context, out);
  }
}

void Delegator::hear_own(const StakeEvent& event, const Context& context) {
  const Address& self = config_->address;
  const auto take = [this](const Address& validator, Amount amount) {
    const auto at = stakes_.find(validator);
    if (at == stakes_.end()) return;
    at->second = std::max(Amount{}, at->second - amount);
    if (at->second.micro == 0) stakes_.erase(at);
  };
  if (const auto* in = std::get_if<EventDelegate>(&event); in != nullptr && in->delegator == self) {
    stakes_[in->validator] += in->amount.amount;
    liquid_ = std::max(Amount{}, liquid_ - in->amount.amount);
  } else if (const auto* out = std::get_if<EventUnbond>(&event); out != nullptr && out->delegator == self) {
    take(out->validator, out->amount.amount);
  } else if (const auto* moved = std::get_if<EventRedelegate>(&event);
             moved != nullptr && moved->delegator == self) {
    take(moved->source, moved->amount.amount);
    stakes_[moved->destination] += moved->amount.amount;
    settled_[moved->destination] = context.now + config_->unbonding;
  } else if (const auto* done = std::get_if<EventCompleteUnbonding>(&event);
             done != nullptr && done->delegator == self) {
    liquid_ += done->amount.amount;
  } else if (const auto* slash = std::get_if<EventSlash>(&event)) {
    const auto at = stakes_.find(slash->validator);
    const double whole = static_cast<double>(slash->power) * 1e6;
    if (at == stakes_.end() || whole <= 0) return;
    const double lost = static_cast<double>(slash->burned_coins.micro) / whole;
    at->second = part_of(at->second, std::clamp(1 - lost, 0.0, 1.0));
    was_slashed_ = true;
  }
}

}  // namespace souk
