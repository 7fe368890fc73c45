#include "actors/chain/validate.hpp"

#include <functional>

#include "tests/chain/chain_fixture.hpp"

// The bounds of a group, at the edge and one beyond: akash-chain.md section 2.3.
namespace souk::test {
namespace {

using Change = std::function<void(GroupSpec&)>;

bool valid(const Change& change) {
  GroupSpec spec = group_spec("web", Dec::from_int(10));
  change(spec);
  return validate(spec).ok();
}
ResourceUnit& unit(GroupSpec& spec) { return spec.resources[0]; }

struct Bound {
  const char* what;
  std::function<void(GroupSpec&, std::uint64_t)> set;
  std::uint64_t least;
  std::uint64_t most;
};

TEST(Section2_3, UnitBoundsAreInclusive) {
  const Bound bounds[] = {
      {"cpu", [](GroupSpec& s, std::uint64_t v) { unit(s).resource.cpu_milli = v; }, 10, 384'000},
      {"memory", [](GroupSpec& s, std::uint64_t v) { unit(s).resource.memory_bytes = v; }, 1 << 20,
       std::uint64_t{2} << 40},
      {"storage", [](GroupSpec& s, std::uint64_t v) { unit(s).resource.storage[0].bytes = v; }, 5 << 20,
       std::uint64_t{32} << 40},
  };
  for (const Bound& bound : bounds) {
    const auto at = [&](std::uint64_t v) { return valid([&](GroupSpec& s) { bound.set(s, v); }); };
    EXPECT_TRUE(at(bound.least) && at(bound.most)) << bound.what;
    EXPECT_FALSE(at(bound.least - 1)) << bound.what;
    EXPECT_FALSE(at(bound.most + 1)) << bound.what;
  }
  const auto gpus = [](std::uint64_t v) {
    return valid([&](GroupSpec& s) { unit(s).resource.gpu_units = v; });
  };
  EXPECT_TRUE(gpus(0) && gpus(24));
  EXPECT_FALSE(gpus(25));
}

TEST(Section2_3, PricesAreZeroToTenMillion) {
  const auto price = [](Dec v) { return valid([&](GroupSpec& s) { unit(s).price.amount = v; }); };
  EXPECT_TRUE(price(Dec{}) && price(Dec::from_int(10'000'000)));
  EXPECT_FALSE(price(dec("10000000.000000000000000001")));
  EXPECT_FALSE(price(dec("-0.000000000000000001")));
}

TEST(Section2_3, GroupTotalsAreFiftyUnits) {
  const auto totals = [](std::uint64_t cpu, std::uint64_t gpu, std::uint64_t memory, std::uint32_t count) {
    return valid([&](GroupSpec& s) {
      unit(s).resource.cpu_milli = cpu;
      unit(s).resource.gpu_units = gpu;
      unit(s).resource.memory_bytes = memory;
      unit(s).count = count;
    });
  };
  EXPECT_TRUE(totals(384'000, 24, std::uint64_t{2} << 40, 50));
  EXPECT_FALSE(totals(384'000, 0, 1 << 20, 51));
  EXPECT_FALSE(totals(10, 24, 1 << 20, 51));
  EXPECT_FALSE(totals(10, 0, std::uint64_t{2} << 40, 51));
  EXPECT_TRUE(totals(10, 0, 1 << 20, 1'920'000));  // the count itself has no bound
  EXPECT_FALSE(totals(10, 0, 1 << 20, 1'920'001));
  EXPECT_FALSE(totals(10, 0, 1 << 20, 0));
  EXPECT_FALSE(totals(384'000, 24, std::uint64_t{2} << 40, 0xffff'ffffu));
}

TEST(Section2_3, IdsDenominationsAndParts) {
  const auto second = [](const std::function<void(ResourceUnit&)>& change) {
    return valid([&](GroupSpec& s) {
      s.resources.push_back(s.resources[0]);
      s.resources[1].resource.id = 2;
      change(s.resources[1]);
    });
  };
  EXPECT_TRUE(second([](ResourceUnit&) {}));
  EXPECT_FALSE(second([](ResourceUnit& u) { u.resource.id = 1; }));
  EXPECT_FALSE(second([](ResourceUnit& u) { u.resource.id = 0; }));
  EXPECT_FALSE(second([](ResourceUnit& u) { u.price.denom = Denom::uakt; }));
  EXPECT_FALSE(second([](ResourceUnit& u) { u.resource.storage.clear(); }));
  EXPECT_FALSE(
      second([](ResourceUnit& u) { u.resource.gpu_attributes = {{"vendor/nvidia/model/*", "true"}}; }));
  EXPECT_FALSE(valid([](GroupSpec& s) { s.resources.clear(); }));
}

TEST(Section1, AttributeKeys) {
  const auto key = [](std::string text, bool wildcard = true) {
    return valid_attributes({{text, "x"}}, wildcard);
  };
  EXPECT_TRUE(key("ab") && key("region") && key("capabilities/gpu/vendor/nvidia/model/a100") &&
              key("a.b-c/d_1"));
  EXPECT_TRUE(key("vendor/*") && key("a" + std::string(126, 'b') + "*") && key(std::string(128, 'a')));
  EXPECT_FALSE(key("a") || key("") || key("1abc") || key("_a") || key("a b") || key("a*b") || key("a*"));
  EXPECT_FALSE(key("a" + std::string(126, 'b') + "-"));  // the 128th character must be a word character
  EXPECT_FALSE(key(std::string(129, 'a')));
  EXPECT_FALSE(key("vendor/*", false));
  EXPECT_FALSE(valid_attributes({{"ab", "x"}, {"ab", "y"}}, true));
}

}  // namespace
}  // namespace souk::test
