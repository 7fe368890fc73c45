#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "actors/effects.hpp"
#include "actors/validator_view.hpp"

/// Holders who stake: they follow yield, slowly.
namespace souk {

struct DelegatorConfig {
  Address address;
  std::shared_ptr<const KnownValidators> genesis;
  std::vector<std::pair<Address, Amount>> delegations;  ///< at genesis
  Amount liquid;                                        ///< at genesis, beyond what fees may take

  // Which validator.
  double reconsider_per_month = 0.035;  ///< rate at which it compares validators: its inertia
  double move_share = 1;                ///< of a delegation that moves
  double least_gain = 0.01;             ///< relative gain in net yield below which it stays
  double sensitivity = 40;              ///< logit slope on the log of the net yield
  double flee = 0.3;                    ///< probability that it leaves a validator that was slashed or jailed
  double flee_after_h = 48;             ///< mean time to react
  Duration fault_memory = std::chrono::hours(24 * 90);
  double fault_discount = 0.02;  ///< of the yield of one with a fault within memory, per slash

  // How much.
  bool elastic = false;           ///< whether it stakes more or less as the yield changes
  double required_return = 0.08;  ///< net annual yield below which it takes stake out
  double adjust_share = 0.05;     ///< of its stake (or liquid coins) that it shifts at one reconsideration
  double keep_share = 0.01;       ///< of what it first staked that it never takes out: an eye on the yield

  Duration withdraw_every = std::chrono::hours(24 * 30);
  double restake = 1;                                ///< share of rewards that is delegated again
  Duration unbonding = std::chrono::hours(24 * 21);  ///< of the chain; a moved stake can not move on before
  Coin fee{Denom::uakt, {0}};
};

/// One delegator. Off-chain. Subscribes to its own account and topic_staking; asks the ledger nothing.
class Delegator {
 public:
  explicit Delegator(DelegatorConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  const DelegatorConfig& config() const { return *config_; }
  /// What it believes to have with each validator.
  const std::map<Address, Amount>& stakes() const { return stakes_; }
  Amount staked() const;
  Amount liquid() const { return liquid_; }
  /// Net annual yield it saw last, none before its first withdrawal.
  std::optional<double> yield() const { return yield_; }

 private:
  enum class Timer : std::uint32_t { reconsider, withdraw, flee };

  void start(const Context& context, Effects& out);
  void fire(const TimerFired& e, const Context& context, Effects& out);
  void hear(const ChainNotice& notice, const Context& context, Effects& out);
  void hear_own(const StakeEvent& event, const Context& context);
  void hear_fault(const Address& validator, const Context& context, Effects& out);
  void next_reconsideration(const Context& context, Effects& out);
  void reconsider(const Context& context, Effects& out);
  void resize(const Context& context, Effects& out);
  void flee(std::uint64_t subject, const Context& context, Effects& out);
  void withdraw(const Context& context, Effects& out);
  void close_withdrawal(const Context& context, Effects& out);
  double net_yield(const Address& validator, Time now) const;
  std::optional<Address> choose(const Address& except, const Context& context);
  bool move(const Address& from, const Context& context, double least_gain, Effects& out);
  Amount movable(Amount stake) const;
  void submit(std::vector<Msg> msgs, Effects& out);

  std::shared_ptr<const DelegatorConfig> config_;
  ValidatorView view_;
  std::map<Address, Amount> stakes_;
  std::map<Address, Time> settled_;  ///< until when what was moved there can not move on
  std::map<std::uint64_t, Address> fleeing_;
  Amount first_staked_;
  Amount liquid_;
  Amount rewards_;                ///< of the withdrawal under way
  std::uint64_t withdrawal_ = 0;  ///< its nonce; 0: none
  std::size_t payouts_due_ = 0;   ///< events that are still to come of it
  Time withdrawn_at_{};
  std::optional<double> yield_;
  bool was_slashed_ = false;
  std::uint64_t gaps_ = 0;
  std::uint64_t choices_ = 0;
  std::uint64_t faults_ = 0;
  std::uint64_t nonces_ = 0;
};

}  // namespace souk
