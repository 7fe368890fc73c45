#pragma once

#include <optional>
#include <span>

#include "actors/chain/distribution.hpp"
#include "actors/chain/mint.hpp"

namespace souk {

/// Blocks whose rewards are to be paid: `count` heights up to and with the one now begun. All have the same
/// voters and bonded tokens; all but the last are empty.
struct RewardBlocks {
  Blocks count{1};
  std::span<const RewardVoter> voters;
  Amount bonded;                    ///< tokens of all bonded validators
  std::optional<Address> proposer;  ///< of the block before; only for the legacy proposer's reward
};

/// Begin-block of mint and distribution: coins are made into the fee collector, and all that is there goes to
/// the voters of the previous commit and the community pool. For skipped heights exactly what block after
/// block would have done; their events are left out, and without params.stake.reward_events those of the last
/// height as well, coinbase and transfers included. The first height of a chain distributes nothing.
/// Source: akash-chain.md section 8.5. Cost of a skipped height: some 50 ns, and 12 ns for each voter
/// whenever the provision differs from the one before.
void pay_block_rewards(Minter& minter, RewardDistribution& distribution, Bank& bank,
                       const RewardBlocks& blocks, Execution& exec);

}  // namespace souk
