#include "scenarios/scenario.hpp"
#include "scenarios/stake_row_kinds.hpp"

/// Settings of consensus among validators that are nodes of their own, and of cuts of their network.
/// Source NODE: consensus-node.md.
namespace souk::scenarios {
namespace {

using C = ConsensusSettings;

template <class F>
Key consensus(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<C>(std::move(name), unit, std::move(text), field, shape);
}

std::vector<Key> power_rows() {
  std::vector<Key> rows{
      consensus("stake", Unit::coin,
                {"10000000 AKT", "1 AKT", "1000000000 AKT", "ASSUME",
                 "Stake of all nodes together, where `staking.operators` does not give it."},
                [](C& c) -> auto& { return c.stake; })};
  add_spread_rows<C>(
      rows, "spread",
      {"equal", "", "", "ASSUME", "How the stake is spread over the nodes, from the first on."},
      [](C& c) -> auto& { return c.spread; });
  rows.push_back(consensus("full_nodes", Unit::count,
                           {"0", "0", "1000", "ASSUME", "Nodes that follow the chain and do not vote."},
                           [](C& c) -> auto& { return c.full_nodes; }));
  return rows;
}

std::vector<Key> timing_rows() {
  return {
      consensus(
          "timeout.propose", Unit::duration,
          {"3 s", "1 ms", "1 h", "akash-chain.md section 7 (CometBFT)", "Wait for a proposal, round 0."},
          [](C& c) -> auto& { return c.timeout_propose; }),
      consensus("timeout.prevote", Unit::duration,
                {"1 s", "1 ms", "1 h", "akash-chain.md section 7 (CometBFT)",
                 "Wait for more prevotes once two thirds have voted for anything, round 0."},
                [](C& c) -> auto& { return c.timeout_prevote; }),
      consensus("timeout.precommit", Unit::duration,
                {"1 s", "1 ms", "1 h", "akash-chain.md section 7 (CometBFT)", "The same for precommits."},
                [](C& c) -> auto& { return c.timeout_precommit; }),
      consensus("timeout.delta", Unit::duration,
                {"500 ms", "0 s", "1 h", "akash-chain.md section 7 (CometBFT)", "Added with every round."},
                [](C& c) -> auto& { return c.timeout_delta; }),
      choice_row<C>("signatures", {"keyed", "ed25519"},
                    {"keyed", "", "", "design.md section 8",
                     "keyed: hashes with a secret, as good in a simulation and much faster; ed25519: real."},
                    [](C& c) -> auto& { return c.signatures; }),
      consensus(
          "regions", Unit::text,
          {"[]", "", "", "ASSUME",
           "Where nodes stand: they are dealt to the regions in turn; empty: all one."},
          [](C& c) -> auto& { return c.regions; }, Shape::list),
      consensus(
          "latency", Unit::duration,
          {"{}", "0 s", "1 h", "ASSUME",
           "One way, by two regions: `{eu_us: 45 ms, eu_eu: 5 ms}`; a pair not named has `network.latency`."},
          [](C& c) -> auto& { return c.latency; }, Shape::table),
  };
}

std::vector<Key> attack_rows() {
  Key behaviours = consensus(
      "byzantine.behaviours", Unit::text,
      {"double_vote", "", "", "NODE section 5 (fault list)", "What Byzantine nodes do, all of it."},
      [](C& c) -> auto& { return c.byzantine_behaviours; }, Shape::words);
  behaviours.choices = byzantine_words();
  return {
      consensus("byzantine.power", Unit::fraction,
                {"0 %", "0 %", "100 %", "ASSUME",
                 "Largest share of the power of Byzantine nodes: the last nodes, as many as fit below it."},
                [](C& c) -> auto& { return c.byzantine_power; }),
      std::move(behaviours)};
}

}  // namespace

Section consensus_rows() {
  Section section{
      "consensus",
      false,
      "Consensus among `validators` nodes, where there is more than one.",
      {},
      [](void* root, const std::string&) -> void* { return &static_cast<Scenario*>(root)->consensus; }};
  for (auto rows : {power_rows, timing_rows, attack_rows}) {
    for (Key& key : rows()) section.keys.push_back(std::move(key));
  }
  return section;
}

Section partition_rows() {
  using P = PartitionSettings;
  return {"consensus.partitions",
          true,
          "Cuts of the network between nodes, by name.",
          {row<P>("at", Unit::duration, {"", "0 s", "20 year", "", "When it begins, after the start."},
                  [](P& p) -> auto& { return p.at; }),
           row<P>("lasts", Unit::duration, {"1 h", "1 ms", "20 year", "ASSUME", "How long it lasts."},
                  [](P& p) -> auto& { return p.lasts; }),
           row<P>("power", Unit::fraction,
                  {"0 %", "0 %", "100 %", "ASSUME",
                   "Largest share of the power on the far side: the last nodes, as many as fit."},
                  [](P& p) -> auto& { return p.power; }),
           row<P>(
               "regions", Unit::text,
               {"[]", "", "", "ASSUME", "Instead of `power`: the regions on the far side."},
               [](P& p) -> auto& { return p.regions; }, Shape::list)},
          [](void* root, const std::string& name) -> void* {
            auto& partitions = static_cast<Scenario*>(root)->consensus.partitions;
            for (auto& known : partitions)
              if (known.name == name) return &known;
            partitions.emplace_back().name = name;
            return &partitions.back();
          }};
}

}  // namespace souk::scenarios
