#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/effects.hpp"
#include "actors/validator_view.hpp"

/// The people behind a validator: their machine's uptime, their commission, their bill, and whether they
/// stay.
namespace souk {

/// Outages that many machines share: a cloud region, a client release. All operators with the same number see
/// the same outages (they draw them from one stream); each is hit with a probability of its own.
struct OutageCause {
  std::uint32_t number = 0;  ///< 0: none
  Distribution gap_h;        ///< hours from the start of one to the start of the next
  Distribution down_h;       ///< hours it lasts
  double hit = 1;            ///< probability that a machine of the cause is hit
};

/// How an operator sets its commission, once every `review_every`.
enum class CommissionPolicy : std::uint8_t {
  fixed,           ///< as it began
  follow,          ///< a step toward the mean of the others
  undercut,        ///< a step toward one step below the mean of the others
  raise_when_big,  ///< a step up while its share of the bonded stake is above `big_share`, else a step down
};

struct CommissionSettings {
  CommissionPolicy policy = CommissionPolicy::fixed;
  double rate = 0.05;        ///< at the start; `raise_when_big` never goes below it
  double max_rate = 0.20;    ///< of the validator, for ever
  double max_change = 0.01;  ///< of the validator, a day
  double step = 0.01;
  double big_share = 0.05;
  Duration every = std::chrono::hours(24 * 30);
};

/// Whether running a validator pays. Only commission counts as income: the yield of its own bond is there
/// without a machine (economics.md section 2, "exit if commission income < cost").
struct OperatorEconomics {
  bool enabled = false;
  double cost_usd_month = 500;
  double akt_usd = 0.5;
  Duration window = std::chrono::hours(24 * 30);
  std::uint32_t patience = 3;  ///< windows in a row below cost before it leaves
  /// Outside: it reads the payouts of this validator's commission from the chain, and enters when as much per
  /// token, on `expected_stake`, would pay its cost `entry_margin` times.
  Address watched;
  Amount expected_stake;
  double entry_margin = 1.2;
};

struct OperatorConfig {
  Address address;
  std::string moniker;
  ConsensusKey key{};
  std::shared_ptr<const KnownValidators> genesis;
  bool starts_inside = true;  ///< a validator from genesis; otherwise it may enter
  Amount self_bond;           ///< at genesis, or on entry
  Amount min_self_delegation{1};

  ActorId node;              ///< who makes the blocks, where one node does
  bool tells_uptime = true;  ///< false where validators are machines of their own
  bool fails = false;
  Distribution up_h;    ///< hours to the next failure of its own
  Distribution down_h;  ///< hours until repaired
  OutageCause cause;

  Duration jail_time = std::chrono::minutes(10);     ///< of the chain; before, unjailing is refused
  Duration unjail_after = std::chrono::minutes(30);  ///< how long people take to notice
  CommissionSettings commission;
  OperatorEconomics economics;
  Duration withdraw_every = std::chrono::hours(24 * 7);
  double top_up = 0;  ///< share of what it withdraws that goes to its own bond
  Coin fee{Denom::uakt, {0}};
};

/// One validator's operator. Off-chain. Subscribes to its own account, topic_staking and, outside, the
/// watched validator's account. A validator that left does not come back: its name and delegators are gone.
class Operator {
 public:
  explicit Operator(OperatorConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  const OperatorConfig& config() const { return *config_; }
  bool is_up() const { return !own_down_ && !cause_down_; }
  bool is_inside() const { return standing_ == Standing::inside; }
  double commission() const { return commission_; }

 private:
  enum class Timer : std::uint32_t {
    failure,
    repair,
    cause,
    cause_end,
    unjail,
    withdraw,
    commission,
    review
  };
  enum class Standing : std::uint8_t { outside, entering, inside, leaving, gone };

  void start(const Context& context, Effects& out);
  void fire(const TimerFired& e, const Context& context, Effects& out);
  void hear(const ChainNotice& notice, const Context& context, Effects& out);
  void hear_income(const ChainNotice& notice, const Context& context, Effects& out);
  void decided(const TxDecided& e, const Context& context, Effects& out);

  void next_failure(const Context& context, Effects& out);
  void next_cause(const Context& context, Effects& out);
  void strike(const Context& context, Effects& out);
  void tell(bool was_up, Effects& out);
  void plan_unjail(Time at, Effects& out);
  void set_jailed(bool jailed, Time at, const Context& context, Effects& out);
  void unjail(const Context& context, Effects& out);
  void withdraw(const Context& context, Effects& out);
  void set_commission(const Context& context, Effects& out);
  double wanted_commission() const;
  void review(const Context& context, Effects& out);
  void leave(Effects& out);
  void enter(Effects& out);
  double usd(const std::vector<Coin>& coins) const;
  void submit(std::vector<Msg> msgs, Effects& out);
  static void set(Timer timer, Time at, Effects& out);

  std::shared_ptr<const OperatorConfig> config_;
  ValidatorView view_;
  Standing standing_ = Standing::inside;
  bool own_down_ = false;
  bool cause_down_ = false;
  Time cause_until_{};
  bool jailed_ = false;
  bool tombstoned_ = false;
  Time jailed_at_{};
  Amount self_bond_;
  double commission_ = 0;
  double income_usd_ = 0;    ///< commission, in this window
  double watched_uakt_ = 0;  ///< commission of the watched one, in this window
  std::uint32_t poor_windows_ = 0;
  std::uint64_t failures_ = 0;
  std::uint64_t causes_ = 0;
  std::uint64_t nonces_ = 0;
  std::uint64_t unjail_nonce_ = 0;
  std::uint64_t enter_nonce_ = 0;
};

}  // namespace souk
