#include "actors/validator_view.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace souk {

ValidatorView::ValidatorView(std::shared_ptr<const KnownValidators> genesis) {
  if (genesis == nullptr) return;
  validators_ = *genesis;
  for (const auto& [address, validator] : validators_)
    if (validator.bonded) bonded_ += validator.tokens;
}

ValidatorView::Said ValidatorView::said(const ChainNotice& notice, const StakeEvent& event) {
  Said said{notice.height, event.index(), {}, {}, {}};
  if (const auto* e = std::get_if<EventDelegate>(&event)) said.a = e->validator, said.b = e->delegator;
  if (const auto* e = std::get_if<EventUnbond>(&event)) said.a = e->validator, said.b = e->delegator;
  if (const auto* e = std::get_if<EventRedelegate>(&event)) said.a = e->source, said.b = e->destination;
  if (const auto* e = std::get_if<EventSlash>(&event)) said.a = e->validator, said.amount = e->burned_coins;
  if (const auto* e = std::get_if<EventCreateValidator>(&event)) said.a = e->validator;
  if (const auto* e = std::get_if<EventEditValidator>(&event)) said.a = e->validator;
  if (const auto* e = std::get_if<EventUnjail>(&event)) said.a = e->validator;
  if (const auto* e = std::get_if<EventValidatorStatus>(&event))
    said.a = e->validator, said.amount = e->tokens;
  if (const auto* e = std::get_if<EventDelegate>(&event)) said.amount = e->amount.amount;
  if (const auto* e = std::get_if<EventUnbond>(&event)) said.amount = e->amount.amount;
  if (const auto* e = std::get_if<EventRedelegate>(&event)) said.amount = e->amount.amount;
  return said;
}

bool ValidatorView::take(const ChainNotice& notice) {
  const auto* event = std::get_if<StakeEvent>(&notice.event);
  if (event == nullptr) return false;
  const Said now = said(notice, *event);
  if (last_ == now) {
    last_.reset();
    return false;
  }
  last_ = now;
  apply(*event, notice.block_time);
  return true;
}

KnownValidator* ValidatorView::known(const Address& validator) {
  const auto at = validators_.find(validator);
  return at == validators_.end() ? nullptr : &at->second;
}

const KnownValidator* ValidatorView::find(const Address& validator) const {
  const auto at = validators_.find(validator);
  return at == validators_.end() ? nullptr : &at->second;
}

void ValidatorView::add_tokens(const Address& validator, Amount amount) {
  KnownValidator* const to = known(validator);
  if (to == nullptr) return;
  // What is known of a validator that joined late may be less than what leaves it.
  if ((to->tokens + amount).micro < 0) amount = -to->tokens;
  to->tokens += amount;
  if (to->bonded) bonded_ += amount;
}

void ValidatorView::set_status(const Address& validator, bool bonded, bool jailed, Amount tokens, Time at) {
  KnownValidator* const v = known(validator);
  if (v == nullptr) return;
  if (v->bonded) bonded_ -= v->tokens;
  if (jailed && !v->jailed) v->last_fault = at;
  v->bonded = bonded;
  v->jailed = jailed;
  v->tokens = tokens;
  if (v->bonded) bonded_ += v->tokens;
}

void ValidatorView::apply(const StakeEvent& event, Time at) {
  if (const auto* e = std::get_if<EventCreateValidator>(&event)) {
    if (validators_.size() >= known_validators_max) return;
    validators_.emplace(e->validator, KnownValidator{e->commission.rate.to_double(), e->amount.amount, false,
                                                     false, 0, Time::min()});
  } else if (const auto* edit = std::get_if<EventEditValidator>(&event)) {
    if (KnownValidator* v = known(edit->validator)) v->commission = edit->commission_rate.to_double();
  } else if (const auto* in = std::get_if<EventDelegate>(&event)) {
    add_tokens(in->validator, in->amount.amount);
  } else if (const auto* out = std::get_if<EventUnbond>(&event)) {
    add_tokens(out->validator, -out->amount.amount);
  } else if (const auto* move = std::get_if<EventRedelegate>(&event)) {
    add_tokens(move->source, -move->amount.amount);
    add_tokens(move->destination, move->amount.amount);
  } else if (const auto* slash = std::get_if<EventSlash>(&event)) {
    add_tokens(slash->validator, -slash->burned_coins);
    if (KnownValidator* v = known(slash->validator)) {
      ++v->slashes;
      v->last_fault = at;
    }
  } else if (const auto* free = std::get_if<EventUnjail>(&event)) {
    if (KnownValidator* v = known(free->validator)) v->jailed = false;
  } else if (const auto* status = std::get_if<EventValidatorStatus>(&event)) {
    set_status(status->validator, status->bonded, status->jailed, status->tokens, at);
  }
}

double ValidatorView::share(const Address& validator) const {
  const KnownValidator* const v = find(validator);
  if (v == nullptr || !v->bonded || bonded_.micro <= 0) return 0;
  return static_cast<double>(v->tokens.micro) / static_cast<double>(bonded_.micro);
}

double ValidatorView::mean_commission(const Address& except) const {
  double tokens = 0;
  double weighted = 0;
  for (const auto& [address, v] : validators_) {
    if (!v.bonded || address == except) continue;
    tokens += static_cast<double>(v.tokens.micro);
    weighted += static_cast<double>(v.tokens.micro) * v.commission;
  }
  return tokens > 0 ? weighted / tokens : 0;
}

Amount part_of(Amount amount, double share) {
  SOUK_CHECK(share >= 0 && share <= 1);
  // Past 2^53 a double does not hold every amount; rounding down may not go above.
  const auto part = static_cast<std::int64_t>(static_cast<double>(amount.micro) * share);
  return {std::min(part, amount.micro)};
}

}  // namespace souk
