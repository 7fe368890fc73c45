#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/chain/ledger.hpp"
#include "actors/validator_view.hpp"

/// A ledger with a few validators and nobody else, played block by block: where `souk validate` measures what
/// the staking economy does to money.
namespace souk::scenarios {

class StakeBench {
 public:
  struct Setup {
    ChainParams params;
    Amount supply;                    ///< uakt; what is not staked lies with a bystander
    std::vector<Amount> stakes;       ///< self delegations, one validator each
    std::vector<double> commissions;  ///< one each
  };
  /// What the last block handed out, uakt, by validator: before commission, and commission.
  struct HandedOut {
    std::vector<double> gross;
    std::vector<double> commission;
  };

  explicit StakeBench(const Setup& setup);

  /// Makes `count` blocks without transactions, everybody signing.
  void empty_blocks(std::int64_t count);
  /// A block in which the bystander pays `fee`, and the next, which hands it out.
  void pay_fee(Amount fee);
  /// Withdraws the rewards of the self delegation of validator `i`; what it paid.
  Amount withdraw(std::size_t i);
  /// The same of its commission; nothing if there is none.
  Amount withdraw_commission(std::size_t i);
  /// A block with evidence that validator `i` signed twice at the block before; what was burned.
  Amount double_sign(std::size_t i);
  /// The bystander stakes `amount` on a validator of its own.
  void join_with(Amount amount);
  /// Share of the power of the active set that it then has.
  double share_of_newcomer() const;
  /// Blocks from now on are proposed by validator `i`.
  void propose_next(std::size_t i);

  const HandedOut& handed_out() const { return handed_out_; }
  double module_balance(const std::string& module) const;
  const Ledger& ledger() const { return ledger_; }

 private:
  static Address validator(std::size_t i);
  static ConsensusKey key(std::size_t i);
  static Genesis genesis_of(const Setup& setup);
  void begin(BlockInputs inputs = {});
  void end();
  /// Applies one message in a block of its own, which must succeed.
  void apply(const Address& signer, Msg msg, Amount fee = {});
  void keep_rewards();

  std::size_t count_ = 0;
  Ledger ledger_;
  std::int64_t height_ = 0;
  Time time_{};
  ConsensusKey proposer_{};
  std::uint64_t nonce_ = 0;
  std::vector<ChainEvent> events_;
  HandedOut handed_out_;
  std::vector<ValidatorUpdate> updates_;
  std::vector<std::int64_t> powers_;  ///< of the validators, then of the newcomer
};

/// What a delegator of a network with these earns a year, measured over some blocks in which supply hardly
/// moves: rewards withdrawn over what was delegated.
double measured_yield(double inflation, double bonded, double tax, double commission);

}  // namespace souk::scenarios
