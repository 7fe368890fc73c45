// Checks of slashing: what it costs, what bonds deter, and what an attack would.
#include <cmath>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "scenarios/stake_bench.hpp"
#include "scenarios/stake_row_kinds.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

/// What a double signature costs one who bonded `bond` uakt himself, with everything slashed.
double bond_lost(double bond) {
  StakeBench::Setup setup;
  setup.supply = {1'000'000'000'000'000};
  setup.stakes = {{500'000'000'000'000}, {static_cast<std::int64_t>(std::llround(bond))}};
  setup.commissions = {0, 0};
  setup.params.stake.slashing.slash_fraction_double_sign = Dec::from_int(1);
  StakeBench bench(setup);
  bench.empty_blocks(5);
  return static_cast<double>(bench.double_sign(1).micro);
}

void bond_rows(bool broken, std::vector<Row>& rows) {
  // One cheat earns `gain` undetected, and loses its bond when detected with probability p. Broken: it is
  // detected a tenth less often.
  constexpr double gain = 10e6;
  for (const auto& [p, times] : {std::pair{.01, 99.0}, {.05, 19.0}, {.10, 9.0}, {.50, 1.0}}) {
    const double seen = broken ? p * .9 : p;
    const double expected = (1 - seen) * gain - seen * bond_lost(times * gain);
    rows.push_back(
        exact("cheating pays, bond " + std::to_string(static_cast<int>(times)) + " x the gain, uakt", 0,
              expected, 1));
  }
  struct Fake {
    double bond_akt, akt_usd, detection;
  };
  for (const Fake& f : {Fake{50, .5, .9747},
                        {100, .5, .9507},
                        {200, .5, .9061},
                        {50, 3, .8654},
                        {100, 3, .7628},
                        {200, 3, .6166}}) {
    const double lost_usd = bond_lost(f.bond_akt * 1e6) * 1e-6 * f.akt_usd;
    constexpr double gain_usd = 964.80;
    rows.push_back(exact("fake A100, bond " + std::to_string(static_cast<int>(f.bond_akt)) + " AKT at " +
                             std::to_string(f.akt_usd).substr(0, 4) + " USD: detection needed",
                         f.detection, gain_usd / (gain_usd + lost_usd * (broken ? .9 : 1)), 5e-5));
  }
}

Result<std::vector<Row>> slashing_check(const CheckInput& in) {
  const auto fraction = in.number("fraction", 0, 1);
  if (!fraction) return Unexpected{fraction.error()};
  StakeBench::Setup setup;
  setup.supply = {3'000'000'000'000};
  setup.stakes = {{400'000'000'000}, {200'000'000'000}};
  setup.commissions = {.1, .1};
  setup.params.stake.slashing.slash_fraction_double_sign = dec_of(in.broken ? *fraction * .9 : *fraction);
  StakeBench bench(setup);
  bench.empty_blocks(5);
  const Amount lost = bench.double_sign(1);
  const double share = static_cast<double>(lost.micro) / 200e9;
  const double yield = measured_yield(.13, .6, .4, .1);
  constexpr double events_a_year = .002;
  std::vector<Row> rows{
      exact("stake burned by a double signature, fraction", *fraction, share, 1e-9),
      exact("supply less by as much, uakt", static_cast<double>(lost.micro),
            3e12 - static_cast<double>(bench.ledger().supply(Denom::uakt).micro)),
      exact("delegator's return at i .13, tax .4, b .6, f .1", .1170, yield, 5e-5),
      exact("less slashes of .2 % a year", .1170 - *fraction * events_a_year, yield - share * events_a_year,
            5e-5),
  };
  bond_rows(in.broken, rows);
  // New stake on one validator until it has a third, and two thirds, of the power.
  for (const auto& [name, times, power] : {std::tuple{"1/3 of the power for new stake of", .5, 1.0 / 3},
                                           {"2/3 of the power for new stake of", 2.0, 2.0 / 3}}) {
    StakeBench attack(setup);
    const double bonded = 600e9;
    attack.join_with({static_cast<std::int64_t>(bonded * times * (in.broken ? .9 : 1))});
    rows.push_back(
        exact(std::string(name) + (times < 1 ? " half of what is bonded" : " twice what is bonded"), power,
              attack.share_of_newcomer(), 1e-9));
  }
  return rows;
}

}  // namespace

std::vector<Check> slashing_checks() {
  return {
      {"V32",
       "Slashing, bonds and the price of an attack",
       "slashes, detection and new stake are a tenth less",
       0,
       {{"fraction", "0.05", "of the stake, for a double signature"}},
       slashing_check},
  };
}

}  // namespace souk::scenarios
