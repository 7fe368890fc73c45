#pragma once

#include <optional>
#include <string>
#include <vector>

#include "actors/chain/execution.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

/// The software upgrade that governance has planned, if any. Source: akash-chain.md section 8.7; cosmos-sdk
/// x/upgrade/keeper.
class Upgrades {
 public:
  /// MsgSoftwareUpgrade; replaces an earlier plan. Errors, in order: gov 13 authority is not gov, sdk 18
  /// height in the past, or a name already upgraded to.
  Verdict schedule(const MsgSoftwareUpgrade& msg, const Execution& exec);
  /// MsgCancelUpgrade. Nothing planned is no error. Errors: gov 13.
  Verdict cancel(const MsgCancelUpgrade& msg);

  /// Takes note of a plan whose height is reached, with software that knows it.
  /// REQUIRES: not halted at `height`.
  void begin_block(Height height, const std::vector<std::string>& known);

  const std::optional<UpgradePlan>& plan() const { return plan_; }
  /// The plan for which a chain must stop before the block at `next`: its height is reached and the software
  /// does not know it.
  std::optional<UpgradePlan> halted_before(Height next, const std::vector<std::string>& known) const;
  /// The height of the plan: no block may skip it.
  std::optional<Height> next_height() const;
  /// Height at which the chain upgraded to `name`.
  std::optional<Height> done_at(const std::string& name) const;

  /// Appends the canonical bytes of the state; nothing if there is none.
  void append_state(std::vector<std::uint8_t>& out) const;
  auto begin() const { return done_.begin(); }
  auto end() const { return done_.end(); }
  void begin_tx();
  void rollback();

 private:
  std::optional<UpgradePlan> plan_;
  std::optional<UpgradePlan> plan_before_;
  UndoMap<std::string, Height> done_;
};

}  // namespace souk
