// What the collector of stake makes of events and notes, on paper.
#include "scenarios/stake_collector.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "actors/consensus/block.hpp"
#include "actors/consensus/observation.hpp"

namespace souk::scenarios {
namespace {

using namespace std::chrono_literals;

Address validator(int i) { return module_address("collector/" + std::to_string(i)); }

/// Three validators with 60, 30 and 10 AKT, all in group `g` but the last; 900 AKT lie idle.
struct Network {
  Population population;
  Genesis genesis;

  Network() {
    KnownValidators known;
    for (int i = 0; i < 3; ++i) {
      const Amount stake{std::int64_t{1'000'000} * (i == 0 ? 60 : i == 1 ? 30 : 10)};
      known[validator(i)] = {0.05, stake, true, false, 0, Time::min()};
      population.operators.push_back(
          {ActorId{static_cast<std::uint32_t>(i + 1)}, validator(i), "v", i < 2 ? "g" : "h", true, 500});
      MsgCreateValidator create;
      create.moniker = "v";
      create.commission = {Dec::from_raw(Dec::scale / 20), Dec::from_int(1), Dec::from_int(1)};
      create.validator = validator(i);
      create.key[0] = static_cast<std::uint8_t>(i + 1);
      create.value = {Denom::uakt, stake};
      genesis.balances.push_back({validator(i), {{Denom::uakt, stake}}});
      genesis.validators.push_back({std::move(create)});
    }
    genesis.balances.push_back({validator(9), {{Denom::uakt, {900'000'000}}}});
    population.validators = std::make_shared<const KnownValidators>(std::move(known));
  }
};

class StakeByHand : public ::testing::Test {
 protected:
  void note(Duration at, int i, Note::Metric metric, double value = 1, std::uint64_t subject = 0) {
    collector.on_effect(start + at, ActorId{static_cast<std::uint32_t>(i + 1)}, Note{metric, subject, value});
  }
  void chain(Duration at, StakeEvent event) {
    const auto shared = std::make_shared<const Event>(
        ChainNotice{Height{++height}, start + at, ChainEvent{std::move(event)}});
    collector.on_effect(start + at, ActorId{0}, Publish{topic_chain(), shared});
  }
  void look(Duration at) { collector.look(ledger, start + at, entities, series); }
  double summary(Metric metric, const std::string& entity = "chain") {
    double found = std::nan("");
    collector.summarise([&](Metric m, const std::string& e, double value) {
      if (m == metric && e == entity) found = value;
    });
    return found;
  }

  Time start{1000h};
  std::int64_t height = 0;
  Network network;
  Ledger ledger{network.genesis};
  StakeCollector collector{network.population, {start, start, 6s, 2.0, false}};
  Entities entities;
  std::vector<Measurement> series;
};

TEST_F(StakeByHand, MissedBlocksAreThePowerThatWasDownOverTime) {
  look(0h);
  note(10h, 1, Note::Metric::validator_down);
  note(20h, 1, Note::Metric::validator_up);
  look(100h);
  EXPECT_NEAR(summary(Metric::missed_block_share), 0.3 * 0.1, 1e-12);
  EXPECT_NEAR(summary(Metric::missed_block_share, "operators:g"), 0.3 * 0.1 / 0.9, 1e-12);
  EXPECT_EQ(summary(Metric::missed_block_share, "operators:h"), 0);
  EXPECT_EQ(summary(Metric::halt_time), 0);
}

TEST_F(StakeByHand, AThirdOfThePowerDownHaltsTheChain) {
  look(0h);
  note(1h, 1, Note::Metric::validator_down);  // 30 %
  note(2h, 2, Note::Metric::validator_down);  // and 10 %
  note(5h, 2, Note::Metric::validator_up);
  look(10h);
  EXPECT_NEAR(summary(Metric::halt_time), 180, 1e-9);
}

TEST_F(StakeByHand, ConcentrationAndTheAttackArePricedFromTheLedger) {
  look(0h);
  EXPECT_NEAR(summary(Metric::hhi_stake), 1e4 * (.36 + .09 + .01), 1e-9);
  EXPECT_EQ(summary(Metric::nakamoto_stake), 1);
  EXPECT_EQ(summary(Metric::nakamoto_stake_half), 1);
  EXPECT_NEAR(summary(Metric::attack_cost), 50 * 2.0, 1e-9);
  EXPECT_NEAR(summary(Metric::bonded_ratio), 0.1, 1e-12);
  EXPECT_EQ(summary(Metric::supply), 1000);
  EXPECT_NEAR(summary(Metric::stake_share, "operators:h"), 0.1, 1e-12);
}

TEST_F(StakeByHand, WhatVestsDoesNotCirculateYet) {
  look(0h);
  EXPECT_EQ(summary(Metric::circulating_supply), 1000) << "nothing vests, and the pool is empty";
  Genesis genesis = network.genesis;
  genesis.time = start;
  GenesisVesting vesting;
  vesting.address = validator(9);
  vesting.original = {{Denom::uakt, {400'000'000}}};
  vesting.start = start - 100h;
  vesting.end = start + 300h;
  genesis.vesting.push_back(vesting);
  Ledger vests{genesis};
  std::vector<ChainEvent> events;
  vests.begin_block({Height{1}, start}, {}, events);
  vests.end_block(events);
  // A quarter of the 400 has come free.
  const StakeState state = stake_state(vests);
  EXPECT_NEAR(state.circulating, state.supply - state.community_pool - 300, 1e-6);
}

TEST_F(StakeByHand, SlashesAndJailingsAreCounted) {
  look(0h);
  chain(1h, EventSlash{validator(0), 60, SlashReason::missing_signature, true, {6'000}, {}});
  chain(1h, EventValidatorStatus{validator(0), false, true, {59'994'000}});
  chain(9h, EventValidatorStatus{validator(0), true, false, {59'994'000}});
  look(10h);
  EXPECT_EQ(summary(Metric::slashes), 1);
  EXPECT_EQ(summary(Metric::jailings), 1);
  EXPECT_NEAR(summary(Metric::slashed), 0.006, 1e-12);
}

TEST_F(StakeByHand, ProposalsAreDecidedOnceAndAnExpeditedOneMayGoOn) {
  look(0h);
  chain(24h, EventSubmitProposal{1, validator(9), true, true, start + 48h, nullptr});
  chain(48h, EventProposalEnded{1, ProposalResult::expedited_failed, {}});
  chain(168h, EventProposalEnded{1, ProposalResult::passed, {}});
  chain(24h, EventSubmitProposal{2, validator(9), false, true, start + 192h, nullptr});
  chain(192h, EventProposalEnded{2, ProposalResult::rejected, {}});
  look(200h);
  EXPECT_EQ(summary(Metric::proposals_submitted), 2);
  EXPECT_EQ(summary(Metric::proposals_decided), 2);
  EXPECT_EQ(summary(Metric::pass_rate), 0.5);
  EXPECT_NEAR(summary(Metric::time_to_decision), (6 + 7) / 2.0, 1e-12);
}

struct Nobody {
  void on(const Event&, const Context&, Effects&) {}
};

/// A decision of a block that the `node`-th key of `population` made.
Effect decision(const Population& population, std::int64_t height, std::size_t node) {
  consensus::Block block;
  block.header.chain_id = "collector";
  block.header.proposer = consensus::address_of(population.node_keys[node]);
  consensus::Decided decided;
  decided.height = {height};
  decided.proof = std::make_shared<const consensus::CertifiedValue>(
      consensus::CertifiedValue{consensus::make_value(block, {}), {}});
  return Observe{std::make_shared<const consensus::Observation>(consensus::Observation{decided})};
}

TEST(StakeCollectorOfNodes, ProposersAreCountedOncePerHeightAfterTheWarmUpAndByGroup) {
  const Time start{1000h};
  Network network;
  Population& population = network.population;
  population.operators[2].inside = false;  // so that the third node is nobody's
  for (std::uint32_t i = 0; i < 3; ++i) {
    population.node_keys.push_back(ConsensusKey{static_cast<std::uint8_t>(i + 1)});
    population.nodes.push_back(ActorId{i});
    population.seats.push_back({"node-" + std::to_string(i + 1), runtime::AnyActor(Nobody{}), {}, {}});
  }
  StakeCollector collector{population, {start, start + 10s, 6s, 2.0, true}};
  const auto decided = [&](Duration at, std::int64_t height, std::size_t node) {
    collector.on_effect(start + at, ActorId{0}, decision(population, height, node));
  };
  decided(6s, 1, 2);
  decided(12s, 2, 0);
  decided(13s, 2, 0);  // told again
  decided(18s, 3, 1);
  decided(24s, 4, 0);
  decided(30s, 5, 2);
  std::map<std::string, double> got;
  collector.summarise([&](Metric metric, const std::string& entity, double value) {
    if (metric == Metric::proposer_share) got.emplace(entity, value);
  });
  const std::map<std::string, double> expected{{"validator:node-1", 0.5},
                                               {"validator:node-2", 0.25},
                                               {"validator:node-3", 0.25},
                                               {"operators:g", 0.75}};
  EXPECT_EQ(got, expected);
}

TEST(StakeCollectorOfNodes, HaltsAreGapsBetweenBlocksAndRoundsCountFromOne) {
  const Time start{1000h};
  Network network;
  const Ledger ledger{network.genesis};
  StakeCollector collector{network.population, {start, start, 6s, 2.0, true}};
  Entities entities;
  std::vector<Measurement> series;
  collector.look(ledger, start, entities, series);
  const auto decided = [&](Duration at, std::uint64_t height, double rounds, std::uint32_t node) {
    collector.on_effect(start + at, ActorId{node}, Note{Note::Metric::height_decided, height, rounds});
  };
  decided(6s, 1, 0, 0);
  decided(7s, 1, 0, 1);  // another node, the same height
  decided(12s, 2, 3, 1);
  decided(612s, 3, 0, 0);
  collector.look(ledger, start + 700s, entities, series);
  std::map<Metric, double> got;
  collector.summarise([&](Metric metric, const std::string&, double value) { got.emplace(metric, value); });
  EXPECT_EQ(got.at(Metric::heights), 3);
  EXPECT_NEAR(got.at(Metric::rounds_per_height), 6.0 / 3, 1e-12);
  EXPECT_NEAR(got.at(Metric::halt_time), 594.0 / 60, 1e-12);
}

}  // namespace
}  // namespace souk::scenarios
