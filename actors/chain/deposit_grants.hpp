#pragma once

#include <array>
#include <optional>
#include <utility>

#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"
#include "actors/chain/codes.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// One escrow.v1.DepositAuthorization: how much of the granter's coin the grantee may deposit, and where.
struct DepositGrant {
  bool deployments = false;  ///< scope: deployment accounts
  bool bids = false;         ///< scope: bid accounts
  /// What is left, per denomination. Absent = not granted; zero = used up (the grant stays, section 5.2).
  std::array<std::optional<Amount>, denom_count> limits{};
  std::optional<Time> expiration;

  bool covers(EscrowScope scope) const { return scope == EscrowScope::bid ? bids : deployments; }
  /// Not yet expired: the SDK drops a grant once its expiration lies before the block time.
  bool alive(Time now) const { return !expiration || !(*expiration < now); }
};

/// authz grants for `/akash.escrow.v1.MsgAccountDeposit`. Source: akash-chain.md sections 4 and 5.2.
class DepositGrants {
 public:
  struct Key {
    Address grantee;
    Address granter;
    friend constexpr auto operator<=>(const Key&, const Key&) = default;
  };

  /// MsgGrant; replaces an earlier grant between the two. Errors, in order: authz 7 granter is grantee,
  /// sdk 10 a limit not positive or no limit, escrow 17 no scope or an invalid or repeated one, authz 3
  /// already expired.
  Verdict grant(const MsgGrantDeposit& msg, Time now);
  /// MsgRevoke. Errors: authz 2 no such grant.
  Verdict revoke(const MsgRevokeDeposit& msg);

  const DepositGrant* find(const Address& granter, const Address& grantee) const {
    return grants_.find({grantee, granter});
  }
  /// Calls `use(granter, limit)` for each living grant to `grantee` that covers `scope` and has something of
  /// `denom` left, in order of granter address bytes, until it returns false.
  template <class Use>
  void for_each(const Address& grantee, EscrowScope scope, Denom denom, Time now, Use use) const {
    for (auto it = grants_.lower_bound({grantee, {}}); it != grants_.end() && it->first.grantee == grantee;
         ++it) {
      const DepositGrant& grant = it->second;
      const std::optional<Amount>& limit = grant.limits[static_cast<std::size_t>(denom)];
      if (!grant.alive(now) || !grant.covers(scope) || !limit || limit->micro <= 0) continue;
      if (!use(it->first.granter, *limit)) return;
    }
  }
  /// Takes a deposit out of the limit. REQUIRES: the limit covers it.
  void spend(const Address& granter, const Address& grantee, Coin coin);
  /// A refund grows the limit again, if the grant is still there (section 5.4).
  void give_back(const Address& granter, const Address& grantee, Coin coin, Time now);

  auto begin() const { return grants_.begin(); }
  auto end() const { return grants_.end(); }
  void begin_tx() { grants_.begin_tx(); }
  void rollback() { grants_.rollback(); }

 private:
  UndoMap<Key, DepositGrant> grants_;
};

}  // namespace souk
