// akash-offchain.md section 1.5: each limit at its bound and one beyond.
#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

using testing::HasSubstr;

struct LimitCase {
  std::string what;
  std::string at_bound;
  std::string beyond;
  std::uint32_t line;  ///< where the one beyond is refused
};

const std::string nvidia = ", attributes: {vendor: {nvidia: }}}";

std::vector<LimitCase> limits() {
  const auto cpu = [](const std::string& units) { return plain_with("100m", units); };
  const auto memory = [](const std::string& size) { return plain_with("128Mi", size); };
  const auto volume = [](const std::string& size) { return plain_with("1Gi", size); };
  const auto amount = [](const std::string& text) { return plain_with("amount: 50", "amount: " + text); };
  const auto count = [](const std::string& base, const std::string& n) {
    return with(base, "count: 1", "count: " + n);
  };
  return {
      {"least CPU", cpu("10m"), cpu("9m"), 14},
      {"most CPU", cpu("384000m"), cpu("384001m"), 14},
      {"most GPUs", with_gpu("{units: 24" + nvidia), with_gpu("{units: 25" + nvidia), 15},
      {"least memory", memory("1Mi"), memory("1048575"), 16},
      {"most memory", memory("2Ti"), memory("2199023255553"), 16},
      {"least volume", volume("5Mi"), volume("5242879"), 18},
      {"most volume", volume("32Ti"), volume("35184372088833"), 18},
      {"highest price", amount("10000000"), amount("10000000.000000000000000001"), 24},
      {"lowest price", amount("0.000000000000000001"), amount("0.0000000000000000001"), 24},
      {"group CPU", count(cpu("384000m"), "50"), count(cpu("384000m"), "51"), 29},
      {"group GPUs", count(with_gpu("{units: 24" + nvidia), "50"),
       count(with_gpu("{units: 24" + nvidia), "51"), 30},
      {"group memory", count(memory("2Ti"), "50"), count(memory("2Ti"), "51"), 29},
      {"ports", plain_with("80", "65535"), plain_with("80", "65536"), 6},
      {"lowest port", plain_with("80", "1"), plain_with("80", "0"), 6},
  };
}

TEST(SdlLimits, TheBoundIsAcceptedAndOneBeyondIsRefusedAtItsLine) {
  for (const LimitCase& limit : limits()) {
    SCOPED_TRACE(limit.what);
    accepted(limit.at_bound);
    EXPECT_EQ(refusal(limit.beyond).line, limit.line);
  }
}

TEST(SdlLimits, ThereIsNoLimitOfFiftyReplicasTwentyGroupsOrTwentyUnits) {
  // Declared in Go and commented out there.
  const Sdl sdl = accepted(plain_with("count: 1", "count: 51"));
  EXPECT_EQ(sdl.groups.at(0).spec.resources.at(0).count, 51u);
  std::string uses, placements;
  for (int i = 0; i < 21; ++i) {
    const std::string name = "p" + std::to_string(i);
    placements += "    " + name + ": {pricing: {web: {denom: uact, amount: 1}}}\n";
    uses += "    " + name + ": {profile: web, count: 1}\n";
  }
  const std::string text = with(with(plain_sdl, "  placement:\n", "  placement:\n" + placements),
                                "  web:\n    west:\n", "  web:\n" + uses + "    west:\n");
  EXPECT_EQ(accepted(text).groups.size(), 22u);
}

TEST(SdlLimits, AReplicaCountThatOverflowsSixtyFourBitsOfMemoryIsRefused) {
  EXPECT_THAT(refusal(with(plain_with("128Mi", "2Ti"), "count: 1", "count: 4294967295")).message,
              HasSubstr("lower the `count`"));
}

TEST(SdlLimits, AmountsAreDecimalsAboveZero) {
  for (const char* wrong : {"0", "-1", "1e3", ".5", "5.", "1,5", "ten", "99999999999999999999999999", "0.0"})
    EXPECT_EQ(refusal(plain_with("amount: 50", std::string("amount: ") + wrong)).line, 24u) << wrong;
  const Sdl sdl = accepted(plain_with("amount: 50", "amount: \"12.5\""));
  EXPECT_EQ(sdl.groups.at(0).spec.resources.at(0).price.amount.to_string(), "12.500000000000000000");
}

TEST(SdlLimits, OneDeploymentHasOneKnownDenom) {
  EXPECT_EQ(refusal(plain_with("uact", "uatom")).line, 23u);
  const std::string two = with(
      with(plain_sdl, "    west:\n", "    east: {pricing: {web: {denom: uakt, amount: 1}}}\n    west:\n"),
      "  web:\n    west:\n", "  web:\n    east: {profile: web, count: 1}\n    west:\n");
  EXPECT_THAT(refusal(two).message, HasSubstr("one denom"));
  const std::string usdc = "ibc/170C677610AC31DF0904FFE09CD3B5C657492170E7E52372E48756B71E56F2F1";
  const Sdl sdl = accepted(plain_with("uact", usdc));
  EXPECT_EQ(sdl.groups.at(0).spec.resources.at(0).price.denom, Denom::uusdc);
  EXPECT_THAT(groups_json(sdl.groups), HasSubstr("\"denom\":\"" + usdc + "\""));
}

TEST(SdlLimits, AGroupNeedsAReplicaButNotInEveryService) {
  const std::string two_services =
      with(with(plain_sdl, "services:\n", "services:\n  api: {image: api}\n"), "deployment:\n",
           "deployment:\n  api: {west: {profile: web, count: 0}}\n");
  const Sdl sdl = accepted(two_services);
  EXPECT_EQ(sdl.groups.at(0).spec.resources.at(0).count, 0u);
  EXPECT_THAT(sdl.warnings, testing::Contains(testing::Field(&Problem::message,
                                                             HasSubstr("`count` should be at least 1"))));
  EXPECT_EQ(refusal(with(two_services, "count: 1", "count: 0")).line, 27u);
}

TEST(SdlStorage, V20WantsAnyMountForAPersistentVolume) {
  const std::string persistent = with_storage(
      "[{name: a, size: 1Gi, attributes: {persistent: true}}, {name: b, size: 2Gi, attributes: {persistent: "
      "true}}]");
  EXPECT_EQ(refusal(persistent).line, 17u);
  const auto mounted = [&](const std::string& volumes) {
    return with(persistent, "    expose:\n", "    params: {storage: {" + volumes + "}}\n    expose:\n");
  };
  accepted(mounted("a: {mount: /a}"));  // b has none, and v2.0 is content
  EXPECT_THAT(refusal(mounted("a: {mount: /x}, b: {mount: /x}")).message,
              HasSubstr("another volume is mounted"));
  EXPECT_THAT(refusal(mounted("a: {mount: x}")).message, HasSubstr("absolute path"));
  EXPECT_THAT(refusal(mounted("a: {}")).message, HasSubstr("absolute path"));
  EXPECT_THAT(refusal(mounted("c: {mount: /c}")).message, HasSubstr("no volume named `c`, it has: a b"));
}

TEST(SdlStorage, V21LooksOnlyAtMountedVolumes) {
  const auto v21 = [](const std::string& text) { return with(text, "\"2.0\"", "\"2.1\""); };
  accepted(v21(with_storage("[{size: 1Gi, attributes: {persistent: true}}]")));
  const std::string ram =
      with(with_storage("[{name: shm, size: 1Gi, attributes: {class: ram, persistent: false}}]"),
           "    expose:\n", "    params: {storage: {shm: {mount: /shm, readOnly: true}}}\n    expose:\n");
  accepted(ram);
  EXPECT_THAT(refusal(v21(ram)).message, HasSubstr("can not be `readOnly: true`"));
}

}  // namespace
}  // namespace souk::sdl::test
