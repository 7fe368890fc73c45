#include "actors/chain/deposit_grants.hpp"

namespace souk {

Verdict DepositGrants::grant(const MsgGrantDeposit& msg, Time now) {
  if (msg.granter == msg.grantee)
    return refuse(AuthzError::granter_is_grantee, "granter and grantee must differ");
  DepositGrant grant;
  for (const Coin& limit : msg.spend_limits) {
    auto& slot = grant.limits[static_cast<std::size_t>(limit.denom)];
    if (limit.amount.micro <= 0 || slot)
      return refuse(SdkError::invalid_coins, "spend limits must be positive, one each");
    slot = limit.amount;
  }
  if (msg.spend_limits.empty()) return refuse(SdkError::invalid_coins, "at least one spend limit is needed");
  for (const EscrowScope scope : msg.scopes) {
    if (scope != EscrowScope::deployment && scope != EscrowScope::bid)
      return refuse(EscrowError::invalid_authz_scope, "scope must be deployment or bid");
    bool& covered = scope == EscrowScope::bid ? grant.bids : grant.deployments;
    if (covered) return refuse(EscrowError::invalid_authz_scope, "scope is given twice");
    covered = true;
  }
  if (msg.scopes.empty()) return refuse(EscrowError::invalid_authz_scope, "at least one scope is needed");
  if (msg.expiration && !(*msg.expiration > now))
    return refuse(AuthzError::invalid_expiration, "expiration must lie after the block time");
  grant.expiration = msg.expiration;
  grants_.put({msg.grantee, msg.granter}, grant);
  return accepted();
}

Verdict DepositGrants::revoke(const MsgRevokeDeposit& msg) {
  const Key key{msg.grantee, msg.granter};
  if (grants_.find(key) == nullptr) return refuse(AuthzError::authorization_not_found, "no such grant");
  grants_.erase(key);
  return accepted();
}

void DepositGrants::spend(const Address& granter, const Address& grantee, Coin coin) {
  const DepositGrant* found = find(granter, grantee);
  SOUK_CHECK(found != nullptr);
  DepositGrant grant = *found;
  std::optional<Amount>& limit = grant.limits[static_cast<std::size_t>(coin.denom)];
  SOUK_CHECK(limit && *limit >= coin.amount);
  *limit -= coin.amount;
  grants_.put({grantee, granter}, grant);
}

void DepositGrants::give_back(const Address& granter, const Address& grantee, Coin coin, Time now) {
  const DepositGrant* found = find(granter, grantee);
  if (found == nullptr || !found->alive(now)) return;
  DepositGrant grant = *found;
  std::optional<Amount>& limit = grant.limits[static_cast<std::size_t>(coin.denom)];
  limit = limit.value_or(Amount{}) + coin.amount;
  grants_.put({grantee, granter}, grant);
}

}  // namespace souk
