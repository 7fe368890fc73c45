#include "actors/operator.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "actors/base/check.hpp"

namespace souk {
namespace {

/// Shared streams belong to no actor: ids no host gives out.
constexpr std::uint32_t cause_actors = 0x8000'0000u;
constexpr double days_per_month = 30.4375;
constexpr double longest_h = 1e6;  // a century: what heavy tails draw must still fit the clock

Duration hours(double h) {
  return Duration{static_cast<std::int64_t>(std::clamp(h, 0.0, longest_h) * 3.6e12)};
}

Context as(const Context& context, std::uint32_t actor) {
  Context shared = context;
  shared.self = ActorId{actor};
  return shared;
}

std::vector<Msg> one(Msg msg) {
  std::vector<Msg> msgs;
  msgs.push_back(std::move(msg));
  return msgs;
}

}  // namespace

Operator::Operator(OperatorConfig config)
    : config_(std::make_shared<const OperatorConfig>(std::move(config))), view_(config_->genesis) {
  SOUK_CHECK(config_->withdraw_every > Duration::zero());
  SOUK_CHECK(config_->commission.every > Duration::zero());
  SOUK_CHECK(config_->economics.window > Duration::zero());
  standing_ = config_->starts_inside ? Standing::inside : Standing::outside;
  self_bond_ = config_->starts_inside ? config_->self_bond : Amount{};
  commission_ = config_->commission.rate;
}

void Operator::on(const Event& event, const Context& context, Effects& out) {
  if (std::holds_alternative<Started>(event)) return start(context, out);
  if (const auto* fired = std::get_if<TimerFired>(&event)) return fire(*fired, context, out);
  if (const auto* notice = std::get_if<ChainNotice>(&event)) return hear(*notice, context, out);
  if (const auto* tx = std::get_if<TxDecided>(&event)) return decided(*tx, context, out);
}

void Operator::set(Timer timer, Time at, Effects& out) {
  out.push_back(SetTimer{{static_cast<std::uint32_t>(timer), 0}, at});
}

void Operator::start(const Context& context, Effects& out) {
  // Not all at the same moment: each begins its rounds at a place of its own.
  Rng rng = context.stream(Purpose::timing);
  const auto later = [&](Duration every) {
    return context.now +
           Duration{static_cast<std::int64_t>(rng.uniform() * static_cast<double>(every.count()))};
  };
  set(Timer::withdraw, later(config_->withdraw_every), out);
  const Time first_change = later(config_->commission.every);
  if (config_->commission.policy != CommissionPolicy::fixed) set(Timer::commission, first_change, out);
  if (config_->economics.enabled) set(Timer::review, context.now + config_->economics.window, out);
  if (config_->fails) next_failure(context, out);
  if (config_->cause.number != 0) next_cause(context, out);
}

void Operator::fire(const TimerFired& e, const Context& context, Effects& out) {
  const bool was_up = is_up();
  switch (static_cast<Timer>(e.id.kind)) {
    case Timer::failure: {
      own_down_ = true;
      Rng rng = context.stream(Purpose::repair, failures_++);
      set(Timer::repair, context.now + hours(config_->down_h.sample(rng)), out);
      break;
    }
    case Timer::repair:
      own_down_ = false;
      next_failure(context, out);
      break;
    case Timer::cause: strike(context, out); break;
    case Timer::cause_end: cause_down_ = cause_until_ > context.now; break;
    case Timer::unjail: unjail(context, out); break;
    case Timer::withdraw: withdraw(context, out); break;
    case Timer::commission: set_commission(context, out); break;
    case Timer::review: review(context, out); break;
  }
  tell(was_up, out);
  if (!was_up && is_up() && jailed_) plan_unjail(context.now, out);
}

// ---- uptime -------------------------------------------------------------------------------------------

void Operator::next_failure(const Context& context, Effects& out) {
  Rng rng = context.stream(Purpose::uptime, failures_);
  set(Timer::failure, context.now + hours(config_->up_h.sample(rng)), out);
}

void Operator::next_cause(const Context& context, Effects& out) {
  Rng shared = as(context, cause_actors + config_->cause.number).stream(Purpose::uptime, causes_);
  set(Timer::cause, context.now + hours(config_->cause.gap_h.sample(shared)), out);
}

void Operator::strike(const Context& context, Effects& out) {
  Rng shared = as(context, cause_actors + config_->cause.number).stream(Purpose::repair, causes_);
  const Duration length = hours(config_->cause.down_h.sample(shared));
  Rng own = context.stream(Purpose::fault, causes_);
  ++causes_;
  if (own.uniform() < config_->cause.hit) {
    cause_down_ = true;
    cause_until_ = std::max(cause_until_, context.now + length);
    set(Timer::cause_end, cause_until_, out);
  }
  next_cause(context, out);
}

void Operator::tell(bool was_up, Effects& out) {
  if (was_up == is_up()) return;
  out.push_back(Note{is_up() ? Note::Metric::validator_up : Note::Metric::validator_down, 0, 1});
  const bool validates = standing_ == Standing::inside || standing_ == Standing::leaving;
  if (config_->tells_uptime && validates) {
    out.push_back(Send{config_->node, ValidatorEvent{ValidatorUptime{config_->address, is_up()}}});
  }
}

// ---- jail ---------------------------------------------------------------------------------------------

void Operator::plan_unjail(Time at, Effects& out) {
  if (tombstoned_ || standing_ != Standing::inside) return;
  set(Timer::unjail, std::max(at + config_->unjail_after, jailed_at_ + config_->jail_time), out);
}

void Operator::unjail(const Context& context, Effects& out) {
  // Down: unjailing now would only be jailed again. It is planned anew when the machine is back.
  if (!jailed_ || tombstoned_ || standing_ != Standing::inside || !is_up()) return;
  unjail_nonce_ = nonces_ + 1;
  submit(one(StakeMsg{MsgUnjail{config_->address}}), out);
  // As long as nothing says that it is out, it asks again.
  set(Timer::unjail, context.now + std::max(config_->jail_time, config_->unjail_after), out);
}

// ---- money --------------------------------------------------------------------------------------------

double Operator::usd(const std::vector<Coin>& coins) const {
  double sum = 0;
  for (const Coin& coin : coins)
    if (coin.denom == Denom::uakt)
      sum += static_cast<double>(coin.amount.micro) * 1e-6 * config_->economics.akt_usd;
  return sum;
}

void Operator::withdraw(const Context& context, Effects& out) {
  set(Timer::withdraw, context.now + config_->withdraw_every, out);
  if (standing_ != Standing::inside) return;
  std::vector<Msg> msgs;
  if (commission_ > 0) msgs.emplace_back(StakeMsg{MsgWithdrawValidatorCommission{config_->address}});
  if (config_->top_up > 0)
    msgs.emplace_back(StakeMsg{MsgWithdrawDelegatorReward{config_->address, config_->address}});
  if (!msgs.empty()) submit(std::move(msgs), out);
}

double Operator::wanted_commission() const {
  const CommissionSettings& c = config_->commission;
  const double mean = view_.mean_commission(config_->address);
  double target = commission_;
  switch (c.policy) {
    case CommissionPolicy::fixed: return commission_;
    case CommissionPolicy::follow: target = mean; break;
    case CommissionPolicy::undercut: target = mean - c.step; break;
    case CommissionPolicy::raise_when_big:
      target = view_.share(config_->address) > c.big_share ? c.max_rate : c.rate;
      break;
  }
  const double step = std::min(c.step, c.max_change);
  return std::clamp(std::clamp(target, commission_ - step, commission_ + step), 0.0, c.max_rate);
}

void Operator::set_commission(const Context& context, Effects& out) {
  set(Timer::commission, context.now + config_->commission.every, out);
  constexpr double least_change = 1e-4;  // a hundredth of a percent: below it nobody bothers
  const double wanted = wanted_commission();
  if (standing_ != Standing::inside || std::max(wanted - commission_, commission_ - wanted) < least_change)
    return;
  MsgEditValidator edit;
  edit.validator = config_->address;
  edit.commission_rate = Dec::nearest(wanted);
  submit(one(StakeMsg{edit}), out);
}

void Operator::review(const Context& context, Effects& out) {
  const OperatorEconomics& e = config_->economics;
  set(Timer::review, context.now + e.window, out);
  const double cost = e.cost_usd_month * (seconds(e.window) / 86'400 / days_per_month);
  if (standing_ == Standing::inside) {
    poor_windows_ = income_usd_ < cost ? poor_windows_ + 1 : 0;
    if (poor_windows_ >= e.patience) leave(out);
  } else if (standing_ == Standing::outside) {
    const KnownValidator* watched = view_.find(e.watched);
    if (watched != nullptr && watched->tokens.micro > 0) {
      const double per_token = watched_uakt_ / static_cast<double>(watched->tokens.micro);
      const double income = per_token * static_cast<double>(e.expected_stake.micro) * 1e-6 * e.akt_usd;
      if (income > cost * e.entry_margin) enter(out);
    }
  }
  income_usd_ = 0;
  watched_uakt_ = 0;
}

void Operator::leave(Effects& out) {
  standing_ = Standing::leaving;
  out.push_back(Note{Note::Metric::validator_left, 0, 1});
  // Without its own bond the chain jails it, which takes it out of the active set.
  std::vector<Msg> msgs;
  if (commission_ > 0) msgs.emplace_back(StakeMsg{MsgWithdrawValidatorCommission{config_->address}});
  submit(std::move(msgs), out);
  submit(one(StakeMsg{MsgUndelegate{config_->address, config_->address, {Denom::uakt, self_bond_}}}), out);
}

void Operator::enter(Effects& out) {
  const CommissionSettings& c = config_->commission;
  standing_ = Standing::entering;
  MsgCreateValidator create;
  create.moniker = config_->moniker;
  create.commission = {Dec::nearest(c.rate), Dec::nearest(c.max_rate), Dec::nearest(c.max_change)};
  create.min_self_delegation = config_->min_self_delegation;
  create.validator = config_->address;
  create.key = config_->key;
  create.value = {Denom::uakt, config_->self_bond};
  enter_nonce_ = nonces_ + 1;
  submit(one(StakeMsg{std::move(create)}), out);
}

void Operator::submit(std::vector<Msg> msgs, Effects& out) {
  if (msgs.empty()) return;
  Tx tx;
  tx.signer = config_->address;
  tx.nonce = ++nonces_;
  tx.fee = config_->fee;
  tx.msgs = std::move(msgs);
  out.push_back(SubmitTx{std::make_shared<const Tx>(std::move(tx))});
}

// ---- what the chain says ------------------------------------------------------------------------------

void Operator::decided(const TxDecided& e, const Context& context, Effects& out) {
  if (e.nonce != enter_nonce_ || standing_ != Standing::entering) return;
  if (e.code != 0) {
    standing_ = Standing::outside;
    return;
  }
  standing_ = Standing::inside;
  self_bond_ = config_->self_bond;
  out.push_back(Note{Note::Metric::validator_joined, 0, 1});
  if (config_->tells_uptime && !is_up())
    out.push_back(Send{config_->node, ValidatorEvent{ValidatorUptime{config_->address, false}}});
  if (jailed_) plan_unjail(context.now, out);
}

void Operator::hear_income(const ChainNotice& notice, const Context&, Effects& out) {
  const auto& event = std::get<StakeEvent>(notice.event);
  Amount withdrawn;
  if (const auto* paid = std::get_if<EventWithdrawCommission>(&event)) {
    if (paid->validator == config_->address) income_usd_ += usd(paid->amount);
    for (const Coin& coin : paid->amount) {
      if (coin.denom != Denom::uakt) continue;
      if (paid->validator == config_->economics.watched)
        watched_uakt_ += static_cast<double>(coin.amount.micro);
      if (paid->validator == config_->address) withdrawn = coin.amount;
    }
  } else if (const auto* rewards = std::get_if<EventWithdrawRewards>(&event)) {
    if (rewards->delegator != config_->address) return;
    for (const Coin& coin : rewards->amount)
      if (coin.denom == Denom::uakt) withdrawn = coin.amount;
  }
  const Amount more = part_of(withdrawn, config_->top_up);
  if (standing_ != Standing::inside || more.micro <= 0) return;
  submit(one(StakeMsg{MsgDelegate{config_->address, config_->address, {Denom::uakt, more}}}), out);
}

void Operator::hear(const ChainNotice& notice, const Context& context, Effects& out) {
  const auto* event = std::get_if<StakeEvent>(&notice.event);
  if (event == nullptr) return;
  if (std::holds_alternative<EventWithdrawCommission>(*event) ||
      std::holds_alternative<EventWithdrawRewards>(*event))
    return hear_income(notice, context, out);
  if (!view_.take(notice)) return;
  const Address& self = config_->address;
  if (const auto* slash = std::get_if<EventSlash>(event); slash != nullptr && slash->validator == self) {
    tombstoned_ = tombstoned_ || slash->reason == SlashReason::double_sign;
    const double whole = static_cast<double>(slash->power) * 1e6;
    const double lost = whole > 0 ? static_cast<double>(slash->burned_coins.micro) / whole : 0;
    self_bond_ = part_of(self_bond_, std::clamp(1 - lost, 0.0, 1.0));
    if (slash->jailed) set_jailed(true, notice.block_time, context, out);
  }
  if (const auto* edit = std::get_if<EventEditValidator>(event); edit != nullptr && edit->validator == self) {
    commission_ = edit->commission_rate.to_double();
  }
  if (const auto* in = std::get_if<EventDelegate>(event);
      in != nullptr && in->delegator == self && in->validator == self && standing_ == Standing::inside) {
    self_bond_ += in->amount.amount;
  }
  if (const auto* free = std::get_if<EventUnjail>(event); free != nullptr && free->validator == self)
    jailed_ = false;
  if (const auto* status = std::get_if<EventValidatorStatus>(event);
      status != nullptr && status->validator == self) {
    if (standing_ == Standing::leaving && !status->bonded) standing_ = Standing::gone;
    set_jailed(status->jailed, notice.block_time, context, out);
  }
}

void Operator::set_jailed(bool jailed, Time at, const Context& context, Effects& out) {
  const bool was = jailed_;
  jailed_ = jailed;
  if (!jailed || was) return;
  jailed_at_ = at;
  plan_unjail(context.now, out);
}

}  // namespace souk
