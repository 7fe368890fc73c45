#pragma once

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "actors/chain/execution.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// Fees that one account pays for another. Source: akash-chain.md section 8.7; cosmos-sdk x/feegrant.
class Feegrant {
 public:
  struct Key {
    Address grantee;
    Address granter;
    friend constexpr auto operator<=>(const Key&, const Key&) = default;
  };
  struct Grant {
    FeeAllowance allowance;              ///< its limits are what is left
    std::vector<Coin> period_can_spend;  ///< of a periodic one: what is left of this period
    Time period_reset;                   ///< of a periodic one: when the next period begins
  };

  // Messages, valid in themselves.
  /// Errors, in order: sdk 18 there is a grant already, sdk 18 the expiration lies before the block time.
  Verdict grant(const MsgGrantAllowance& msg, Execution& exec);
  /// Errors: sdk 38 no such grant.
  Verdict revoke(const MsgRevokeAllowance& msg, Execution& exec);

  /// The ante check of a transaction that names a fee granter: takes `fee` out of what `granter` allows
  /// `grantee`. A grant that is used up is removed. Changes nothing unless accepted. Errors, in order: sdk 38
  /// no grant, feegrant 7 a message it is not for, 3 expired, 2 the fee is above what is left.
  Verdict use(const Address& granter, const Address& grantee, Coin fee, const std::vector<Msg>& msgs,
              Execution& exec);

  /// Removes the grants that have expired. Not undoable: belongs to the end of a block.
  void end_block(Time now);

  const Grant* find(const Address& granter, const Address& grantee) const {
    return grants_.find({grantee, granter});
  }
  /// Appends the canonical bytes of the state; nothing if there is none.
  void append_state(std::vector<std::uint8_t>& out) const;
  auto begin() const { return grants_.begin(); }
  auto end() const { return grants_.end(); }
  void begin_tx();
  void rollback();

 private:
  UndoMap<Key, Grant> grants_;
  UndoMap<std::pair<Time, Key>, bool> expiries_;
};

}  // namespace souk
