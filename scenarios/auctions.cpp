#include "scenarios/auctions.hpp"

#include <memory>
#include <tuple>
#include <unordered_map>

namespace souk::scenarios {
namespace {

Distribution costs_of(Costs costs) {
  switch (costs) {
    case Costs::unit_uniform: return Distribution::make(Uniform{0, 1}).value();
    // A cost of 1 USD an hour below everything keeps bids positive.
    case Costs::raised_uniform: return Distribution::make(Uniform{1, 2}).value();
    case Costs::exponential: return Distribution::make(Exponential{1}).value();
  }
  return {};
}

Pricing pricing_of(const Auctions& a) {
  switch (a.bids) {
    case Bids::truthful: return TruthfulPricing{};
    case Bids::uniform_equilibrium: return UniformEquilibriumPricing{0, 1, a.believed};
    case Bids::exponential_equilibrium: return ExponentialEquilibriumPricing{1, a.believed};
  }
  return {};
}

ProviderConfig bidder(const Auctions& a, std::size_t index) {
  ProviderConfig provider;
  NodeSpec node;
  node.cpu_milli = 1'000'000'000;  // never the reason not to bid
  node.memory_bytes = 1ULL << 50;
  node.ephemeral_bytes = 1ULL << 50;
  provider.cluster.nodes = {node};
  provider.pricing = pricing_of(a);
  if (index == 0 && a.shift != 0) provider.pricing = TruthfulPricing{a.shift};
  provider.order_cost = DrawnCost{costs_of(a.costs)};
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

Result<AuctionOutcome> run_auctions(const Auctions& a, std::uint64_t seed) {
  AuctionOutcome out;
  auto held = hold_auctions(a, seed, [&](const Trade& trade) {
    out.price.add(trade.price);
    out.payment.add(trade.price);
    out.winner_cost.add(trade.cost);
    out.surplus.add(1 - trade.price);
    out.welfare.add(1 - trade.cost);
    out.traded.add(1);
  });
  if (!held) return Unexpected{held.error()};
  for (std::uint64_t i = out.traded.size(); i < a.n; ++i) {
    for (Moments* moments : {&out.payment, &out.surplus, &out.welfare, &out.traded}) moments->add(0);
  }
  return out;
}

}  // namespace

Result<void> hold_auctions(const Auctions& a, std::uint64_t seed,
                           const std::function<void(const Trade&)>& tell) {
  LabSetup setup;
  setup.seed = seed;
  setup.params.auction_rule = a.rule;
  setup.params.order_max_bids = a.order_max_bids;
  setup.random_order = a.bidders > a.order_max_bids;  // then it says who is in time
  for (std::uint32_t i = 0; i < a.bidders; ++i) setup.providers.push_back(bidder(a, i));
  setup.tenants = {buyer(a)};

  LabObserver observer;
  std::uint64_t orders = 0;
  std::unordered_map<std::uint64_t, Trade> open;  // by dseq, until the winner tells its cost
  const Exchange exchange{.block_time = setup.block_time};
  observer.on_chain = [&](const ChainNotice& notice) {
    if (const auto* order = std::get_if<EventOrderCreated>(&notice.event))
      open[order->id.dseq].auction = orders++;
    if (const auto* lease = std::get_if<EventLeaseCreated>(&notice.event))
      open.at(lease->id.dseq).price = usd_per_hour(lease->price, exchange);
    // Without a lease nobody tells a cost.
    if (const auto* order = std::get_if<EventOrderClosed>(&notice.event)) {
      const auto found = open.find(order->id.dseq);
      if (found != open.end() && found->second.price == 0) open.erase(found);
    }
  };
  observer.on_note = [&](ActorId actor, const Note& note) {
    if (note.metric != Note::Metric::provider_cost_usd_h) return;
    const auto found = open.find(note.subject);
    SOUK_CHECK(found != open.end());
    found->second.winner = actor;
    found->second.cost = note.value;
    tell(found->second);
    open.erase(found);
  };
  return run_lab(setup, observer, std::chrono::hours(24 * 365 * 100));
}

Auctions part_of(Auctions a, std::uint64_t count, std::uint64_t number) {
  a.n = replication_size(a.n, count, number);
  return a;
}

std::shared_ptr<AuctionResults> make_auction_results() { return std::make_shared<AuctionResults>(); }

Result<std::vector<AuctionOutcome>> run_all(const CheckInput& in, const std::vector<Auctions>& experiments) {
  struct Part {
    std::size_t experiment;
    std::uint64_t count, number;
  };
  AuctionResults own;
  AuctionResults& known = in.auctions != nullptr ? *in.auctions : own;
  std::vector<Part> parts;
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    if (known.find(experiments[i]) != nullptr) continue;
    const std::uint64_t count = replication_count(experiments[i].n, auctions_per_market);
    for (std::uint64_t k = 0; k < count; ++k) parts.push_back({i, count, k});
  }
  // The longest first, so that no thread is left alone with one.
  std::sort(parts.begin(), parts.end(), [&](const Part& a, const Part& b) {
    const auto a_bidders = experiments[a.experiment].bidders;
    const auto b_bidders = experiments[b.experiment].bidders;
    return std::tie(b_bidders, a.experiment, a.number) < std::tie(a_bidders, b.experiment, b.number);
  });
  std::vector<Result<AuctionOutcome>> results(parts.size(), fail("not run"));
  in_parallel(in.crew, parts.size(), [&](std::size_t i) {
    const Auctions& whole = experiments[parts[i].experiment];
    results[i] = run_auctions(part_of(whole, parts[i].count, parts[i].number),
                              replication_seed(whole.seed, parts[i].number));
  });
  std::vector<AuctionOutcome> merged(experiments.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!results[i]) return Unexpected{results[i].error()};
    merged[parts[i].experiment].merge(*results[i]);
  }
  for (std::size_t i = 0; i < experiments.size(); ++i) {
    if (const AuctionOutcome* before = known.find(experiments[i]))
      merged[i] = *before;
    else
      known.add(experiments[i], merged[i]);
  }
  return merged;
}

}  // namespace souk::scenarios
