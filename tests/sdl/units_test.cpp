// akash-offchain.md section 1.3, and 1.1 for versions.
#include "runtime/sdl/units.hpp"

#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

template <class T>
struct UnitCase {
  std::string text;
  std::optional<T> value;  ///< nullopt: refused
};

template <class T, class Parse>
void expect_all(const std::vector<UnitCase<T>>& cases, Parse parse_text) {
  for (const auto& c : cases) {
    const auto got = parse_text(c.text);
    ASSERT_EQ(got.has_value(), c.value.has_value()) << "`" << c.text << "`";
    if (c.value) {
      EXPECT_EQ(*got, *c.value) << "`" << c.text << "`";
    }
  }
}

TEST(SdlUnits, CpuIsWholeMilliUnitsOrTruncatedUnits) {
  expect_all<std::uint64_t>({{"500m", 500},       {"0m", 0},
                             {"0.5", 500},        {"1", 1000},
                             {"1.0", 1000},       {".5", 500},
                             {"5.", 5000},        {"1e2", 100000},
                             {"0.0019", 1},       {"0.0009", 0},
                             {"+2", 2000},        {"0.29", 290},
                             {"-0.0", 0},         {"4294967295m", 4294967295},
                             {"4294967296m", {}}, {"-1", {}},
                             {"1.5m", {}},        {"-5m", {}},
                             {"m", {}},           {"", {}},
                             {"one", {}},         {"1 m", {}},
                             {"nan", {}},         {"inf", {}},
                             {"0x10", {}},        {"5000000", {}},
                             {"1_000", {}}},
                            parse_cpu_milli);
}

TEST(SdlUnits, CpuTruncatesTheDoubleProductAsGoDoes) {
  // 1.001 * 1000 is 1000.9999999999999 in double precision.
  EXPECT_EQ(*parse_cpu_milli("1.001"), 1000u);
  EXPECT_EQ(*parse_cpu_milli("2.3"), 2300u);
}

TEST(SdlUnits, SizesHaveCaseSensitiveSuffixesOfTwoPowers) {
  expect_all<std::uint64_t>({{"1k", 1000},
                             {"1Ki", 1024},
                             {"1M", 1000000},
                             {"1Mi", 1048576},
                             {"1G", 1000000000},
                             {"1Gi", 1073741824},
                             {"1T", 1000000000000},
                             {"1Ti", 1099511627776},
                             {"1P", 1000000000000000},
                             {"1Pi", 1125899906842624},
                             {"1E", 1000000000000000000},
                             {"1Ei", 1152921504606846976},
                             {"512", 512},
                             {"1.5Gi", 1610612736},
                             {"0.0001k", 0},
                             {"15Ei", 17293822569102704640u},
                             {"1e3", 1000},
                             {"16Ei", {}},
                             {"1K", {}},
                             {"1B", {}},
                             {"16GB", {}},
                             {"2gi", {}},
                             {"512Mb", {}},
                             {"1gi", {}},
                             {"-1Mi", {}},
                             {"1 Gi", {}},
                             {"Gi", {}},
                             {"", {}},
                             {"1e400", {}}},
                            parse_size_bytes);
}

TEST(SdlUnits, AWrongSizeIsToldWithTheRightOne) {
  EXPECT_THAT(parse_size_bytes("16GB").error().message, testing::HasSubstr("`16Gi` would be right"));
  EXPECT_THAT(parse_size_bytes("2gb").error().message, testing::HasSubstr("`2Gi` would be right"));
  EXPECT_THAT(parse_size_bytes("-1Gi").error().message, testing::HasSubstr("negative"));
}

TEST(SdlUnits, GpuMemoryTakesPowersOfTwoOnly) {
  expect_all<std::uint64_t>(
      {{"80Gi", 85899345920}, {"81920Mi", 85899345920}, {"1024", 1024}, {"80G", {}}, {"80", 80}},
      parse_ram_bytes);
}

TEST(SdlUnits, GpuUnitsAreDigits) {
  expect_all<std::uint64_t>({{"0", 0},
                             {"8", 8},
                             {"007", 7},
                             {"1.0", {}},
                             {"-1", {}},
                             {"+1", {}},
                             {"", {}},
                             {"0x1", {}},
                             {"99999999999999999999", {}}},
                            parse_gpu_units);
}

TEST(SdlUnits, DurationsAreGos) {
  using namespace std::chrono_literals;
  expect_all<Duration>({{"1h", 1h},
                        {"1h30m", 90min},
                        {"1.5h", 90min},
                        {"300ms", 300ms},
                        {"1us", 1us},
                        {"1\xC2\xB5s", 1us},
                        {"2ns", 2ns},
                        {"0", 0s},
                        {"-1h", -1h},
                        {"+5s", 5s},
                        {"", {}},
                        {"5", {}},
                        {"1d", {}},
                        {"h", {}},
                        {"1 h", {}},
                        {"1hh", {}},
                        {"9999999999h", {}}},
                       parse_go_duration);
}

TEST(SdlUnits, VersionsAreTolerant) {
  expect_all<Grammar>({{"2", Grammar::v2_0},
                       {"2.0", Grammar::v2_0},
                       {"2.0.0", Grammar::v2_0},
                       {"v2.0", Grammar::v2_0},
                       {" 2.0 ", Grammar::v2_0},
                       {"02.00", Grammar::v2_0},
                       {"2.0.0+build", Grammar::v2_0},
                       {"2.1", Grammar::v2_1},
                       {"2.1.5", Grammar::v2_1},
                       {"2.2", Grammar::v2_1},
                       {"3.0", Grammar::v2_1},
                       {"1.5", {}},
                       {"2.0.1", {}},
                       {"2.1.0-rc1", {}},
                       {"2.0.0.0", {}},
                       {"2.", {}},
                       {"", {}},
                       {"two", {}},
                       {"99999999999999999999", {}}},
                      parse_version);
}

TEST(SdlUnits, PlainIntegersAreReadAsTheGoYamlLibraryReadsThem) {
  expect_all<std::uint32_t>({{"80", 80},
                             {"0x50", 80},
                             {"0b101", 5},
                             {"0o17", 15},
                             {"017", 15},
                             {"8_080", 8080},
                             {"80.0", 80},
                             {"80.9", 80},
                             {"8e1", 80},
                             {"+80", 80},
                             {"4294967295", 4294967295u},
                             {"4294967296", {}},
                             {"-1", {}},
                             {"eighty", {}},
                             {"", {}},
                             {"0x", {}}},
                            parse_yaml_u32);
}

TEST(SdlUnits, BooleansAreYaml11OnesButNotQuotedTrue) {
  EXPECT_EQ(parse_yaml_bool("true", false), true);
  EXPECT_EQ(parse_yaml_bool("FALSE", false), false);
  EXPECT_EQ(parse_yaml_bool("yes", false), true);
  EXPECT_EQ(parse_yaml_bool("off", true), false);
  EXPECT_EQ(parse_yaml_bool("true", true), std::nullopt);
  EXPECT_EQ(parse_yaml_bool("1", false), std::nullopt);
}

}  // namespace
}  // namespace souk::sdl::test
