// Checks of the rule book: what the ledger does to money, with no tenant or provider in between.
#include <cmath>
#include <memory>
#include <string>

#include "actors/chain/ledger.hpp"
#include "scenarios/lab.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

/// A ledger with one tenant, one provider per group, and messages that must succeed.
class Bench {
 public:
  explicit Bench(const ChainParams& params, Amount tenant_uact)
      : ledger_(params, {{tenant, {{Denom::uact, tenant_uact}}},
                         {provider(1), {{Denom::uact, provider_funds}}},
                         {provider(2), {{Denom::uact, provider_funds}}}}) {}

  static Address provider(std::uint32_t gseq) {
    return module_address("validate/provider/" + std::to_string(gseq));
  }
  inline static const Address tenant = module_address("validate/tenant");

  void at(std::int64_t height) {
    ledger_.begin_block({Height{height}, Time{std::chrono::seconds(6 * height)}});
  }

  void apply(const Address& signer, Msg msg) {
    std::vector<ChainEvent> events;
    const TxResult result = ledger_.deliver({signer, nonce_++, {Denom::uakt, {0}}, {std::move(msg)}}, events);
    SOUK_CHECK(result.ok());
  }

  /// Opens deployment 1 with one group per rate, each leased to its own provider at that rate.
  void lease(const std::vector<Dec>& rates, Amount deposit) {
    MsgCreateDeployment create{
        {tenant, 1}, {}, std::vector<std::uint8_t>(32, 1), {{Denom::uact, deposit}}, {}};
    for (std::size_t i = 0; i < rates.size(); ++i)
      create.groups.push_back(group("g" + std::to_string(i + 1), rates[i]));
    apply(tenant, std::move(create));
    for (std::uint32_t gseq = 1; gseq <= rates.size(); ++gseq) {
      apply(provider(gseq), MsgCreateProvider{{provider(gseq), "https://provider.example:8443", {}, "", ""}});
      apply(
          provider(gseq),
          MsgCreateBid{lease_id(gseq), {Denom::uact, rates[gseq - 1]}, {{Denom::uact, bid_deposit}}, {}, {}});
    }
    for (std::uint32_t gseq = 1; gseq <= rates.size(); ++gseq) apply(tenant, MsgCreateLease{lease_id(gseq)});
  }

  static BidId lease_id(std::uint32_t gseq) { return {tenant, provider(gseq), 1, gseq, 1, 0}; }
  void withdraw(std::uint32_t gseq) { apply(provider(gseq), MsgWithdrawLease{lease_id(gseq)}); }
  const EscrowAccount& account() const { return *ledger_.escrow_account(deployment_escrow({tenant, 1})); }
  const EscrowPayment& payment(std::uint32_t gseq) const { return *ledger_.escrow_payment(lease_id(gseq)); }
  const Ledger& ledger() const { return ledger_; }
  /// What a provider has earned, uact: its account and its bid's deposit, less what it began with.
  double received(std::uint32_t gseq) const {
    double now = static_cast<double>(ledger_.balance(provider(gseq), Denom::uact).micro);
    for (const Depositor& deposit : ledger_.escrow_account(bid_escrow(lease_id(gseq)))->deposits)
      now += deposit.balance.to_double();
    return now - static_cast<double>(provider_funds.micro);
  }

 private:
  static constexpr Amount provider_funds{10'000'000};
  static constexpr Amount bid_deposit{500'000};
  static SharedGroupSpec group(std::string name, Dec price) {
    GroupSpec spec;
    spec.name = std::move(name);
    ResourceUnit unit;
    unit.resource.id = 1;
    unit.resource.cpu_milli = 1000;
    unit.resource.memory_bytes = 1ULL << 30;
    unit.resource.storage = {{"default", 1ULL << 30, {}}};
    unit.resource.endpoints = {{}};
    unit.count = 1;
    unit.price = {Denom::uact, price};
    spec.resources = {unit};
    return std::make_shared<const GroupSpec>(std::move(spec));
  }

  Ledger ledger_;
  std::uint64_t nonce_ = 0;
};

Result<std::vector<Row>> escrow_check(const CheckInput& in) {
  const auto deposit = in.number("deposit", 1e6, 1e12);
  const auto rates = in.numbers("rates", 1, 1e6);
  if (!deposit) return Unexpected{deposit.error()};
  if (!rates) return Unexpected{rates.error()};
  if (rates->size() != 2) return fail("parameter rates: two rates, one per lease");
  const double a = (*rates)[0], b = (*rates)[1];
  constexpr std::int64_t opened = 1000, first = 2000, late = 200;
  const std::int64_t dry = opened + static_cast<std::int64_t>(std::floor(*deposit / (a + b)));
  if (dry <= first) return fail("parameter deposit: must last beyond height 2000");

  ChainParams params;
  params.take_enabled = in.broken;
  params.take_rates = {{Denom::uact, 1}};
  Bench bench(params, {static_cast<std::int64_t>(*deposit) + 1'000'000});
  bench.at(opened);
  bench.lease({Dec::nearest(a), Dec::nearest(b)}, {static_cast<std::int64_t>(*deposit)});
  bench.at(first);
  bench.withdraw(1);
  const double paid_first = bench.received(1);
  const double accrued = bench.payment(2).balance.to_double();
  const double free = bench.account().funds.at(0).amount.to_double();
  bench.at(dry + late);
  bench.withdraw(1);
  const double paid = bench.received(1) + bench.received(2);
  const double debt = bench.payment(1).unsettled.to_double() + bench.payment(2).unsettled.to_double();
  const double blocks = 1000;
  const double owed = (a + b) * static_cast<double>(dry + late - opened);
  return std::vector<Row>{
      exact("paid to lease 1 at height 2000, uact", a * blocks, paid_first),
      exact("accrued to lease 2, uact", b * blocks, accrued),
      exact("free balance, uact", *deposit - (a + b) * blocks, free),
      exact("total paid 200 blocks after the account ran dry", *deposit, paid),
      exact("unsettled debt, uact", owed - *deposit, debt),
      exact("account overdrawn", 1, bench.account().state == EscrowState::overdrawn ? 1 : 0),
      exact("invariants hold", 1, bench.ledger().check_invariants().has_value() ? 1 : 0),
  };
}

/// The price at which one provider with the shipped script leases `row`, uact per block.
Result<double> script_price(const RequestRow& row, double multiplier) {
  LabSetup setup;
  ProviderConfig provider;
  provider.cluster.nodes = {{64'000, 512ULL << 30, 4ULL << 40, {{{"nvidia", "a100", "80Gi", "sxm"}, 8}}, {}}};
  ScriptPricing script;
  script.multiplier = multiplier;
  provider.pricing = script;
  setup.providers = {provider};
  TenantConfig tenant;
  tenant.segment.arrivals.kind = ArrivalKind::closed_loop;
  tenant.segment.arrivals.count_max = 1;
  tenant.segment.requests = std::make_shared<const RequestTable>(RequestTable{row});
  tenant.segment.lifetime_h = Distribution::constant(0);
  tenant.segment.value.refuse_above_value = false;
  tenant.funding.kind = FundingKind::none;
  tenant.send_manifest = false;
  setup.tenants = {tenant};
  double price = 0;
  LabObserver observer;
  observer.on_chain = [&](const ChainNotice& notice) {
    if (const auto* lease = std::get_if<EventLeaseCreated>(&notice.event))
      price = lease->price.amount.to_double();
  };
  if (auto ran = run_lab(setup, observer, std::chrono::hours(1)); !ran) return Unexpected{ran.error()};
  return price;
}

Result<std::vector<Row>> price_script_check(const CheckInput& in) {
  struct Request {
    double cpu, memory_gib, storage_gib, gpus;
  };
  const auto number = [&](const char* name, double high) { return in.number(name, 0, high); };
  const auto cpu = number("cpu", 64), memory = number("memory", 512), storage = number("storage", 4096),
             gpu = number("gpu", 8);
  for (const auto* value : {&cpu, &memory, &storage, &gpu})
    if (!*value) return Unexpected{value->error()};
  std::vector<Row> rows;
  for (const Request& r : {Request{*cpu, *memory, *storage, *gpu}, {1, 2, 10, 0}}) {
    RequestRow row;
    row.cpu_milli = static_cast<std::uint64_t>(r.cpu * 1000);
    row.memory_bytes = static_cast<std::uint64_t>(r.memory_gib) << 30;
    row.ephemeral_bytes = static_cast<std::uint64_t>(r.storage_gib) << 30;
    row.gpu_units = static_cast<std::uint64_t>(r.gpus);
    row.max_price = Dec::from_int(10'000);
    const double usd_month = 1.60 * r.cpu + .80 * r.memory_gib + .02 * r.storage_gib + .05 + 100 * r.gpus;
    const auto got = script_price(row, in.broken ? 1.01 : 1.0);
    if (!got) return Unexpected{got.error()};
    rows.push_back(
        exact("leased at, uact per block, for " + std::to_string(usd_month).substr(0, 6) + " USD a month",
              usd_month * 1e6 / 429'909, *got, 1e-6));
  }
  const Exchange exchange{.block_time = std::chrono::milliseconds(6500)};
  const double hour = usd_per_hour({Denom::uact, Dec::from_int(10'000)}, exchange);
  rows.push_back(exact("10,000 uact per block at 6.5 s, USD an hour", 5.538462, hour, 1e-6));
  rows.push_back(exact("the same, USD a month of 365.2425/12 days", 4045.76, hour * 365.2425 * 2, 5e-3));
  rows.push_back(exact("2.69 USD an hour, uact per block", 4856.94,
                       per_block(2.69, Denom::uact, exchange).to_double(), 5e-3));
  return rows;
}

/// One washer and its reward; how much it found an hour to cost, and how often it washed.
struct Wash {
  double take_percent = 0;
  std::uint32_t spread_bps = 0;
  double price_usd_h = 0;
  double reward_usd_h = 0;
};
struct Washed {
  double cost_usd_h = 0;
  double leases = 0;
};
constexpr std::uint64_t washes_wanted = 5;

Result<Washed> run_wash(const Wash& wash) {
  LabSetup setup;
  setup.params.take_enabled = wash.take_percent > 0;
  setup.params.take_rates = {{Denom::uact, static_cast<std::uint32_t>(wash.take_percent)}};
  WashConfig config;
  config.price = micro_per_block(wash.price_usd_h, setup.block_time, 1.0);
  config.mint_spread_bps = wash.spread_bps;
  config.reward_usd_h = wash.reward_usd_h;
  config.leases_max = washes_wanted;
  setup.washers = {config};
  Washed out;
  LabObserver observer;
  observer.on_end = [&](const runtime::SimHost& host) {
    const auto* washer = host.actor(lab_tenant(setup, 0)).as<WashTenant>();
    out = {washer->cost_usd_h().value_or(-1), static_cast<double>(washer->wash_leases())};
  };
  if (auto ran = run_lab(setup, observer, std::chrono::hours(24 * 30)); !ran) return Unexpected{ran.error()};
  return out;
}

Result<std::vector<Row>> wash_check(const CheckInput& in) {
  const auto price = in.number("price", .01, 1000);
  if (!price) return Unexpected{price.error()};
  const auto takes = in.numbers("take", 0, 100);
  if (!takes) return Unexpected{takes.error()};
  std::vector<Row> rows;
  for (double take : *takes) {
    Wash wash{take, take == 0 ? 25U : 0U, *price, 0};
    const double cost = take == 0 ? *price * .0025 : *price * take / 100;
    const std::string name = take == 0 ? "no take, mint spread 25 bps: "
                                       : "take " + std::to_string(static_cast<int>(take)) + " %: ";
    // Broken: the chain takes one point more than the tenant's reward was set against.
    if (in.broken) wash.take_percent += 1;
    wash.reward_usd_h = cost * .999;
    const auto below = run_wash(wash);
    wash.reward_usd_h = cost * 1.001;
    const auto above = run_wash(wash);
    if (!below) return Unexpected{below.error()};
    if (!above) return Unexpected{above.error()};
    rows.push_back(exact(name + "cost, USD a leased hour", cost, above->cost_usd_h, cost * 2e-4));
    rows.push_back(exact(name + "wash leases at 0.999 of it", 0, below->leases));
    rows.push_back(exact(name + "wash leases at 1.001 of it", washes_wanted, above->leases));
  }
  return rows;
}

}  // namespace

std::vector<Check> ledger_checks() {
  return {
      {"V24",
       "When leasing from oneself for a reward pays",
       "the chain takes one point more",
       0,
       {{"price", "1.34", "USD an hour of the self-lease"},
        {"take", "20,4,2,0", "percent; 0 = the BME era's mint spread"}},
       wash_check},
      {"V27",
       "Escrow: lazy settlement, overdraft, exact accounts",
       "the ledger keeps 1 % of every withdrawal",
       0,
       {{"deposit", "5000000", "uact, at height 1000"},
        {"rates", "700,300", "uact per block of the two leases"}},
       escrow_check},
      {"V28",
       "The shipped price script, through a provider's bid",
       "the provider adds 1 % to the script",
       0,
       {{"cpu", "4", "threads"},
        {"memory", "16", "GiB"},
        {"storage", "30", "GiB, ephemeral"},
        {"gpu", "1", "GPUs"}},
       price_script_check},
  };
}

}  // namespace souk::scenarios
