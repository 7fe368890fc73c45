#include "actors/chain/block_rewards.hpp"

namespace souk {
namespace {

DecCoins collected(const Bank& bank) {
  DecCoins fees;
  for (const Denom denom : all_denoms) fees[denom] = Dec::from(bank.balance(bank.fee_collector(), denom));
  return fees;
}

void make_provision(Bank& bank, Coin coin, std::vector<ChainEvent>& events) {
  bank.make_coins(coin, events);
  bank.transfer(bank.minter(), bank.fee_collector(), coin, events);
}

void collect(Bank& bank, std::vector<ChainEvent>& events) {
  for (const Denom denom : {Denom::uact, Denom::uakt, Denom::uusdc})
    bank.transfer(bank.fee_collector(), bank.distribution(),
                  {denom, bank.balance(bank.fee_collector(), denom)}, events);
}

/// Heights of which nobody sees an event. Provisions repeat for many blocks, since they are whole units: what
/// equal blocks pay is worked out once and paid that many times.
class SkippedBlocks {
 public:
  SkippedBlocks(Minter& minter, RewardDistribution& distribution, Bank& bank, const RewardBlocks& blocks,
                const StakeParams& params)
      : minter_(minter),
        distribution_(distribution),
        bank_(bank),
        blocks_(blocks),
        params_(params),
        plan_(distribution.plan(blocks.voters)) {}

  void pay(Height first, Blocks count) {
    DecCoins fees = collected(bank_);  // of the last block that had transactions
    const Denom denom = params_.mint.mint_denom;
    Amount supply = bank_.supply(params_.staking.bond_denom);
    Amount made;
    std::int64_t paid = 0;  // heights
    for (std::int64_t i = 0; i < count.count; ++i) {
      if (params_.mint_enabled) {
        const Amount amount = minter_.next(params_.mint, blocks_.bonded, supply).amount;
        made += amount;
        if (denom == params_.staking.bond_denom) supply += amount;
        fees[denom] += Dec::from(amount);
      }
      if (first.value + i <= 1) continue;  // the first height distributes nothing
      add(fees);
      fees = {};
      ++paid;
    }
    flush();
    std::vector<ChainEvent> unseen;
    make_provision(bank_, {denom, made}, unseen);
    if (paid == 0) return;
    collect(bank_, unseen);
  }

 private:
  void add(const DecCoins& fees) {
    if (fees != run_) flush();
    run_ = fees;
    ++length_.count;
  }
  void flush() {
    if (length_.count > 0 && !run_.is_zero())
      distribution_.allocate(params_.distribution, run_, length_, plan_, std::nullopt, nullptr);
    length_ = {};
  }

  Minter& minter_;
  RewardDistribution& distribution_;
  Bank& bank_;
  const RewardBlocks& blocks_;
  const StakeParams& params_;
  const RewardPlan plan_;
  DecCoins run_;
  Blocks length_{};
};

}  // namespace

void pay_block_rewards(Minter& minter, RewardDistribution& distribution, Bank& bank,
                       const RewardBlocks& blocks, Execution& exec) {
  const StakeParams& params = exec.params.stake;
  SOUK_CHECK(blocks.count.count > 0);
  const Height first{exec.block.height.value - blocks.count.count + 1};
  if (blocks.count.count > 1)
    SkippedBlocks(minter, distribution, bank, blocks, params).pay(first, {blocks.count.count - 1});

  std::vector<ChainEvent> unseen;
  std::vector<ChainEvent>& events = params.reward_events ? exec.events : unseen;
  if (params.mint_enabled) {
    const Provision p = minter.next(params.mint, blocks.bonded, bank.supply(params.staking.bond_denom));
    make_provision(bank, {params.mint.mint_denom, p.amount}, events);
    events.push_back(StakeEvent(EventMint{p.bonded_ratio, p.inflation, p.annual_provisions, p.amount}));
  }
  if (exec.block.height.value <= 1) return;
  const DecCoins fees = collected(bank);
  collect(bank, events);
  distribution.allocate(params.distribution, fees, {1}, distribution.plan(blocks.voters), blocks.proposer,
                        params.reward_events ? &exec.events : nullptr);
}

}  // namespace souk
