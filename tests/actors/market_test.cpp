#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "actors/provider.hpp"
#include "actors/wash.hpp"
#include "tests/actors/tenant_probe.hpp"
#include "tests/actors/tiny_host.hpp"

/// Validator, providers and tenants together: create, bid, lease, manifest, withdraw, close.
namespace souk {
namespace {

using namespace std::chrono_literals;
using story::account;
using story::plain_tenant;
using story::TinyHost;

constexpr std::uint64_t gib = 1ull << 30;
constexpr Duration block = 6s;
constexpr std::int64_t coins = 1'000'000'000'000;

ValidatorConfig chain(const TinyHost& host) {
  ValidatorConfig config;
  config.genesis.time = host.now;
  config.block_time = block;
  config.invariants_every_blocks = 50;
  for (int n = 1; n <= 250; ++n) {
    config.genesis.balances.push_back(
        {account(static_cast<std::uint8_t>(n)), {{Denom::uakt, {coins}}, {Denom::uact, {coins}}}});
  }
  return config;
}

ProviderConfig provider_of(std::uint8_t n, std::uint64_t slots = 100) {
  ProviderConfig config;
  config.address = account(n);
  config.exchange.block_time = block;
  config.cluster.nodes = {{slots * 1000, slots * 2 * gib, slots * 100 * gib, {}, {}}};
  return config;
}

ActorId add(TinyHost& host, const ProviderConfig& config) {
  return host.add(Provider(config), config.address, {topic_orders()});
}
ActorId add(TinyHost& host, const TenantConfig& config) {
  return host.add(Tenant(config), config.account, {topic_providers()});
}

std::int64_t balance(const TinyHost& host, const Address& address, Denom denom = Denom::uact) {
  return host.ledger().balance(address, denom).micro;
}

void expect_sound(const TinyHost& host) {
  const auto sound = host.ledger().check_invariants();
  EXPECT_TRUE(sound.has_value()) << (sound ? "" : sound.error().message);
  EXPECT_EQ(host.ledger().supply(Denom::uact).micro, 250 * coins);
  EXPECT_EQ(host.ledger().supply(Denom::uakt).micro, 250 * coins);
}

TEST(Market, CarriesOneDeploymentFromWishToRefund) {
  TinyHost host;
  host.add(Validator(chain(host)));
  ProviderConfig dear = provider_of(1);
  ProviderConfig cheap = provider_of(2);
  std::get<ScriptPricing>(cheap.pricing).multiplier = 0.5;
  const ActorId dear_id = add(host, dear);
  const ActorId cheap_id = add(host, cheap);
  TenantConfig config = plain_tenant();
  config.segment.arrivals.start = 1min;  // the providers register first
  const ActorId tenant_id = add(host, config);
  host.run_for(24h);

  const Tenant& tenant = host.get<Tenant>(tenant_id);
  EXPECT_EQ(tenant.stats().leases, 1u);
  EXPECT_EQ(tenant.stats().finished, 1u);
  EXPECT_EQ(tenant.stats().txs_refused, 0u);
  EXPECT_TRUE(tenant.deployments().empty());
  EXPECT_EQ(host.get<Provider>(cheap_id).counts().won, 1u);
  EXPECT_EQ(host.get<Provider>(dear_id).counts().lost, 1u);
  EXPECT_EQ(host.get<Provider>(cheap_id).counts().closed_no_manifest, 0u);
  EXPECT_EQ(host.get<Provider>(cheap_id).leases(), 0u);

  // 1 vCPU, 2 GiB, 1 GiB ephemeral, 1 endpoint at half the script: 1.635 USD a month of 429,909 blocks.
  const double rate = 0.5 * (1.60 + 2 * 0.80 + 0.02 + 0.05) / 429'909 * 1e6;
  const std::int64_t paid = coins - balance(host, config.account);
  EXPECT_NEAR(static_cast<double>(paid), rate * 6000, rate * 5) << "ten hours of 6 s blocks, a few to close";
  EXPECT_NEAR(static_cast<double>(balance(host, account(2)) - coins), static_cast<double>(paid), 1);
  EXPECT_EQ(balance(host, account(1)), coins) << "the loser has its bid deposit back";
  EXPECT_NEAR(static_cast<double>(tenant.budget().micro - config.budget.micro), -static_cast<double>(paid),
              12)
      << "the tenant's own books agree, but for a fraction per settlement";
  expect_sound(host);
}

TEST(Market, TopsUpWhatRunsLongAndNeverRunsDry) {
  TinyHost host;
  host.add(Validator(chain(host)));
  ProviderConfig provider = provider_of(1);
  std::get<ScriptPricing>(provider.pricing).multiplier = 1000;  // 0.5 ACT lasts about a minute
  add(host, provider);
  TenantConfig config = plain_tenant();
  config.segment.arrivals.start = 1min;
  config.segment.arrivals.trace = story::trace_of({{0s, 0, 240h}});
  config.funding.kind = FundingKind::top_up;
  const ActorId id = add(host, config);
  host.run_for(250h);
  EXPECT_EQ(host.get<Tenant>(id).stats().finished, 1u);
  EXPECT_EQ(host.get<Tenant>(id).stats().ran_dry, 0u);
  EXPECT_NEAR(static_cast<double>(host.get<Tenant>(id).stats().top_ups), 10, 1) << "one a day";
  expect_sound(host);
}

TEST(Market, RunsDryWithoutTopUps) {
  TinyHost host;
  host.add(Validator(chain(host)));
  ProviderConfig provider = provider_of(1);
  std::get<ScriptPricing>(provider.pricing).multiplier = 1000;
  add(host, provider);
  TenantConfig config = plain_tenant();
  config.segment.arrivals.start = 1min;
  const ActorId id = add(host, config);
  host.run_for(24h);
  EXPECT_EQ(host.get<Tenant>(id).stats().ran_dry, 1u);
  EXPECT_TRUE(host.get<Tenant>(id).deployments().empty());
  expect_sound(host);
}

/// economics.md V01, N = 3, costs U[0, 1]: mean first price .500000, sd .12910.
TEST(Market, FirstPriceAuctionsReachTheEquilibriumPrice) {
  constexpr std::uint32_t bidders = 3;
  constexpr std::uint64_t auctions = 4000;
  TinyHost host;
  host.add(Validator(chain(host)));
  for (std::uint8_t n = 1; n <= bidders; ++n) {
    ProviderConfig provider = provider_of(n, 1000);
    provider.pricing = UniformEquilibriumPricing{0, 1, bidders};
    provider.order_cost = DrawnCost{};
    add(host, provider);
  }
  TenantConfig config = plain_tenant();
  SegmentConfig& segment = config.segment;
  segment.arrivals = ArrivalConfig{};
  segment.arrivals.kind = ArrivalKind::closed_loop;
  segment.arrivals.start = 1min;
  segment.arrivals.count_max = auctions;
  segment.arrivals.parallel = 50;
  segment.lifetime_h = Distribution::constant(0);
  segment.bid_window = 0s;
  segment.choose_after_bids = bidders;
  segment.price.fixed_max = Dec::from_int(10'000);  // 6 USD/h: no binding cap
  config.send_manifest = false;
  const ActorId id = add(host, config);

  std::vector<double> prices;
  const auto& tenant = host.get<Tenant>(id);
  // The price of each lease, read from the chain's own events.
  class Listener {
   public:
    std::vector<double>* prices;
    void on(const Event& event, const Context&, Effects&) {
      const auto* notice = std::get_if<ChainNotice>(&event);
      if (notice == nullptr) return;
      if (const auto* made = std::get_if<EventLeaseCreated>(&notice->event)) {
        prices->push_back(souk::usd_per_hour(made->price.amount, block, 1.0));
      }
    }
  };
  host.add(Listener{&prices}, std::nullopt, {topic_chain()});
  host.run_for(24h);

  EXPECT_EQ(tenant.stats().finished, auctions);
  ASSERT_EQ(prices.size(), auctions);
  double sum = 0;
  double squares = 0;
  for (const double p : prices) sum += p, squares += p * p;
  const double mean = sum / auctions;
  const double sd = std::sqrt(squares / auctions - mean * mean);
  EXPECT_NEAR(mean, 0.5, 4 * 0.1291 / std::sqrt(double{auctions}));
  EXPECT_NEAR(sd, 0.1291, 0.006);
  EXPECT_EQ(coins - balance(host, config.account), 0) << "closed in the block they began: nothing accrued";
  expect_sound(host);
}

/// economics.md V13, c = 5, a = 3: Erlang-B .110054.
TEST(Market, LosesTheErlangShareOfOrders) {
  TinyHost host;
  host.add(Validator(chain(host)));
  ProviderConfig provider = provider_of(1, 5);
  provider.serve.withdraw_period = 24h * 30;  // hourly ones would be most of the work
  add(host, provider);
  TenantConfig config = plain_tenant();
  SegmentConfig& segment = config.segment;
  segment.arrivals = ArrivalConfig{};
  segment.arrivals.per_day = 3.0 / 20;  // service 20 days: a block is nothing against it
  segment.arrivals.start = 1min;
  segment.arrivals.count_max = 6000;
  segment.lifetime_h = Distribution::make(Exponential{20 * 24.0}).value();
  segment.bid_rounds = 1;
  config.funding.kind = FundingKind::prepay;
  const ActorId id = add(host, config);
  host.run_for(24h * 365 * 120);
  const TenantStats& stats = host.get<Tenant>(id).stats();
  ASSERT_EQ(stats.wishes, 6000u);
  EXPECT_EQ(stats.unmet + stats.finished, 6000u);
  // Losses come in runs: their variance is about twice that of independent trials here.
  EXPECT_NEAR(static_cast<double>(stats.unmet) / 6000, 0.110054, 4 * std::sqrt(2 * 0.11 * 0.89 / 6000));
  expect_sound(host);
}

struct Wreck {
  TenantStats stats;
  std::size_t stuck = 0;
};

/// 200 deployments among three providers while a share of all messages is lost.
Wreck run_with_loss(std::uint64_t seed, double loss) {
  TinyHost host(seed);
  host.add(Validator(chain(host)));
  for (std::uint8_t n = 1; n <= 3; ++n) add(host, provider_of(n));
  TenantConfig config = plain_tenant();
  SegmentConfig& segment = config.segment;
  segment.arrivals = ArrivalConfig{};
  segment.arrivals.per_day = 20;
  segment.arrivals.start = 10min;
  segment.arrivals.count_max = 200;
  segment.lifetime_h = Distribution::make(Exponential{5}).value();
  segment.failover_after = 2min;
  config.tx_timeout = 60s;
  config.funding.kind = FundingKind::top_up;
  const ActorId id = add(host, config);
  host.run_for(10min);
  host.loss = loss;
  host.run_for(24h * 40);
  expect_sound(host);
  const Tenant& tenant = host.get<Tenant>(id);
  return {tenant.stats(), tenant.deployments().size()};
}

TEST(Market, SurvivesLostMessages) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    for (const double loss : {0.02, 0.2}) {
      const Wreck wreck = run_with_loss(seed, loss);
      EXPECT_EQ(wreck.stats.wishes, 200u);
      EXPECT_EQ(wreck.stuck, 0u) << "seed " << seed << ", loss " << loss;
      EXPECT_GE(wreck.stats.finished + wreck.stats.unmet, 195u) << "an end for each wish, seed " << seed;
      // A provider that misses its lease lets it go; two thirds still end well at 2 %.
      EXPECT_GT(wreck.stats.finished, loss < 0.1 ? 130u : 40u) << "seed " << seed << ", loss " << loss;
    }
  }
}

// ---- wash leases ------------------------------------------------------------------------------------

struct WashResult {
  double cost_usd_h = 0;
  double hours = 0;
  std::uint64_t leases = 0;
};

/// Ten days of a wash tenant on an A100 at 1.34 USD/h.
WashResult wash(double reward_usd_h, std::optional<std::uint32_t> take_percent,
                std::uint32_t mint_spread_bps) {
  TinyHost host;
  ValidatorConfig validator = chain(host);
  if (take_percent) {
    validator.genesis.params.take_enabled = true;
    validator.genesis.params.default_take_percent = *take_percent;
  }
  host.add(Validator(validator));
  WashConfig config;
  config.tenant = account(1);
  config.provider = account(2);
  config.request.gpu_units = 1;
  config.request.gpu_models = {"a100"};
  config.block_time = block;
  config.price = micro_per_block(1.34, block, 1);
  config.mint_spread_bps = mint_spread_bps;
  config.reward_usd_h = reward_usd_h;
  const ActorId id = host.add(WashTenant(config), std::nullopt, {topic_chain()});
  host.run_for(240h);
  const WashTenant& washer = host.get<WashTenant>(id);
  expect_sound(host);
  return {washer.cost_usd_h().value_or(-1), washer.wash_hours(), washer.wash_leases()};
}

/// economics.md V24: a self-lease is farmable if the reward exceeds tau x p; under BME, the mint spread.
TEST(Wash, FindsTheThresholdOfV24) {
  struct Era {
    const char* name;
    std::optional<std::uint32_t> take_percent;
    std::uint32_t mint_spread_bps;
    double threshold;
  };
  const Era eras[] = {{"take 20 %", 20, 0, .2680},
                      {"take 4 %", 4, 0, .0536},
                      {"take 2 %", 2, 0, .0268},
                      {"BME, 25 bps", std::nullopt, 25, .00335}};
  for (const Era& era : eras) {
    const WashResult below = wash(era.threshold * 0.999, era.take_percent, era.mint_spread_bps);
    const WashResult above = wash(era.threshold * 1.001, era.take_percent, era.mint_spread_bps);
    EXPECT_NEAR(below.cost_usd_h, era.threshold, era.threshold * 1e-4) << era.name;
    EXPECT_EQ(below.leases, 0u) << era.name;
    EXPECT_GT(above.hours, 220) << era.name << ": nearly all of ten days";
  }
}

TEST(Wash, CountsFeesAsCost) {
  TinyHost host;
  host.add(Validator(chain(host)));
  WashConfig config;
  config.tenant = account(1);
  config.provider = account(2);
  config.block_time = block;
  config.mint_spread_bps = 0;
  config.fee = {Denom::uakt, {100'000}};  // 4 transactions a cycle: 0.4 AKT = 0.2 USD over ten hours
  const ActorId id = host.add(WashTenant(config), std::nullopt, {topic_chain()});
  host.run_for(24h);
  EXPECT_NEAR(host.get<WashTenant>(id).cost_usd_h().value_or(-1), 0.02, 1e-4);
}

TEST(Wash, DoesNothingWhereItCanNotMeasure) {
  TinyHost host;
  ValidatorConfig validator = chain(host);
  validator.publish_transfers = false;
  host.add(Validator(validator));
  WashConfig config;
  config.tenant = account(1);
  config.provider = account(2);
  config.reward_usd_h = 1000;
  const ActorId id = host.add(WashTenant(config), std::nullopt, {topic_chain()});
  host.run_for(48h);
  EXPECT_FALSE(host.get<WashTenant>(id).cost_usd_h().has_value());
  EXPECT_EQ(host.get<WashTenant>(id).wash_leases(), 0u);
  EXPECT_TRUE(host.get<WashTenant>(id).stopped());
}

}  // namespace
}  // namespace souk
