#include "scenarios/rows.hpp"
#include "scenarios/scenario.hpp"

/// Settings of a whole run and of the chain.
namespace souk::scenarios {
namespace {

template <class F>
Key scenario(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  return row<Scenario>(std::move(name), unit, std::move(text), field, shape);
}

std::vector<Key> run_rows() {
  return {
      scenario("name", Unit::text,
               {"", "", "", "", "Short name of the scenario: first column of every result."},
               [](Scenario& s) -> auto& { return s.name; }),
      scenario("description", Unit::text, {"\"\"", "", "", "none", "What it is for, in a sentence."},
               [](Scenario& s) -> auto& { return s.description; }),
      scenario("seed", Unit::count,
               {"1", "0", "9000000000000000000", "ASSUME", "Seed of every random stream; --seed wins."},
               [](Scenario& s) -> auto& { return s.seed; }),
      scenario("start", Unit::text,
               {"2026-01-01", "", "", "ASSUME",
                "First day, 00:00 UTC. Arrivals that follow the hour or the weekday need it."},
               [](Scenario& s) -> auto& { return s.start; }),
      scenario("duration", Unit::duration, {"30 d", "1 s", "20 year", "ASSUME", "How long the market runs."},
               [](Scenario& s) -> auto& { return s.duration; }),
      scenario(
          "warm_up", Unit::duration,
          {"0 s", "0 s", "20 year", "ASSUME", "Start of the run that summaries leave out; series keep it."},
          [](Scenario& s) -> auto& { return s.warm_up; }),
      scenario("sample_every", Unit::duration,
               {"1 d", "1 s", "1 year", "ASSUME", "Step of the series in metrics.csv."},
               [](Scenario& s) -> auto& { return s.sample_every; }),
      scenario("validators", Unit::count,
               {"1", "1", "500", "design.md section 6",
                "1: instant quorum on the block grid; more: that many nodes agree by Tendermint."},
               [](Scenario& s) -> auto& { return s.validators; }),
      scenario("auditors", Unit::count,
               {"1", "0", "64", "akash-chain.md section 6.2", "Accounts that sign provider attributes."},
               [](Scenario& s) -> auto& { return s.auditors; }),
      distribution_row<Scenario>("network.latency", Unit::duration, 1,
                                 {"50 ms", "", "", "ASSUME (one way, between continents)",
                                  "Delay of every message between two actors."},
                                 [](Scenario& s) -> auto& { return s.latency_s; }),
      scenario("network.loss", Unit::fraction,
               {"0 %", "0 %", "100 %", "ASSUME", "Messages that never arrive."},
               [](Scenario& s) -> auto& { return s.loss; }),
      scenario("network.duplication", Unit::fraction,
               {"0 %", "0 %", "100 %", "ASSUME", "Messages that arrive twice."},
               [](Scenario& s) -> auto& { return s.duplication; }),
  };
}

Key compat_row() {
  Key key = scenario(
      "chain.compat", Unit::text,
      {"none", "", "", "akash-chain.md section 13 item 3",
       "Known defects of the live chain to reproduce: akash (all), none, or a list."},
      [](Scenario& s) -> auto& { return s.chain.compat; }, Shape::words);
  key.choices = {"none",
                 "akash",
                 "losing_bid_loop_stops",
                 "same_block_withdraw_panics",
                 "same_block_close_orphans",
                 "payment_create_drops_accrual",
                 "dseq_prefix_collision",
                 "open_orders_survive_close"};
  return key;
}

std::vector<Key> chain_rows() {
  return {
      choice_row<Scenario>(
          "chain.era", {"today", "2021"},
          {"today", "", "", "akash-chain.md sections 5.5, 7",
           "today: priced in ACT, no take rate. 2021: priced in AKT, take rate at withdrawal."},
          [](Scenario& s) -> auto& { return s.chain.era; }),
      compat_row(),
      choice_row<Scenario>("chain.auction", {"first_price", "second_price"},
                           {"first_price", "", "", "Akash pays as bid; second_price is a study",
                            "What the winner is paid: its bid, or the lowest bid it beat."},
                           [](Scenario& s) -> auto& { return s.chain.auction; }),
      scenario("chain.block_time", Unit::duration,
               {"6.117 s", "1 ms", "1 h", "economics.md section 2 (measured; HELM, 429,909 blocks a month)",
                "Time between two heights."},
               [](Scenario& s) -> auto& { return s.chain.block_time; }),
      scenario(
          "chain.order_max_bids", Unit::count,
          {"none", "1", "500", "akash-chain.md section 7 (era: 20)",
           "Bids an order takes; none keeps the era's."},
          [](Scenario& s) -> auto& { return s.chain.order_max_bids; }, Shape::optional),
      scenario(
          "chain.take_rate", Unit::fraction,
          {"none", "0 %", "100 %", "akash-chain.md section 5.5 (era: 0 today)",
           "Share of every withdrawal kept by the community pool, in whole percent."},
          [](Scenario& s) -> auto& { return s.chain.take_rate; }, Shape::optional),
      scenario(
          "chain.min_deposit", Unit::coin,
          {"none", "0 uact", "1000000 AKT", "akash-chain.md section 7 (era: 0.5 AKT, 0.5 ACT)",
           "Least deposit of a deployment, for its denomination."},
          [](Scenario& s) -> auto& { return s.chain.min_deposit; }, Shape::optional),
      scenario(
          "chain.bid_min_deposit", Unit::coin,
          {"none", "0 uact", "1000000 AKT", "akash-chain.md section 7 (era: 0.5 AKT, 0.5 ACT)",
           "Least deposit of a bid, for its denomination."},
          [](Scenario& s) -> auto& { return s.chain.bid_min_deposit; }, Shape::optional),
      scenario("chain.akt_price", Unit::usd,
               {"0.50 USD", "0.000001 USD", "1000000 USD",
                "economics.md section 2 (end of Q1 2026, [2nd] Messari)", "What one AKT is worth."},
               [](Scenario& s) -> auto& { return s.chain.akt_usd; }),
      scenario("chain.akt_fallback", Unit::boolean,
               {"false", "", "", "akash-chain.md section 5.3 step 7 (live only while BME is halted)",
                "An overdrawn account pays on from its AKT."},
               [](Scenario& s) -> auto& { return s.chain.akt_fallback; }),
      scenario(
          "chain.invariants_every", Unit::count,
          {"1000", "0", "1000000000", "design.md section 9",
           "Check the ledger's invariants after every n-th block with transactions; 0: only at the end."},
          [](Scenario& s) -> auto& { return s.chain.invariants_every_blocks; }),
  };
}

}  // namespace

Section scenario_rows() {
  Section section{"", false, "A market to simulate.", run_rows(),
                  [](void* root, const std::string&) { return root; }};
  for (Key& key : chain_rows()) section.keys.push_back(std::move(key));
  return section;
}

const Settings& scenario_settings() {
  static const Settings settings{scenario_rows(),  provider_rows(),  tenant_rows(),
                                 consensus_rows(), partition_rows(), staking_rows(),
                                 operator_rows(),  delegator_rows(), proposal_rows()};
  return settings;
}

}  // namespace souk::scenarios
