#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "actors/chain/genesis.hpp"
#include "scenarios/population.hpp"
#include "scenarios/scenario.hpp"

/// The people around stake: their seats, and their parts of genesis.
namespace souk::scenarios {

/// Seats operators, delegators, voters and proposers behind everybody in `population`, and adds to `genesis`
/// their balances, validators and delegations, and its inflation. Where validators are nodes, `node_keys` are
/// theirs: the i-th operator's validator is the i-th node; without operators, the nodes share
/// `consensus.stake`. REQUIRES: as many keys as operators that start inside, or none.
void seat_stake(const Scenario& scenario, std::uint64_t seed, std::span<const ConsensusKey> node_keys,
                Population& population, Genesis& genesis);

/// What `validators` nodes have at stake, by `consensus.stake` and its spread: uakt, node by node.
std::vector<Amount> node_stakes(const Scenario& scenario);

}  // namespace souk::scenarios
