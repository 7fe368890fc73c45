#include "scenarios/stake_bench.hpp"

#include <chrono>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/base/hash.hpp"
#include "scenarios/stake_row_kinds.hpp"

namespace souk::scenarios {
namespace {

const Address& bystander() {
  static const Address address = module_address("validate/bystander");
  return address;
}

double uakt_of(const DecCoins& coins) { return coins.of[static_cast<std::size_t>(Denom::uakt)].to_double(); }

}  // namespace

Address StakeBench::validator(std::size_t i) {
  return module_address("validate/validator/" + std::to_string(i));
}

ConsensusKey StakeBench::key(std::size_t i) { return sha256("validate/key/" + std::to_string(i)); }

Genesis StakeBench::genesis_of(const Setup& setup) {
  Genesis genesis;
  genesis.params = setup.params;
  genesis.params.stake.staking.min_commission_rate = {};
  genesis.params.stake.reward_events = true;
  Amount rest = setup.supply;
  for (std::size_t i = 0; i < setup.stakes.size(); ++i) {
    genesis.balances.push_back({validator(i), {{Denom::uakt, setup.stakes[i]}}});
    rest -= setup.stakes[i];
    MsgCreateValidator create;
    create.moniker = "validator-" + std::to_string(i);
    create.commission = {dec_of(setup.commissions.at(i)), Dec::from_int(1), Dec::from_int(1)};
    create.validator = validator(i);
    create.key = key(i);
    create.value = {Denom::uakt, setup.stakes[i]};
    genesis.validators.push_back({std::move(create)});
  }
  genesis.balances.push_back({bystander(), {{Denom::uakt, rest}}});
  const auto good = genesis.check();
  if (!good) check_failed(good.error().message, __FILE__, __LINE__);
  return genesis;
}

StakeBench::StakeBench(const Setup& setup) : count_(setup.stakes.size()), ledger_(genesis_of(setup)) {
  for (const Amount stake : setup.stakes) powers_.push_back(stake.micro / 1'000'000);
  powers_.push_back(0);
  proposer_ = key(0);
  empty_blocks(1);
}

void StakeBench::begin(BlockInputs inputs) {
  ++height_;
  time_ += std::chrono::seconds(6);
  inputs.proposer = proposer_;
  events_.clear();
  ledger_.begin_block({Height{height_}, time_}, inputs, events_);
}

void StakeBench::end() {
  for (const ValidatorUpdate& update : ledger_.end_block(events_)) {
    for (std::size_t i = 0; i <= count_; ++i)
      if (update.key == key(i)) powers_[i] = update.power;
  }
}

void StakeBench::empty_blocks(std::int64_t count) {
  for (std::int64_t i = 0; i < count; ++i) {
    begin();
    end();
  }
}

void StakeBench::apply(const Address& signer, Msg msg, Amount fee) {
  begin();
  const TxResult result = ledger_.deliver({signer, nonce_++, {Denom::uakt, fee}, {std::move(msg)}}, events_);
  if (!result.ok()) check_failed("validate: " + result.log, __FILE__, __LINE__);
  end();
}

void StakeBench::keep_rewards() {
  handed_out_.gross.assign(count_, 0);
  handed_out_.commission.assign(count_, 0);
  for (const ChainEvent& event : events_) {
    const auto* stake = std::get_if<StakeEvent>(&event);
    if (stake == nullptr) continue;
    for (std::size_t i = 0; i < count_; ++i) {
      if (const auto* e = std::get_if<EventRewards>(stake); e != nullptr && e->validator == validator(i))
        handed_out_.gross[i] += uakt_of(e->amount);
      if (const auto* e = std::get_if<EventCommission>(stake); e != nullptr && e->validator == validator(i))
        handed_out_.commission[i] += uakt_of(e->amount);
    }
  }
}

void StakeBench::pay_fee(Amount fee) {
  apply(bystander(), MsgSend{bystander(), bystander(), {{Denom::uakt, {1}}}}, fee);
  begin();
  keep_rewards();
  end();
}

Amount StakeBench::withdraw(std::size_t i) {
  const Amount before = ledger_.balance(validator(i), Denom::uakt);
  apply(validator(i), StakeMsg{MsgWithdrawDelegatorReward{validator(i), validator(i)}});
  return ledger_.balance(validator(i), Denom::uakt) - before;
}

Amount StakeBench::withdraw_commission(std::size_t i) {
  const Amount before = ledger_.balance(validator(i), Denom::uakt);
  apply(validator(i), StakeMsg{MsgWithdrawValidatorCommission{validator(i)}});
  return ledger_.balance(validator(i), Denom::uakt) - before;
}

Amount StakeBench::double_sign(std::size_t i) {
  BlockInputs inputs;
  inputs.misbehaviour.push_back({key(i), Height{height_}, time_, powers_[i]});
  begin(std::move(inputs));
  Amount burned;
  for (const ChainEvent& event : events_) {
    const auto* stake = std::get_if<StakeEvent>(&event);
    const auto* slash = stake == nullptr ? nullptr : std::get_if<EventSlash>(stake);
    if (slash != nullptr && slash->validator == validator(i)) burned += slash->burned_coins;
  }
  end();
  return burned;
}

void StakeBench::join_with(Amount amount) {
  // Its coins come from the bystander, as they would from a market.
  const Address newcomer = validator(count_);
  apply(bystander(), MsgSend{bystander(), newcomer, {{Denom::uakt, amount}}});
  MsgCreateValidator create;
  create.moniker = "newcomer";
  create.commission = {dec_of(.05), Dec::from_int(1), Dec::from_int(1)};
  create.validator = newcomer;
  create.key = key(count_);
  create.value = {Denom::uakt, amount};
  apply(newcomer, StakeMsg{std::move(create)});
}

double StakeBench::share_of_newcomer() const {
  double total = 0;
  for (const std::int64_t power : powers_) total += static_cast<double>(power);
  return static_cast<double>(powers_.back()) / total;
}

void StakeBench::propose_next(std::size_t i) { proposer_ = key(i); }

double StakeBench::module_balance(const std::string& module) const {
  return static_cast<double>(ledger_.balance(module_address(module), Denom::uakt).micro);
}

double measured_yield(double inflation, double bonded, double tax, double commission) {
  StakeBench::Setup setup;
  setup.supply = {100'000'000'000'000};
  setup.stakes = {part_of(setup.supply, bonded)};
  setup.commissions = {commission};
  setup.params.stake.mint_enabled = true;
  setup.params.stake.mint.inflation_min = setup.params.stake.mint.inflation_max = dec_of(inflation);
  setup.params.stake.distribution.community_tax = dec_of(tax);
  StakeBench bench(setup);
  constexpr std::int64_t blocks = 500;
  bench.empty_blocks(2);  // what the first blocks hand out belongs to nobody yet
  bench.withdraw(0);
  bench.empty_blocks(blocks - 1);
  const Amount rewards = bench.withdraw(0);
  const double years =
      static_cast<double>(blocks) / static_cast<double>(setup.params.stake.mint.blocks_per_year);
  return static_cast<double>(rewards.micro) / static_cast<double>(setup.stakes[0].micro) / years;
}

}  // namespace souk::scenarios
