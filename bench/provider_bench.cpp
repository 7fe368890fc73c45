#include <benchmark/benchmark.h>

#include <vector>

#include "actors/base/check.hpp"
#include "actors/provider.hpp"

/// What one EventOrderCreated costs a provider: the bulk of a long run, since every order reaches all of
/// them.
namespace souk {
namespace {

constexpr std::uint64_t gib = std::uint64_t{1} << 30;
constexpr ActorId self{1};

Address account(std::uint8_t n) {
  Address address;
  address.bytes[0] = n;
  return address;
}

/// Four nodes of 64 threads; one of them with 8 GPUs. Region and tier as a real provider announces them.
ProviderConfig provider_config() {
  ProviderConfig config;
  config.address = account(1);
  config.attributes = {
      {"host", "akash"}, {"region", "eu-west"}, {"tier", "community"}, {"organization", "acme"}};
  for (int i = 0; i < 4; ++i) config.cluster.nodes.push_back({64'000, 256 * gib, 2000 * gib, {}, {"beta2"}});
  config.cluster.nodes[0].gpus = {{{"nvidia", "a100", "80Gi", "sxm"}, 8}};
  config.cluster.pools = {{"beta2", 4000 * gib}};
  return config;
}

SharedGroupSpec web_server(const std::string& region) {
  GroupSpec spec;
  spec.name = "web";
  spec.requirements.attributes = {{"region", region}};
  ResourceUnit unit;
  unit.resource = {
      1, 1000, {}, 2 * gib, {}, {{"default", 10 * gib, {}}}, 0, {}, {{EndpointKind::shared_http, 0}}};
  unit.count = 1;
  unit.price = {Denom::uact, Dec::from_int(10'000)};
  spec.resources.push_back(std::move(unit));
  return std::make_shared<const GroupSpec>(std::move(spec));
}

Event order_event(std::uint64_t dseq, const SharedGroupSpec& spec) {
  return ChainNotice{Height{1}, Time{}, EventOrderCreated{{account(9), 1, dseq, 1}, spec, {}}};
}

/// The order asks for a region that the provider is not in.
void BM_OrderRejectedByAttributes(benchmark::State& state) {
  Provider provider(provider_config());
  const Event event = order_event(1, web_server("us-east"));
  Effects out;
  for (auto _ : state) provider.on(event, Context{Time{}, self, 1, false}, out);
  SOUK_CHECK(out.empty() && provider.counts().bids == 0);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OrderRejectedByAttributes);

/// The order matches but the cluster is full.
void BM_OrderRejectedByCapacity(benchmark::State& state) {
  ProviderConfig config = provider_config();
  for (NodeSpec& node : config.cluster.nodes) node.cpu_milli = 500;
  Provider provider(config);
  const Event event = order_event(1, web_server("eu-west"));
  Effects out;
  for (auto _ : state) provider.on(event, Context{Time{}, self, 1, false}, out);
  SOUK_CHECK(out.empty() && provider.counts().bids == 0);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OrderRejectedByCapacity);

/// Reserve, price, bid, hear that the bid stands, hear that another provider won, release.
void BM_OrderBidOnAndLost(benchmark::State& state) {
  Provider provider(provider_config());
  const SharedGroupSpec spec = web_server("eu-west");
  const Context context{Time{}, self, 1, false};
  Effects out;
  std::uint64_t dseq = 0;
  for (auto _ : state) {
    out.clear();
    provider.on(order_event(++dseq, spec), context, out);
    provider.on(TxDecided{dseq, Height{1}, Codespace::none, 0, 0}, context, out);
    const LeaseId lease{account(9), account(2), dseq, 1, 1, 0};
    provider.on(ChainNotice{Height{2}, Time{}, EventLeaseCreated{lease, {Denom::uact, Dec::from_int(1)}}},
                context, out);
  }
  SOUK_CHECK(provider.counts().lost == dseq && provider.inventory().free() == provider.inventory().total());
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OrderBidOnAndLost);

}  // namespace
}  // namespace souk

BENCHMARK_MAIN();
