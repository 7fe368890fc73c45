#include "bench/gpu/bench_options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace souk::gpu {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refused(const BenchArguments& arguments) {
  const auto options = suite_options(arguments);
  return options ? "accepted" : options.error().message;
}

TEST(BenchOptions, WithoutFlagsEverythingRuns) {
  const auto options = suite_options({});
  ASSERT_TRUE(options);
  EXPECT_TRUE(options->groups.empty());
  EXPECT_EQ(options->samples, 9);
  EXPECT_EQ(options->endurance_seconds, 0);
}

TEST(BenchOptions, ErrorsNameTheFlagAndItsBounds) {
  BenchArguments arguments;
  arguments.suite.samples = 6;
  EXPECT_EQ(refused(arguments), "--samples: 6 is not within 7..1001");
  arguments = {};
  arguments.suite.sample_ms = 49;
  EXPECT_EQ(refused(arguments), "--sample-ms: 49 is not within 50..10000");
  arguments = {};
  arguments.suite.gemm_size = 65536;
  EXPECT_EQ(refused(arguments), "--size: 65536 is not within 1024..32768");
  arguments.suite.gemm_size = 8000;
  EXPECT_EQ(refused(arguments), "--size: 8000 is not a multiple of 256");
  arguments = {};
  arguments.device = -2;
  EXPECT_THAT(refused(arguments), HasSubstr("--device: -2"));
}

TEST(BenchOptions, GroupsAreNamedOnceEach) {
  BenchArguments arguments;
  arguments.tests = "gemm,memory,gemm";
  EXPECT_THAT(suite_options(arguments)->groups, ElementsAre("gemm", "memory"));
  arguments.tests = "gemm,tensor";
  EXPECT_EQ(refused(arguments),
            "--tests: 'tensor' is not one of memory, host, peer, launch, fp32, issue, gemm, vram, proof");
}

TEST(BenchOptions, DurationsHaveAUnitAndBounds) {
  EXPECT_DOUBLE_EQ(*parse_duration("120s"), 120);
  EXPECT_DOUBLE_EQ(*parse_duration("5m"), 300);
  EXPECT_DOUBLE_EQ(*parse_duration("24h"), 86400);
  for (const char* text : {"", "120", "s", "-120s", "9s", "25h", "nan s", "nans", "infs", "120sec", "1e9h"})
    EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(BenchOptions, TheSustainedModeStandsAlone) {
  BenchArguments arguments;
  arguments.endurance = "120s";
  EXPECT_DOUBLE_EQ(suite_options(arguments)->endurance_seconds, 120);
  arguments.tests = "memory";
  EXPECT_THAT(refused(arguments), HasSubstr("--endurance"));
}

}  // namespace
}  // namespace souk::gpu
