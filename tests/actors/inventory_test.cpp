#include "actors/inventory.hpp"

#include <gtest/gtest.h>

#include "actors/base/rng.hpp"
#include "actors/chain/matching.hpp"
#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using test::gib;
using test::gpu_unit;
using test::group;
using test::order;
using test::unit;

NodeSpec node(std::uint64_t cpu_milli, std::uint64_t memory_gib, std::vector<GpuStock> gpus = {}) {
  return {cpu_milli, memory_gib * gib, 1000 * gib, std::move(gpus), {"beta2"}};
}

GpuStock stock(const std::string& model, std::uint32_t count, const std::string& ram = "80Gi",
               const std::string& form = "sxm") {
  return {{"nvidia", model, ram, form}, count};
}

ResourceUnit with_volume(ResourceUnit u, std::uint64_t bytes, Attributes attributes) {
  u.resource.storage.push_back({"data", bytes, std::move(attributes)});
  return u;
}

const Attributes persistent_beta2{{"class", "beta2"}, {"persistent", "true"}};

TEST(Inventory, ReserveThenCommitThenReleaseGivesEverythingBack) {
  Inventory inventory({{node(8000, 32)}, {{"beta2", 100 * gib}}, 2, {}});
  const ResourceSum all = inventory.free();
  const GroupSpec spec = group({with_volume(unit(1000, 2, 3), 10 * gib, persistent_beta2)});

  ASSERT_TRUE(inventory.reserve(order(1), spec));
  EXPECT_EQ(inventory.free().cpu_milli, 5000u);
  EXPECT_EQ(inventory.free().persistent_bytes, 70 * gib);
  EXPECT_EQ(inventory.leased(), ResourceSum{});
  inventory.commit(order(1));
  EXPECT_EQ(inventory.leased().memory_bytes, 6 * gib);
  EXPECT_EQ(inventory.leased().persistent_bytes, 30 * gib);
  EXPECT_TRUE(inventory.release(order(1)));
  EXPECT_EQ(inventory.free(), all);
  EXPECT_FALSE(inventory.release(order(1)));
}

TEST(Inventory, ReservesTheWholeGroupOrNothing) {
  Inventory inventory({{node(8000, 32)}, {}, 0, {}});
  const ResourceSum all = inventory.free();
  const auto refused = inventory.reserve(order(1), group({unit(3000, 1, 2), unit(3000, 1, 1)}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error(), ReserveError::insufficient_capacity);
  EXPECT_EQ(inventory.free(), all);
  EXPECT_FALSE(inventory.holds(order(1)));
}

TEST(Inventory, RefusesASecondReservationForAnOrder) {
  Inventory inventory({{node(8000, 32)}, {}, 0, {}});
  ASSERT_TRUE(inventory.reserve(order(1), group({unit(1000, 1, 1)})));
  EXPECT_EQ(inventory.reserve(order(1), group({unit(1000, 1, 1)})).error(), ReserveError::already_reserved);
  EXPECT_EQ(inventory.free().cpu_milli, 7000u);
}

TEST(Inventory, AReplicaNeverSpansNodesSoThatIdleCapacityFragments) {
  Inventory inventory({{node(4000, 32), node(4000, 32)}, {}, 0, {}});
  ASSERT_TRUE(inventory.reserve(order(1), group({unit(2500, 1, 2)})));
  EXPECT_EQ(inventory.free().cpu_milli, 3000u);
  EXPECT_FALSE(inventory.reserve(order(2), group({unit(2000, 1, 1)})));
  EXPECT_TRUE(inventory.reserve(order(3), group({unit(1500, 1, 2)})));
}

// akash-offchain.md 2.3: nodes in given order; on each node, units from last to first. The last unit takes
// the first node although the other order of units would have served both.
TEST(Inventory, PacksGreedilyLastUnitFirstAsTheDaemonDoes) {
  Inventory inventory({{node(4000, 32), node(3000, 32)}, {}, 0, {}});
  EXPECT_FALSE(inventory.reserve(order(1), group({unit(4000, 1, 1), unit(3000, 1, 1)})));
  EXPECT_TRUE(inventory.reserve(order(2), group({unit(3000, 1, 1), unit(4000, 1, 1)})));
}

TEST(Inventory, PersistentStorageNeedsTheClassOnTheNodeAndSpaceInThePool) {
  NodeSpec without = node(8000, 32);
  without.storage_classes.clear();
  Inventory nowhere({{without}, {{"beta2", 100 * gib}}, 0, {}});
  const GroupSpec wish = group({with_volume(unit(1000, 1, 1), 60 * gib, persistent_beta2)});
  EXPECT_FALSE(nowhere.reserve(order(1), wish));

  Inventory inventory({{node(8000, 32), node(8000, 32)}, {{"beta2", 100 * gib}}, 0, {}});
  EXPECT_TRUE(inventory.reserve(order(1), wish));
  EXPECT_FALSE(inventory.reserve(order(2), wish)) << "the pool is one for the whole cluster";
  const Attributes unknown{{"class", "beta3"}, {"persistent", "true"}};
  EXPECT_FALSE(inventory.reserve(order(3), group({with_volume(unit(1000, 1, 1), gib, unknown)})));
}

TEST(Inventory, RamVolumesCountAsMemory) {
  Inventory inventory({{node(8000, 4)}, {}, 0, {}});
  const Attributes ram{{"class", "ram"}, {"persistent", "false"}};
  EXPECT_FALSE(inventory.reserve(order(1), group({with_volume(unit(1000, 2, 1), 3 * gib, ram)})));
  EXPECT_TRUE(inventory.reserve(order(1), group({with_volume(unit(1000, 2, 1), 2 * gib, ram)})));
  EXPECT_EQ(inventory.free().memory_bytes, 0u);
  EXPECT_EQ(inventory.free().ephemeral_bytes, 1000 * gib);
}

TEST(Inventory, GpusMatchByModelRamAndInterface) {
  Inventory inventory({{node(64000, 512, {stock("a100", 8)})}, {}, 0, {}});
  const auto fits = [&](const std::string& key) {
    const bool fit = static_cast<bool>(inventory.reserve(order(1), group({gpu_unit(key, 1)})));
    inventory.release(order(1));
    return fit;
  };
  EXPECT_TRUE(fits("vendor/nvidia/model/a100"));
  EXPECT_TRUE(fits("vendor/nvidia/model/*"));
  EXPECT_TRUE(fits("vendor/nvidia/model/a100/ram/80Gi"));
  EXPECT_TRUE(fits("vendor/nvidia/model/a100/interface/sxm"));
  EXPECT_TRUE(fits("vendor/nvidia/model/a100/interface/SXM4")) << "lower case, sxm2..5 fold to sxm";
  EXPECT_FALSE(fits("vendor/nvidia/model/a100/interface/pcie"));
  EXPECT_FALSE(fits("vendor/nvidia/model/a100/ram/40Gi"));
  EXPECT_FALSE(fits("vendor/nvidia/model/h100"));
  EXPECT_FALSE(fits("vendor/amd/model/a100"));
}

TEST(Inventory, TheOfferNamesTheConcreteGpu) {
  Inventory inventory({{node(64000, 512, {stock("t4", 1, "16Gi", "pcie"), stock("a100", 8)})}, {}, 0, {}});
  const auto offer = inventory.reserve(order(1), group({gpu_unit("vendor/nvidia/model/*", 4)}));
  ASSERT_TRUE(offer);
  ASSERT_NE(*offer, nullptr);
  EXPECT_EQ((**offer)[0].resources.gpu_attributes, (Attributes{{"vendor/nvidia/model/a100", "true"}}));
  const auto with_ram = inventory.reserve(order(2), group({gpu_unit("vendor/nvidia/model/*/ram/80Gi", 4)}));
  EXPECT_EQ((**with_ram)[0].resources.gpu_attributes,
            (Attributes{{"vendor/nvidia/model/a100/ram/80Gi", "true"}}));
  EXPECT_FALSE(inventory.reserve(order(3), group({gpu_unit("vendor/nvidia/model/a100", 1)})));
}

TEST(Inventory, AGroupWithoutGpusNeedsNoOffer) {
  Inventory inventory({{node(8000, 32)}, {}, 0, {}});
  const auto offer = inventory.reserve(order(1), group({unit(1000, 1, 1)}));
  ASSERT_TRUE(offer);
  EXPECT_EQ(*offer, nullptr);
}

TEST(Inventory, ReplicasOfOneUnitMustGetTheSameGpu) {
  Inventory inventory(
      {{node(64000, 512, {stock("a100", 1)}), node(64000, 512, {stock("h100", 1)})}, {}, 0, {}});
  ResourceUnit two = gpu_unit("vendor/nvidia/model/*", 1);
  two.count = 2;
  EXPECT_EQ(inventory.reserve(order(1), group({two})).error(), ReserveError::group_resource_mismatch);
  EXPECT_EQ(inventory.free().gpus, 2u);
}

TEST(Inventory, StrandedGpusAreIdleButTooFewOnTheirNode) {
  Inventory inventory(
      {{node(64000, 512, {stock("a100", 8)}), node(64000, 512, {stock("a100", 8)})}, {}, 0, {}});
  ASSERT_TRUE(inventory.reserve(order(1), group({gpu_unit("vendor/nvidia/model/a100", 5)})));
  EXPECT_EQ(inventory.stranded_gpus(8), 3u);
  EXPECT_EQ(inventory.stranded_gpus(1), 0u);
}

TEST(Inventory, OvercommitReservesLessButNeverForGpus) {
  EXPECT_EQ(committed(1000, 0, false), 1000u);
  EXPECT_EQ(committed(1000, 50, false), 667u);
  EXPECT_EQ(committed(1000, 100, false), 500u);
  EXPECT_EQ(committed(1, 900, false), 1u) << "at least 1";
  EXPECT_EQ(committed(0, 900, false), 0u);
  EXPECT_EQ(committed(1000, 150, true), 500u) << "the daemon counts whole hundreds only";
  EXPECT_EQ(committed(1000, 50, true), 1000u);

  ClusterSpec cluster{{node(4000, 32, {stock("a100", 1)})}, {}, 0, {}};
  cluster.overcommit.cpu_percent = 100;
  Inventory inventory(cluster);
  EXPECT_TRUE(inventory.reserve(order(1), group({unit(8000, 1, 1)})));
  EXPECT_EQ(inventory.free().cpu_milli, 0u);
  EXPECT_FALSE(inventory.reserve(order(2), group({gpu_unit("vendor/nvidia/model/a100", 2)})));
}

TEST(Inventory, LeasedIpsComeFromAPool) {
  Inventory inventory({{node(8000, 32)}, {}, 1, {}});
  ResourceUnit with_ip = unit(1000, 1, 1);
  with_ip.resource.endpoints = {
      {EndpointKind::random_port, 0}, {EndpointKind::leased_ip, 1}, {EndpointKind::leased_ip, 1}};
  EXPECT_TRUE(inventory.reserve(order(1), group({with_ip}))) << "two ports on one IP take one address";
  EXPECT_EQ(inventory.reserve(order(2), group({with_ip})).error(), ReserveError::insufficient_ips);
  inventory.release(order(1));
  EXPECT_TRUE(inventory.reserve(order(2), group({with_ip})));
}

TEST(Inventory, ADownNodeTakesNothingNewAndKeepsWhatItHas) {
  Inventory inventory({{node(4000, 32), node(4000, 32)}, {}, 0, {}});
  ASSERT_TRUE(inventory.reserve(order(1), group({unit(1000, 1, 1)})));
  inventory.commit(order(1));
  inventory.set_node_up(0, false);
  EXPECT_FALSE(inventory.healthy(order(1)));
  EXPECT_EQ(inventory.leased_on(0), std::vector<OrderId>{order(1)});
  EXPECT_TRUE(inventory.leased_on(1).empty());
  ASSERT_TRUE(inventory.reserve(order(2), group({unit(4000, 1, 1)})));
  EXPECT_TRUE(inventory.healthy(order(2))) << "it went to the node that is up";
  EXPECT_FALSE(inventory.reserve(order(3), group({unit(1000, 1, 1)})));
}

TEST(Inventory, AnnouncesItsGpusInEveryFormAWishCanHave) {
  const ClusterSpec cluster{
      {node(1, 1, {stock("a100", 1)}), node(1, 1, {stock("a100", 2)})}, {{"beta2", 1}}, 0, {}};
  const Capabilities announced(capability_attributes(cluster));
  for (const char* key :
       {"vendor/nvidia/model/a100", "vendor/nvidia/model/*", "vendor/nvidia/model/a100/ram/80Gi",
        "vendor/nvidia/model/a100/interface/sxm", "vendor/nvidia/model/a100/ram/80Gi/interface/sxm"}) {
    EXPECT_TRUE(announced.can_serve(group({gpu_unit(key, 1)}))) << key;
  }
  EXPECT_FALSE(announced.can_serve(group({gpu_unit("vendor/nvidia/model/h100", 1)})));
  EXPECT_TRUE(announced.can_serve(group({with_volume(unit(1, 1, 1), 1, persistent_beta2)})));
  EXPECT_FALSE(announced.can_serve(
      group({with_volume(unit(1, 1, 1), 1, {{"class", "beta3"}, {"persistent", "true"}})})));
  EXPECT_TRUE(announced.can_serve(
      group({with_volume(unit(1, 1, 1), 1, {{"class", "ram"}, {"persistent", "false"}})})));
}

// Whatever is reserved, committed and released, in whatever order, nothing leaks and nothing goes negative.
TEST(Inventory, AnyHistoryConservesResources) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Rng rng(seed, ActorId{0}, Purpose::test, 0);
    Inventory inventory(
        {{node(8000, 16, {stock("a100", 4)}), node(4000, 64, {stock("t4", 2, "16Gi", "pcie")})},
         {{"beta2", 40 * gib}},
         1,
         {}});
    const ResourceSum all = inventory.total();
    for (int step = 0; step < 100; ++step) {
      const OrderId id = order(rng.below(12));
      switch (rng.below(3)) {
        case 0: {
          ResourceUnit wish = rng.below(2) == 0 ? unit(500 + 500 * rng.below(6), 1 + rng.below(8), 1)
                                                : gpu_unit("vendor/nvidia/model/*", 1 + rng.below(3));
          wish.count = static_cast<std::uint32_t>(1 + rng.below(3));
          if (rng.below(2) == 0) wish = with_volume(wish, gib * (1 + rng.below(9)), persistent_beta2);
          (void)inventory.reserve(id, group({wish}));
          break;
        }
        case 1:
          if (inventory.holds(id)) inventory.commit(id);
          break;
        default: inventory.release(id);
      }
      const ResourceSum free = inventory.free();
      ASSERT_LE(free.cpu_milli, all.cpu_milli);
      ASSERT_LE(free.memory_bytes, all.memory_bytes);
      ASSERT_LE(free.gpus, all.gpus);
      ASSERT_LE(free.persistent_bytes, all.persistent_bytes);
    }
    for (std::uint64_t i = 0; i < 12; ++i) inventory.release(order(i));
    ASSERT_EQ(inventory.free(), all) << "seed " << seed;
    ASSERT_TRUE(inventory.untouched());
  }
}

}  // namespace
}  // namespace souk
