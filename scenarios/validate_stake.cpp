// Checks of the staking economy: what the ledger mints, hands out, unlocks and slashes, by blocks and
// transactions alone.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

#include "actors/chain/ledger.hpp"
#include "actors/chain/mint.hpp"
#include "scenarios/csv.hpp"
#include "scenarios/lab.hpp"
#include "scenarios/stake_bench.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

Dec dec(double fraction) {
  return Dec::from_raw(static_cast<i128>(std::llround(fraction * 1e12)) * 1'000'000);
}

// ---- V16 ----------------------------------------------------------------------------------------------

/// One row of the published table: years' ends and the block at which inflation reaches its bound.
struct MintRow {
  std::string name;
  MintParams params;
  double start = 0;  ///< inflation
  double ratio = 0;
  double supply_akt = 0;
  std::vector<std::pair<double, double>> years;  ///< inflation, supply in AKT
  std::int64_t bound_at = 0;                     ///< 0: none within the years of the table
};

MintParams mint_params(double low, double high, double change, std::int64_t blocks) {
  MintParams params;
  params.inflation_min = dec(low);
  params.inflation_max = dec(high);
  params.inflation_rate_change = dec(change);
  params.goal_bonded = dec(.67);
  params.blocks_per_year = blocks;
  return params;
}

std::vector<MintRow> published_mint() {
  const MintParams genesis = mint_params(.46, .58, .13, 5'256'000);
  const MintParams sdk = mint_params(.07, .20, .13, 6'311'520);
  const MintParams prop240 = mint_params(.13, .20, .13, 6'311'520);
  return {{"genesis, b .55",
           genesis,
           .52,
           .55,
           100e6,
           {{.54328358, 170'172'381.47}, {.56656716, 296'408'113.38}, {.58, 527'348'896.71}},
           13'544'308},
          {"genesis, b .75",
           genesis,
           .52,
           .75,
           100e6,
           {{.50447761, 166'902'355.70}, {.48895522, 274'273'374.34}, {.47343284, 443'775'730.93}},
           0},
          {"SDK, b .40",
           sdk,
           .13,
           .40,
           100e6,
           {{.18238806, 116'905'298.05}, {.20, 142'366'362.24}, {.20, 173'886'663.47}},
           8'433'342},
          {"SDK, b .67", sdk, .13, .67, 100e6, {{.13, 113'882'834.81}}, 0},
          {"SDK, b .90",
           sdk,
           .13,
           .90,
           100e6,
           {{.08537313, 111'369'858.28}, {.07, 119'761'776.15}, {.07, 128'445'481.41}},
           8'485'723},
          {"prop 240, b .60",
           prop240,
           .13,
           .60,
           230e6,
           {{.14358209, 263'715'360.21}, {.15716418, 306'507'879.47}, {.17074627, 361'115'797.74}},
           0}};
}

/// Runs the chain's minter block by block over the years of `row`, its bonded ratio held. Broken: it aims at
/// one percentage point more.
std::vector<Row> mint_rows(const MintRow& row, bool broken) {
  MintParams params = row.params;
  if (broken) params.goal_bonded = params.goal_bonded + dec(.01);
  Minter minter(dec(row.start));
  Amount supply{static_cast<std::int64_t>(row.supply_akt) * 1'000'000};
  std::int64_t height = 0;
  std::int64_t bound_at = 0;
  std::vector<Row> rows;
  for (std::size_t year = 0; year < row.years.size(); ++year) {
    for (std::int64_t block = 0; block < params.blocks_per_year; ++block) {
      const Provision made = minter.next_at(params, dec(row.ratio), supply);
      supply += made.amount;
      ++height;
      const bool bound = made.inflation == params.inflation_min || made.inflation == params.inflation_max;
      if (bound_at == 0 && bound) bound_at = height;
    }
    const auto& [inflation, akt] = row.years[year];
    const std::string name = row.name + ", year " + std::to_string(year + 1) + ": ";
    rows.push_back(exact(name + "inflation", inflation, minter.inflation().to_double(), 1e-6 * inflation));
    rows.push_back(exact(name + "supply, AKT", akt, static_cast<double>(supply.micro) * 1e-6, 1e-6 * akt));
  }
  rows.push_back(exact(row.name + ": block that reaches the bound, 0 none", static_cast<double>(row.bound_at),
                       static_cast<double>(bound_at), 1));
  return rows;
}

Result<std::vector<Row>> mint_check(const CheckInput& in) {
  const auto chosen = in.numbers("rows", 1, 6);
  if (!chosen) return Unexpected{chosen.error()};
  const auto table = published_mint();
  std::vector<std::vector<Row>> slots(chosen->size());
  in_parallel(in.crew, slots.size(), [&](std::size_t i) {
    slots[i] = mint_rows(table.at(static_cast<std::size_t>((*chosen)[i]) - 1), in.broken);
  });
  std::vector<Row> rows;
  for (auto& slot : slots)
    for (Row& row : slot) rows.push_back(std::move(row));
  return rows;
}

// ---- V17 ----------------------------------------------------------------------------------------------

Result<std::vector<Row>> yield_check(const CheckInput& in) {
  const auto inflation = in.number("inflation", .001, 1);
  const auto bonded = in.number("bonded", .01, .99);
  const auto tax = in.number("tax", 0, .99);
  for (const auto* value : {&inflation, &bonded, &tax})
    if (!*value) return Unexpected{value->error()};
  // Broken: the chain taxes one percentage point more.
  const double extra = in.broken ? .01 : 0;
  const double apr = measured_yield(*inflation, *bonded, *tax + extra, 0);
  const double expected = *inflation * (1 - *tax) / *bonded;
  constexpr double digits = 2e-5;
  std::vector<Row> rows{
      exact("APR of the parameters", expected, apr, digits),
      exact("its real yield", (1 + expected) / (1 + *inflation) - 1, (1 + apr) / (1 + *inflation) - 1,
            digits),
      exact("SIG-012: i .13, b .615, tax .40", .12683, measured_yield(.13, .615, .40 + extra, 0), digits),
      exact("SIG-012: real yield", -.00281, (1 + measured_yield(.13, .615, .40 + extra, 0)) / 1.13 - 1,
            digits),
      exact("SIG-017: i .195, b .585, tax .40", .20, measured_yield(.195, .585, .40 + extra, 0), digits),
      exact("required .12 at i .086359, tax .02, f .05", .12, measured_yield(.086359, .67, .02 + extra, .05),
            digits),
      exact("required .12 at i .141053, tax .40, f .05", .12, measured_yield(.141053, .67, .40 + extra, .05),
            digits),
  };
  return rows;
}

// ---- V19 ----------------------------------------------------------------------------------------------

/// The unlocks of one account, `unix:uakt|unix:uakt`, as a periodic vesting account.
Result<GenesisVesting> vesting_of(const Address& address, std::int64_t start, const std::string& text) {
  GenesisVesting vesting;
  vesting.address = address;
  vesting.kind = GenesisVesting::Kind::periodic;
  vesting.start = Time{std::chrono::seconds(start)};
  Amount total;
  std::int64_t last = start;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find('|', from), text.size());
    long long at = 0;
    long long uakt = 0;
    if (std::sscanf(text.substr(from, to - from).c_str(), "%lld:%lld", &at, &uakt) != 2 || at < last)
      return fail("accounts.csv: unlocks '" + text + "' are not times and amounts in order");
    vesting.periods.push_back({std::chrono::seconds(at - last), {{Denom::uakt, {uakt}}}});
    total += Amount{uakt};
    last = at;
    from = to + 1;
  }
  vesting.end = Time{std::chrono::seconds(last)};
  vesting.original = {{Denom::uakt, total}};
  return vesting;
}

struct GenesisAccounts {
  Genesis genesis;
  std::vector<Address> holders;
};

/// Broken: the last account of the list is free from the start.
Result<GenesisAccounts> genesis_accounts(const std::string& data, bool broken) {
  CsvReader csv(data + "/akash-genesis-2020/accounts.csv");
  const std::size_t balance = csv.column("balance_uakt"), original = csv.column("original_vesting_uakt"),
                    start = csv.column("vest_start_unix"), unlocks = csv.column("unlocks_unix_uakt");
  GenesisAccounts out;
  while (csv.next()) {
    const Address address = module_address("validate/genesis/" + std::to_string(out.holders.size()));
    out.holders.push_back(address);
    out.genesis.balances.push_back({address, {{Denom::uakt, {csv.integer(balance, 0, INT64_MAX)}}}});
    const std::string text(csv.text(unlocks));
    if (text.empty()) continue;
    auto vesting = vesting_of(address, csv.integer(start, 0, INT64_MAX), text);
    if (!vesting) return Unexpected{vesting.error()};
    if (vesting->original[0].amount.micro != csv.integer(original, 0, INT64_MAX))
      return fail("accounts.csv: the unlocks of account " + std::to_string(out.holders.size() - 1) +
                  " do not sum to its original vesting");
    out.genesis.vesting.push_back(std::move(*vesting));
  }
  if (auto result = csv.result(); !result) return Unexpected{result.error()};
  if (broken && !out.genesis.vesting.empty()) out.genesis.vesting.pop_back();
  return out;
}

/// Sends all that `holder` may spend to `sink`, found by trying powers of two downward: what was locked
/// refuses to go.
void send_spendable(Ledger& ledger, const Address& holder, const Address& sink, std::uint64_t& nonce) {
  std::vector<ChainEvent> events;
  for (int bit = 46; bit >= 0; --bit) {
    const Amount part{std::int64_t{1} << bit};
    if (ledger.balance(holder, Denom::uakt) < part) continue;
    events.clear();
    (void)ledger.deliver(
        {holder, nonce++, {Denom::uakt, {0}}, {MsgSend{holder, sink, {{Denom::uakt, part}}}}}, events);
  }
}

Result<std::vector<Row>> vesting_check(const CheckInput& in) {
  auto accounts = genesis_accounts(in.data, in.broken);
  if (!accounts) return Unexpected{accounts.error()};
  using namespace std::chrono;
  struct Date {
    std::string name;
    year_month_day day;
    double akt;
  };
  const std::vector<Date> dates{{"at the start", year{2020} / 9 / 25, 2'800'000},
                                {"2020-10-25", year{2020} / 10 / 25, 15'271'175.588},
                                {"2021-04-25", year{2021} / 4 / 25, 22'742'351.176},
                                {"2021-09-25", year{2021} / 9 / 25, 50'645'835.241},
                                {"2022-03-25", year{2022} / 3 / 25, 70'590'896.869},
                                {"2022-09-25", year{2022} / 9 / 25, 90'535'958.496},
                                {"2023-03-25", year{2023} / 3 / 25, 100'000'000.02}};
  // The network began on 25 September 2020 at 14:00 UTC (vest_start_unix 1601042400).
  const auto moment = [](const year_month_day& day) {
    return Time{duration_cast<Duration>((sys_days{day} + hours(14)).time_since_epoch())};
  };
  Genesis& genesis = accounts->genesis;
  genesis.time = moment(dates[0].day);
  if (auto sound = genesis.check(); !sound) return Unexpected{sound.error()};
  Ledger ledger(genesis);
  const Address sink = module_address("validate/sink");
  std::vector<Row> rows{exact("accounts", 215, static_cast<double>(accounts->holders.size()))};
  std::uint64_t nonce = 0;
  std::int64_t height = 0;
  for (const Date& date : dates) {
    ledger.begin_block({Height{++height}, moment(date.day)});
    for (const Address& holder : accounts->holders) send_spendable(ledger, holder, sink, nonce);
    rows.push_back(exact("spendable so far, AKT, " + date.name, date.akt,
                         static_cast<double>(ledger.balance(sink, Denom::uakt).micro) * 1e-6, 5e-4));
  }
  rows.push_back(exact("invariants hold", 1, ledger.check_invariants().has_value() ? 1 : 0));
  return rows;
}

// ---- V21 ----------------------------------------------------------------------------------------------

/// What one block that collected `provision` of fees hands out. Broken: the second validator's commission is
/// one point more.
Result<std::vector<Row>> distribution_check(const CheckInput& in) {
  const auto provision = in.number("provision", 1'000, 1e12);
  if (!provision) return Unexpected{provision.error()};
  const Amount fees{static_cast<std::int64_t>(*provision)};
  const double p = static_cast<double>(fees.micro);
  StakeBench::Setup setup;
  setup.supply = {200'000'000};
  setup.stakes = {{40'000'000}, {30'000'000}, {20'000'000}, {10'000'000}};
  setup.commissions = {.05, in.broken ? .11 : .10, .05, .20};
  setup.params.stake.distribution.community_tax = dec(.40);
  std::vector<Row> rows;
  {
    StakeBench bench(setup);
    bench.pay_fee(fees);
    const auto paid = bench.handed_out();
    const double share[] = {.4, .3, .2, .1};
    double delegators = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string name = std::string("modern, validator ") + static_cast<char>('A' + i) + ": ";
      rows.push_back(exact(name + "gross, uakt", .6 * p * share[i], paid.gross[i]));
      const double rates[] = {.05, .10, .05, .20};
      rows.push_back(exact(name + "commission, uakt", .6 * p * share[i] * rates[i], paid.commission[i]));
      delegators += static_cast<double>(bench.withdraw(i).micro);
    }
    rows.push_back(exact("modern: withdrawn by delegators, uakt", .552 * p, delegators, 4));
    for (std::size_t i = 0; i < 4; ++i) bench.withdraw_commission(i);
    rows.push_back(
        exact("modern: left for the community pool, uakt", .4 * p, bench.module_balance("distribution"), 8));
  }
  setup.params.stake.distribution.community_tax = dec(.02);
  setup.params.stake.distribution.base_proposer_reward = dec(.01);
  setup.params.stake.distribution.bonus_proposer_reward = dec(.04);
  StakeBench legacy(setup);
  legacy.propose_next(0);
  legacy.pay_fee(fees);
  const auto paid = legacy.handed_out();
  const double gross[] = {.422, .279, .186, .093};
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::string name = std::string("legacy, validator ") + static_cast<char>('A' + i) + ": gross, uakt";
    rows.push_back(exact(name, gross[i] * p, paid.gross[i]));
    sum += paid.gross[i];
  }
  rows.push_back(exact("legacy: community pool, uakt", .02 * p, legacy.module_balance("distribution") - sum));
  rows.push_back(exact("invariants hold", 1, legacy.ledger().check_invariants().has_value() ? 1 : 0));
  return rows;
}

}  // namespace

std::vector<Check> stake_checks() {
  return {
      {"V16",
       "The minter, its bonded ratio held",
       "the minter aims at one percentage point more",
       0,
       {{"rows", "1,2,3,4,5,6", "of the published table"}},
       mint_check},
      {"V17",
       "Yields of delegators",
       "the community tax is one percentage point more",
       0,
       {{"inflation", "0.13", "a year"},
        {"bonded", "0.615", "share of the supply"},
        {"tax", "0.40", "community tax"}},
       yield_check},
      {"V19",
       "What the accounts of the 2020 genesis may spend, as it unlocks",
       "one account does not vest",
       0,
       {},
       vesting_check},
      {"V21",
       "What a block hands out",
       "one validator's commission is one point more",
       0,
       {{"provision", "1000000", "uakt that a block collected"}},
       distribution_check},
  };
}

}  // namespace souk::scenarios
