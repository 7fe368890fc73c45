#pragma once

#include <optional>
#include <string>
#include <utility>

#include "actors/chain/execution.hpp"
#include "actors/chain/msg_runner.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// What one account lets another do in its name. Source: akash-chain.md section 8.7; cosmos-sdk x/authz.
/// Grants of escrow deposits are DepositGrants.
class Authz {
 public:
  struct Key {
    Address grantee;
    Address granter;
    std::string msg_type;
    friend auto operator<=>(const Key&, const Key&) = default;
  };
  struct Grant {
    Authorization authorization;
    std::optional<Time> expiration;
  };

  // Messages, valid in themselves.
  /// Replaces an earlier grant of the same message type. Errors, in order: sdk 29 no such message type,
  /// authz 3 the expiration is not after the block time.
  Verdict grant(const MsgGrant& msg, Execution& exec);
  /// Errors: authz 2 no such grant.
  Verdict revoke(const MsgRevoke& msg, Execution& exec);
  /// Runs the messages one after the other, each with what its signer has granted; the grantee's own need no
  /// grant. Their events follow in order. Errors: authz 2 no grant, 6 expired, sdk 5 or 4 or undefined 1 the
  /// grant does not reach that far, and those of the messages.
  Verdict exec(const MsgExec& msg, MsgRunner& runner, Execution& exec);

  /// Removes the grants that have expired. Not undoable: belongs to the beginning of a block.
  void begin_block(Time now);
  /// When the next grant expires; time_max: none will. No block needs to be made for it: an expired grant
  /// cannot be used.
  Time next_expiration() const;

  const Grant* find(const Address& granter, const Address& grantee, const std::string& type) const {
    return grants_.find({grantee, granter, type});
  }
  /// Appends the canonical bytes of the state; nothing if there is none.
  void append_state(std::vector<std::uint8_t>& out) const;
  auto begin() const { return grants_.begin(); }
  auto end() const { return grants_.end(); }
  void begin_tx();
  void rollback();

 private:
  /// Uses a grant for one message: lowers its limit, removes it when used up.
  Verdict accept(const Address& granter, const Address& grantee, const Msg& msg, Execution& exec);
  void remove(const Key& key, Execution& exec);

  UndoMap<Key, Grant> grants_;
  UndoMap<std::pair<Time, Key>, bool> expiries_;
};

/// The type of message that an authorization is for.
std::string msg_type_of(const Authorization& authorization);

}  // namespace souk
