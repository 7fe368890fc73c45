#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/chain/block.hpp"
#include "actors/chain/codes.hpp"
#include "actors/chain/events.hpp"
#include "actors/chain/genesis.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/params.hpp"

namespace souk {

class Bank;
class StakingEconomy;

/// What a transaction came to. code 0 is success; others are verbatim (sections 2.4, 3.8, 4, 6, 8.1).
struct TxResult {
  Codespace codespace = Codespace::none;
  std::uint32_t code = 0;
  std::uint32_t failed_msg = 0;  ///< index of the message that failed
  std::string log;
  bool ok() const { return code == 0; }
};

/// The replicated state machine: Bank, Escrow, Marketplace, provider registry and audit, and the staking
/// economy (staking, slashing, distribution, mint, gov, authz, feegrant, upgrade) under one roof.
/// Deterministic: no clock, no floating point, no hash-order iteration. Copyable, so that a run can fork.
class Ledger {
 public:
  Ledger();
  /// REQUIRES: balances non-negative and their sum per denomination within 63 bits.
  explicit Ledger(const ChainParams& params, const std::vector<GenesisBalance>& balances = {});
  /// REQUIRES: genesis.check().
  explicit Ledger(const Genesis& genesis);
  Ledger(const Ledger&);
  Ledger& operator=(const Ledger&);
  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

  /// Starts the block at `block`; transactions that follow see its height and time. Runs the begin-block
  /// steps of mint, distribution, slashing and evidence, for every height since the last block: heights
  /// between are empty blocks, whose per-block recurrences are caught up with exactly. Appends their events
  /// (those of the last height only, of mint and distribution).
  /// REQUIRES: no skipped height is at or after the deadline (next_deadline) that stood after the last block.
  void begin_block(BlockContext block, const BlockInputs& inputs, std::vector<ChainEvent>& events);
  /// Without staking: only height and time.
  void begin_block(BlockContext block);
  /// Ends the block: matured unbondings and redelegations, ends of deposit and voting periods, and the new
  /// active set. Returns what changed in it, in the order of operator addresses.
  std::vector<ValidatorUpdate> end_block(std::vector<ChainEvent>& events);
  /// Where the next block must be made at the latest even if no transaction waits: something matures, a
  /// period ends, or a validator that stays as absent as `inputs` says is jailed for it.
  Deadline next_deadline(const BlockInputs& inputs) const;
  /// Set once the chain must stop for software that knows an upgrade: its name. No block may follow.
  std::optional<UpgradePlan> halted_for() const;
  /// Applies one transaction atomically and appends its events to `events`. A message that fails rolls the
  /// whole transaction back, but for the fee (section 8.1), whose events then stay. Codes of the ante checks:
  /// sdk 18 no message, sdk 4 somebody else must sign, a message's own stateless code, sdk 30 timeout height
  /// passed, sdk 10 negative fee, those of Feegrant::use, sdk 5 fee not covered; then nothing has changed.
  TxResult deliver(const Tx& tx, std::vector<ChainEvent>& events);

  const ChainParams& params() const;
  BlockContext block() const;

  // Queries. Pointers stay valid until the next deliver(). Objects are spelled out from compact rows when
  // asked for, so one ledger must not be queried from two threads at once. A closed or lost bid answers
  // without its offer and reclamation window, which are dropped with it.
  Amount balance(const Address& address, Denom denom) const;
  /// Without what vesting holds back at the block's time.
  Amount spendable(const Address& address, Denom denom) const;
  Amount supply(Denom denom) const;
  /// Validators, delegations, signing infos and all else of staking (staking_economy.hpp).
  const StakingEconomy& economy() const;
  const Bank& bank() const;
  const Deployment* deployment(const DeploymentId& id) const;
  const Group* group(const GroupId& id) const;
  const Order* order(const OrderId& id) const;
  const Bid* bid(const BidId& id) const;
  const Lease* lease(const LeaseId& id) const;
  const EscrowAccount* escrow_account(const EscrowAccountId& id) const;
  const EscrowPayment* escrow_payment(const LeaseId& id) const;
  const ProviderRecord* provider(const Address& owner) const;
  const AuditedAttributes* audited(const Address& owner, const Address& auditor) const;
  /// Bids on `order` in the order of Akash's store (provider bech32 text).
  std::vector<const Bid*> bids_of(const OrderId& order) const;
  /// Orders still open, in id order: what a provider scans when it starts (akash-offchain.md section 2.2).
  std::vector<const Order*> open_orders() const;

  /// SHA-256 over the canonical bytes of the whole state: equal states have equal hashes.
  Hash state_hash() const;
  /// The invariants of design.md section 9 and issue 2: coins conserved per denomination; escrow module
  /// balance = sum of funds and undrawn payments + known dust; one active lease per order; states
  /// consistent up and down the tree; no payment above its deposits. The first that fails, by name.
  Result<void> check_invariants() const;

 private:
  struct State;
  Verdict pay_fee(const Tx& tx, std::vector<ChainEvent>& events);

  std::unique_ptr<State> state_;
};

/// Escrow account ids (section 4).
EscrowAccountId deployment_escrow(const DeploymentId& id);
EscrowAccountId bid_escrow(const BidId& id);

}  // namespace souk
