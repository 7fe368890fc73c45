#include "actors/chain/feegrant.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"
#include "actors/chain/msg_type.hpp"

namespace souk {
namespace {

/// Takes `coin` out of `limit`; false if it is not all there.
bool take(std::vector<Coin>& limit, Coin coin) {
  if (coin.amount.micro == 0) return true;
  const auto at =
      std::find_if(limit.begin(), limit.end(), [&](const Coin& c) { return c.denom == coin.denom; });
  if (at == limit.end() || at->amount < coin.amount) return false;
  at->amount -= coin.amount;
  if (at->amount.micro == 0) limit.erase(at);
  return true;
}

bool covers(const std::vector<Coin>& limit, const std::vector<Coin>& coins) {
  std::vector<Coin> left = limit;
  return std::all_of(coins.begin(), coins.end(), [&](const Coin& coin) { return take(left, coin); });
}

/// Begins a new period if one is due: at the end of the last, or now if more than a whole one has passed
/// without use. A period's limit is never above what is left of all.
void begin_period(Feegrant::Grant& grant, Time now) {
  const PeriodicLimit& periodic = *grant.allowance.periodic;
  if (now < grant.period_reset) return;
  const std::vector<Coin>& all = grant.allowance.spend_limit;
  grant.period_can_spend = all.empty() || covers(all, periodic.spend_limit) ? periodic.spend_limit : all;
  grant.period_reset += periodic.period;
  if (now > grant.period_reset) grant.period_reset = now + periodic.period;
}

bool allows(const FeeAllowance& allowance, const std::vector<Msg>& msgs) {
  const auto& types = allowance.allowed_messages;
  return types.empty() || std::all_of(msgs.begin(), msgs.end(), [&](const Msg& msg) {
           return std::find(types.begin(), types.end(), msg_type(msg)) != types.end();
         });
}

}  // namespace

Verdict Feegrant::grant(const MsgGrantAllowance& msg, Execution& exec) {
  const Key key{msg.grantee, msg.granter};
  if (grants_.find(key) != nullptr)
    return refuse(SdkError::invalid_request, "there is a fee allowance between the two already");
  const std::optional<Time> expiration = msg.allowance.expiration;
  if (expiration && *expiration < exec.block.time)
    return refuse(SdkError::invalid_request, "expiration must not lie before the block time");
  if (expiration) expiries_.put({*expiration, key}, true);
  Grant grant{msg.allowance, {}, {}};
  if (msg.allowance.periodic) {
    grant.period_can_spend = msg.allowance.periodic->spend_limit;
    grant.period_reset = exec.block.time + msg.allowance.periodic->period;
  }
  grants_.put(key, std::move(grant));
  exec.events.push_back(StakeEvent(EventSetFeeGrant{msg.granter, msg.grantee}));
  return accepted();
}

Verdict Feegrant::revoke(const MsgRevokeAllowance& msg, Execution& exec) {
  const Key key{msg.grantee, msg.granter};
  const Grant* grant = grants_.find(key);
  if (grant == nullptr) return refuse(SdkError::not_found, "there is no such fee allowance");
  if (grant->allowance.expiration) expiries_.erase({*grant->allowance.expiration, key});
  grants_.erase(key);
  exec.events.push_back(StakeEvent(EventRevokeFeeGrant{msg.granter, msg.grantee}));
  return accepted();
}

Verdict Feegrant::use(const Address& granter, const Address& grantee, Coin fee, const std::vector<Msg>& msgs,
                      Execution& exec) {
  const Key key{grantee, granter};
  const Grant* known = grants_.find(key);
  if (known == nullptr) return refuse(SdkError::not_found, "the granter does not pay fees for the signer");
  if (!allows(known->allowance, msgs))
    return refuse(FeegrantError::message_not_allowed, "the allowance is not for such a message");
  if (known->allowance.expiration && *known->allowance.expiration < exec.block.time)
    return refuse(FeegrantError::fee_limit_expired, "the allowance has expired");
  Grant left = *known;
  if (left.allowance.periodic) {
    begin_period(left, exec.block.time);
    if (!take(left.period_can_spend, fee))
      return refuse(FeegrantError::fee_limit_exceeded, "the fee is above what is left of this period");
  }
  const bool limited = !left.allowance.spend_limit.empty();
  if (limited && !take(left.allowance.spend_limit, fee))
    return refuse(FeegrantError::fee_limit_exceeded, "the fee is above what is left of the allowance");
  if (limited && left.allowance.spend_limit.empty()) {
    SOUK_TRY(revoke({granter, grantee}, exec));
    exec.events.push_back(StakeEvent(EventUseFeeGrant{granter, grantee}));
    return accepted();
  }
  grants_.put(key, std::move(left));
  exec.events.push_back(StakeEvent(EventUseFeeGrant{granter, grantee}));
  exec.events.push_back(StakeEvent(EventUpdateFeeGrant{granter, grantee}));
  return accepted();
}

void Feegrant::end_block(Time now) {
  while (expiries_.begin() != expiries_.end() && expiries_.begin()->first.first <= now) {
    const auto entry = expiries_.begin()->first;
    grants_.erase(entry.second);
    expiries_.erase(entry);
  }
}

void Feegrant::append_state(std::vector<std::uint8_t>& out) const {
  for (const auto& [key, grant] : grants_) encode_to(out, key), encode_to(out, grant);
}

void Feegrant::begin_tx() {
  grants_.begin_tx();
  expiries_.begin_tx();
}

void Feegrant::rollback() {
  grants_.rollback();
  expiries_.rollback();
}

}  // namespace souk
