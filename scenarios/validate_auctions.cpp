// Auctions: one tenant posts one-shot orders, providers bid by a strategy, the cheapest bid is leased.
#include <cmath>
#include <string>
#include <unordered_map>
#include <vector>

#include "scenarios/lab.hpp"
#include "scenarios/theory.hpp"
#include "scenarios/validate_checks.hpp"

namespace souk::scenarios {
namespace {

Distribution distribution(Distribution::Kind kind) { return Distribution::make(std::move(kind)).value(); }

/// One experiment: n auctions among `bidders` providers with costs in USD an hour.
struct Auctions {
  std::uint64_t seed = 1;
  std::uint64_t n = 0;
  std::uint32_t bidders = 2;
  Distribution cost = distribution(Uniform{0, 1});
  Pricing pricing = TruthfulPricing{};
  double shift = 0;    ///< the first provider bids its cost plus this (V03)
  double maximum = 1;  ///< the tenant's reserve, USD an hour
  AuctionRule rule = AuctionRule::first_price;
  std::uint32_t order_max_bids = 500;
};

struct Outcome {
  Sample price;         ///< USD an hour, of the auctions with a trade
  Sample payment;       ///< the same with 0 where there was none
  Sample winner_cost;   ///< of the trades
  Sample surplus;       ///< tenant's, value 1
  Sample welfare;       ///< value 1 less cost, 0 without trade
  Sample traded;        ///< 0 or 1
  Sample first_profit;  ///< of the first provider, 0 where it lost
};

ProviderConfig bidder(const Auctions& a, std::size_t index) {
  ProviderConfig provider;
  NodeSpec node;
  node.cpu_milli = 1'000'000'000;  // never the reason not to bid
  node.memory_bytes = 1ULL << 50;
  node.ephemeral_bytes = 1ULL << 50;
  provider.cluster.nodes = {node};
  provider.pricing = a.pricing;
  if (index == 0 && a.shift != 0) provider.pricing = TruthfulPricing{a.shift};
  provider.order_cost = DrawnCost{a.cost};
  provider.serve.withdraw_period = std::chrono::hours(24 * 365);
  provider.serve.manifest_timeout = std::chrono::hours(24 * 365);
  return provider;
}

TenantConfig buyer(const Auctions& a) {
  TenantConfig tenant;
  SegmentConfig& segment = tenant.segment;
  segment.arrivals.kind = ArrivalKind::closed_loop;
  segment.arrivals.count_max = a.n;
  segment.arrivals.parallel = 16;
  RequestRow row;
  row.cpu_milli = 100;
  row.memory_bytes = 1 << 20;
  row.ephemeral_bytes = 5 << 20;
  row.max_price = micro_per_block(a.maximum, std::chrono::seconds(1), 1.0);
  segment.requests = std::make_shared<const RequestTable>(RequestTable{row});
  segment.lifetime_h = Distribution::constant(0);
  segment.value.kind = ValueKind::fixed_usd_h;
  segment.value.usd_h = a.maximum;
  segment.value.refuse_above_value = false;
  segment.bid_window = std::chrono::seconds(4);
  segment.order_bids_max = a.order_max_bids + 1;
  segment.bid_rounds = 1;
  segment.redeploy = false;
  tenant.funding.kind = FundingKind::none;
  tenant.send_manifest = false;
  tenant.tx_timeout = Duration::zero();
  return tenant;
}

Result<Outcome> run_auctions(const Auctions& a) {
  LabSetup setup;
  setup.seed = a.seed;
  setup.params.auction_rule = a.rule;
  setup.params.order_max_bids = a.order_max_bids;
  for (std::uint32_t i = 0; i < a.bidders; ++i) setup.providers.push_back(bidder(a, i));
  setup.tenants = {buyer(a)};

  Outcome out;
  LabObserver observer;
  std::unordered_map<std::uint64_t, double> price_of;  // by dseq, until the winner tells its cost
  const Exchange exchange{.block_time = setup.block_time};
  observer.on_chain = [&](const ChainNotice& notice) {
    if (const auto* lease = std::get_if<EventLeaseCreated>(&notice.event))
      price_of.emplace(lease->id.dseq, usd_per_hour(lease->price, exchange));
  };
  observer.on_note = [&](ActorId actor, const Note& note) {
    if (note.metric != Note::Metric::provider_cost_usd_h) return;
    const auto found = price_of.find(note.subject);
    SOUK_CHECK(found != price_of.end());
    const double price = found->second;
    price_of.erase(found);
    out.price.add(price);
    out.payment.add(price);
    out.winner_cost.add(note.value);
    out.surplus.add(1 - price);
    out.welfare.add(1 - note.value);
    out.traded.add(1);
    out.first_profit.add(actor == lab_provider(0) ? price - note.value : 0);
  };
  auto ran = run_lab(setup, observer, std::chrono::hours(24 * 365 * 100));
  if (!ran) return Unexpected{ran.error()};
  for (std::size_t i = out.traded.size(); i < a.n; ++i) {
    for (Sample* sample : {&out.payment, &out.surplus, &out.welfare, &out.traded, &out.first_profit})
      sample->add(0);
  }
  return out;
}

/// Runs the experiments side by side. Errors: the first one's.
Result<std::vector<Outcome>> run_all(const std::vector<Auctions>& experiments) {
  std::vector<Result<Outcome>> results(experiments.size(), fail("not run"));
  in_parallel(experiments.size(), [&](std::size_t i) { results[i] = run_auctions(experiments[i]); });
  std::vector<Outcome> outcomes;
  for (Result<Outcome>& result : results) {
    if (!result) return Unexpected{result.error()};
    outcomes.push_back(std::move(*result));
  }
  return outcomes;
}

Row mean_row(std::string what, double expected, const Sample& sample, double tolerance = 0) {
  return measured(std::move(what), expected, sample.mean(), sample.se(), tolerance);
}

std::string n_is(std::uint32_t bidders) { return "N=" + std::to_string(bidders) + " "; }

/// The bidder counts asked for.
Result<std::vector<std::uint32_t>> bidder_counts(const CheckInput& in, double low) {
  const auto list = in.numbers("bidders", low, 200);
  if (!list) return Unexpected{list.error()};
  std::vector<std::uint32_t> counts;
  for (double n : *list) counts.push_back(static_cast<std::uint32_t>(n));
  return counts;
}

Result<std::vector<Row>> first_price_check(const CheckInput& in) {
  const auto counts = bidder_counts(in, 2);
  if (!counts) return Unexpected{counts.error()};
  std::vector<Auctions> experiments;
  for (std::uint32_t n : *counts) {
    // Broken: everybody shades as if one more rival were there.
    const UniformEquilibriumPricing shading{0, 1, in.broken ? n + 1 : n};
    experiments.push_back({.seed = in.seed, .n = in.n, .bidders = n, .pricing = shading});
  }
  const auto outcomes = run_all(experiments);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    const std::uint32_t n = (*counts)[i];
    const Outcome& out = (*outcomes)[i];
    rows.push_back(mean_row(n_is(n) + "mean price", theory::mean_price(n), out.price));
    rows.push_back(
        mean_row(n_is(n) + "mean cost of the winner", theory::mean_winner_cost(n), out.winner_cost));
    rows.push_back(measured(n_is(n) + "sd of the price", theory::sd_first_price(n), out.price.sd(),
                            out.price.se_of_sd()));
  }
  return rows;
}

Result<std::vector<Row>> revenue_equivalence_check(const CheckInput& in) {
  const auto counts = bidder_counts(in, 2);
  if (!counts) return Unexpected{counts.error()};
  std::vector<Auctions> experiments;
  for (std::uint32_t n : *counts) {
    experiments.push_back(
        {.seed = in.seed, .n = in.n, .bidders = n, .pricing = UniformEquilibriumPricing{0, 1, n}});
    // Broken: the chain pays the truthful bidder its own bid.
    const AuctionRule rule = in.broken ? AuctionRule::first_price : AuctionRule::second_price;
    experiments.push_back({.seed = in.seed + 1, .n = in.n, .bidders = n, .rule = rule});
  }
  const auto outcomes = run_all(experiments);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    const std::uint32_t n = (*counts)[i];
    const Sample& first = (*outcomes)[2 * i].price;
    const Sample& second = (*outcomes)[2 * i + 1].price;
    rows.push_back(mean_row(n_is(n) + "mean price, second price", theory::mean_price(n), second));
    rows.push_back(measured(n_is(n) + "sd of the price, second price", theory::sd_second_price(n),
                            second.sd(), second.se_of_sd()));
    rows.push_back(measured(n_is(n) + "difference of means", 0, second.mean() - first.mean(),
                            std::hypot(first.se(), second.se())));
    rows.push_back(exact(n_is(n) + "sd lower under first price", 1, first.sd() < second.sd() ? 1 : 0));
  }
  return rows;
}

Result<std::vector<Row>> dominance_check(const CheckInput& in) {
  const auto counts = bidder_counts(in, 2);
  if (!counts) return Unexpected{counts.error()};
  const auto shifts = in.numbers("shifts", -0.5, 0.5);
  if (!shifts) return Unexpected{shifts.error()};
  const std::uint32_t n = counts->front();
  std::vector<Auctions> experiments;
  for (double shift : *shifts) {
    // A cost of 1 USD an hour below everything keeps bids positive; the maximum never binds.
    Auctions a{.seed = in.seed,
               .n = in.n,
               .bidders = n,
               .cost = distribution(Uniform{1, 2}),
               .shift = shift,
               .maximum = 10};
    a.rule = in.broken ? AuctionRule::first_price : AuctionRule::second_price;
    experiments.push_back(a);
  }
  const auto outcomes = run_all(experiments);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < shifts->size(); ++i) {
    const double shift = (*shifts)[i];
    const Sample& profit = (*outcomes)[i].first_profit;
    rows.push_back(mean_row(n_is(n) + "profit when bidding cost " + (shift < 0 ? "" : "+") +
                                std::to_string(shift).substr(0, shift < 0 ? 5 : 4),
                            theory::second_price_profit(n, shift), profit, std::max(2e-4, 4 * profit.se())));
  }
  return rows;
}

Result<std::vector<Row>> exponential_check(const CheckInput& in) {
  const auto counts = bidder_counts(in, 2);
  if (!counts) return Unexpected{counts.error()};
  std::vector<Auctions> experiments;
  for (std::uint32_t n : *counts) {
    const ExponentialEquilibriumPricing markup{1, in.broken ? n + 1 : n};
    experiments.push_back({.seed = in.seed,
                           .n = in.n,
                           .bidders = n,
                           .cost = distribution(Exponential{1}),
                           .pricing = markup,
                           .maximum = 40});
  }
  const auto outcomes = run_all(experiments);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    const std::uint32_t n = (*counts)[i];
    rows.push_back(mean_row(n_is(n) + "mean price", theory::exponential_mean_price(n), (*outcomes)[i].price));
  }
  return rows;
}

Result<std::vector<Row>> reserve_check(const CheckInput& in) {
  const auto counts = bidder_counts(in, 1);
  if (!counts) return Unexpected{counts.error()};
  const auto reserves = in.numbers("reserve", 0.01, 1);
  if (!reserves) return Unexpected{reserves.error()};
  std::vector<Auctions> experiments;
  std::vector<double> reserve_of;
  for (std::uint32_t n : *counts) {
    for (double r : *reserves) {
      // Broken: the tenant posts a tenth more than the reserve.
      const double posted = in.broken ? r * 1.1 : r;
      experiments.push_back({.seed = in.seed,
                             .n = in.n,
                             .bidders = n,
                             .pricing = UniformEquilibriumPricing{0, 1, n},
                             .maximum = posted});
      reserve_of.push_back(r);
    }
  }
  const auto outcomes = run_all(experiments);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    const double r = reserve_of[i];
    const std::uint32_t n = experiments[i].bidders;
    const Outcome& out = (*outcomes)[i];
    const theory::Reserve expected = theory::reserve_price(n, r);
    const std::string name = n_is(n) + "R=" + std::to_string(r).substr(0, 4) + " ";
    rows.push_back(mean_row(name + "P(trade)", expected.trade_probability, out.traded));
    rows.push_back(mean_row(name + "mean payment", expected.mean_payment, out.payment));
    rows.push_back(mean_row(name + "mean price if trade", expected.mean_payment / expected.trade_probability,
                            out.price));
    rows.push_back(mean_row(name + "tenant surplus", expected.tenant_surplus, out.surplus));
    rows.push_back(mean_row(name + "welfare", expected.welfare, out.welfare));
  }
  return rows;
}

Result<std::vector<Row>> bid_cap_check(const CheckInput& in) {
  const auto counts = bidder_counts(in, 2);
  if (!counts) return Unexpected{counts.error()};
  const auto cap = in.number("cap", 2, 501);
  if (!cap) return Unexpected{cap.error()};
  std::vector<Auctions> experiments;
  for (std::uint32_t n : *counts) {
    // order_max_bids + 1 bids fit (akash-chain.md section 3.3 step 3). Broken: the parameter is doubled.
    const auto max_bids = static_cast<std::uint32_t>(*cap) - 1;
    const std::uint32_t rivals = std::min(n, max_bids + 1);
    experiments.push_back({.seed = in.seed,
                           .n = in.n,
                           .bidders = n,
                           .pricing = UniformEquilibriumPricing{0, 1, rivals},
                           .order_max_bids = in.broken ? 2 * max_bids : max_bids});
  }
  const auto outcomes = run_all(experiments);
  if (!outcomes) return Unexpected{outcomes.error()};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    const std::uint32_t n = (*counts)[i];
    const auto in_order = std::min(n, static_cast<std::uint32_t>(*cap));
    rows.push_back(mean_row(n_is(n) + "mean price", theory::mean_price(in_order), (*outcomes)[i].price));
  }
  return rows;
}

}  // namespace

std::vector<Check> auction_checks() {
  const auto bidders = [](const char* list) { return Parameter{"bidders", list, "numbers of bidders N"}; };
  constexpr std::uint64_t million = 1'000'000;
  return {
      {"V01",
       "First-price procurement, no binding cap",
       "bidders shade as if there were one more rival",
       million,
       {bidders("2,3,5,10,20")},
       first_price_check},
      {"V02",
       "Revenue equivalence of first and second price",
       "the chain pays truthful bidders their own bids",
       million,
       {bidders("2,3,5,10,20")},
       revenue_equivalence_check},
      {"V03",
       "Truth-telling is dominant under second price",
       "the chain pays the winner its own bid",
       million,
       {bidders("3"), {"shifts", "0,0.05,-0.05,0.1,-0.1", "bid minus cost of one bidder, USD/h"}},
       dominance_check},
      {"V05",
       "Exponential costs, constant markup",
       "the markup of one more rival",
       million,
       {bidders("2,3,5,10")},
       exponential_check},
      {"V06",
       "Reserve price",
       "the tenant posts a tenth more than the reserve",
       million,
       {bidders("1,2,3,5,10"), {"reserve", "0.5,1", "maximum price R for a value of 1"}},
       reserve_check},
      {"V09",
       "Bid cap of an order",
       "the chain lets nearly twice as many bids in",
       million,
       {bidders("10,20,30,50"), {"cap", "20", "bids that fit one order"}},
       bid_cap_check},
  };
}

}  // namespace souk::scenarios
