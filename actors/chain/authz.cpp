#include "actors/chain/authz.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"
#include "actors/chain/msg_type.hpp"

namespace souk {
namespace {

bool contains(const std::vector<Address>& list, const Address& address) {
  return std::find(list.begin(), list.end(), address) != list.end();
}

/// What an authorization says to one message, and what is left of it then; nothing left if it is used up.
struct Answer {
  Verdict verdict;
  std::optional<Authorization> left;
};

Answer ask(const GenericAuthorization& authorization, const Msg&) { return {accepted(), authorization}; }

Answer ask(const SendAuthorization& authorization, const Msg& msg) {
  const MsgSend& send = std::get<MsgSend>(msg);
  SendAuthorization left = authorization;
  for (const Coin& coin : send.amount) {
    const auto limit = std::find_if(left.spend_limit.begin(), left.spend_limit.end(),
                                    [&](const Coin& c) { return c.denom == coin.denom; });
    if (limit == left.spend_limit.end() || limit->amount < coin.amount)
      return {refuse(SdkError::insufficient_funds, "the amount is above the spend limit"), {}};
    limit->amount -= coin.amount;
  }
  if (!left.allow_list.empty() && !contains(left.allow_list, send.to))
    return {refuse(SdkError::unauthorized, "the recipient is not on the allow list"), {}};
  std::erase_if(left.spend_limit, [](const Coin& c) { return c.amount.micro == 0; });
  if (left.spend_limit.empty()) return {accepted(), {}};
  return {accepted(), left};
}

/// Whose stake a message of staking moves, and how much.
struct StakeMove {
  Address validator;
  Coin amount;
};
std::optional<StakeMove> move_of(const StakeMsg& msg) {
  if (const auto* m = std::get_if<MsgDelegate>(&msg)) return StakeMove{m->validator, m->amount};
  if (const auto* m = std::get_if<MsgUndelegate>(&msg)) return StakeMove{m->validator, m->amount};
  if (const auto* m = std::get_if<MsgBeginRedelegate>(&msg)) return StakeMove{m->destination, m->amount};
  if (const auto* m = std::get_if<MsgCancelUnbondingDelegation>(&msg))
    return StakeMove{m->validator, m->amount};
  return std::nullopt;
}

Answer ask(const StakeAuthorization& authorization, const Msg& msg) {
  const std::optional<StakeMove> move = move_of(std::get<StakeMsg>(msg));
  SOUK_CHECK(move.has_value());  // grants are kept by message type
  if (contains(authorization.deny_list, move->validator))
    return {refuse(SdkError::unauthorized, "the validator is on the deny list"), {}};
  if (!authorization.allow_list.empty() && !contains(authorization.allow_list, move->validator))
    return {refuse(SdkError::unauthorized, "the validator is not on the allow list"), {}};
  if (!authorization.max_tokens) return {accepted(), authorization};
  StakeAuthorization left = authorization;
  if (left.max_tokens->denom != move->amount.denom || left.max_tokens->amount < move->amount.amount)
    return {unregistered_error("the amount is above max_tokens"), {}};
  left.max_tokens->amount -= move->amount.amount;
  if (left.max_tokens->amount.micro == 0) return {accepted(), {}};
  return {accepted(), left};
}

std::string_view type_of(StakeAuthorizationType type) {
  switch (type) {
    case StakeAuthorizationType::delegate: return "/cosmos.staking.v1beta1.MsgDelegate";
    case StakeAuthorizationType::undelegate: return "/cosmos.staking.v1beta1.MsgUndelegate";
    case StakeAuthorizationType::redelegate: return "/cosmos.staking.v1beta1.MsgBeginRedelegate";
    case StakeAuthorizationType::cancel_unbonding:
      return "/cosmos.staking.v1beta1.MsgCancelUnbondingDelegation";
  }
  return {};
}

}  // namespace

std::string msg_type_of(const Authorization& authorization) {
  if (const auto* generic = std::get_if<GenericAuthorization>(&authorization)) return generic->msg_type;
  if (const auto* stake = std::get_if<StakeAuthorization>(&authorization))
    return std::string(type_of(stake->type));
  return "/cosmos.bank.v1beta1.MsgSend";
}

Verdict Authz::grant(const MsgGrant& msg, Execution& exec) {
  Key key{msg.grantee, msg.granter, msg_type_of(msg.authorization)};
  if (!is_msg_type(key.msg_type)) return refuse(SdkError::invalid_type, "there is no message of that type");
  if (msg.expiration && *msg.expiration <= exec.block.time)
    return refuse(AuthzError::invalid_expiration, "expiration must lie after the block time");
  if (const Grant* old = grants_.find(key); old != nullptr && old->expiration)
    expiries_.erase({*old->expiration, key});
  if (msg.expiration) expiries_.put({*msg.expiration, key}, true);
  exec.events.push_back(StakeEvent(EventGrant{msg.granter, msg.grantee, key.msg_type}));
  grants_.put(key, {msg.authorization, msg.expiration});
  return accepted();
}

void Authz::remove(const Key& key, Execution& exec) {
  const Grant* grant = grants_.find(key);
  SOUK_CHECK(grant != nullptr);
  if (grant->expiration) expiries_.erase({*grant->expiration, key});
  grants_.erase(key);
  exec.events.push_back(StakeEvent(EventRevoke{key.granter, key.grantee, key.msg_type}));
}

Verdict Authz::revoke(const MsgRevoke& msg, Execution& exec) {
  const Key key{msg.grantee, msg.granter, msg.msg_type};
  if (grants_.find(key) == nullptr) return refuse(AuthzError::authorization_not_found, "no such grant");
  remove(key, exec);
  return accepted();
}

Verdict Authz::accept(const Address& granter, const Address& grantee, const Msg& msg, Execution& exec) {
  const Key key{grantee, granter, std::string(msg_type(msg))};
  const Grant* grant = grants_.find(key);
  if (grant == nullptr)
    return refuse(AuthzError::authorization_not_found, "the signer has not granted this to the grantee");
  if (grant->expiration && *grant->expiration < exec.block.time)
    return refuse(AuthzError::authorization_expired, "the grant has expired");
  Answer answer = std::visit([&](const auto& a) { return ask(a, msg); }, grant->authorization);
  SOUK_TRY(answer.verdict);
  if (answer.left) {
    grants_.put(key, {std::move(*answer.left), grant->expiration});
  } else {
    remove(key, exec);
  }
  return accepted();
}

Verdict Authz::exec(const MsgExec& msg, MsgRunner& runner, Execution& exec) {
  for (const Msg& inner : msg.msgs->msgs) {
    const Address& signer = signer_of(inner);
    if (signer != msg.grantee) SOUK_TRY(accept(signer, msg.grantee, inner, exec));
    SOUK_TRY(runner.run(inner, exec));
  }
  return accepted();
}

void Authz::begin_block(Time now) {
  while (expiries_.begin() != expiries_.end() && expiries_.begin()->first.first <= now) {
    const auto entry = expiries_.begin()->first;
    grants_.erase(entry.second);
    expiries_.erase(entry);
  }
}

Time Authz::next_expiration() const {
  return expiries_.begin() == expiries_.end() ? time_max : expiries_.begin()->first.first;
}

void Authz::append_state(std::vector<std::uint8_t>& out) const {
  for (const auto& [key, grant] : grants_) encode_to(out, key), encode_to(out, grant);
}

void Authz::begin_tx() {
  grants_.begin_tx();
  expiries_.begin_tx();
}

void Authz::rollback() {
  grants_.rollback();
  expiries_.rollback();
}

}  // namespace souk
