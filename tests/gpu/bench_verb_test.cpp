#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "tests/gpu/program.hpp"

namespace souk::gpu {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Hides every GPU from the program, so that the test says the same on every machine.
class BenchVerb : public ::testing::Test {
 protected:
  void SetUp() override { ::setenv("CUDA_VISIBLE_DEVICES", "", 1); }
  void TearDown() override { ::unsetenv("CUDA_VISIBLE_DEVICES"); }
  test::Answer run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "bench");
    return test::run(folder, std::move(arguments));
  }
  test::TemporaryFolder folder;
};

TEST_F(BenchVerb, WithoutAGpuSaysSoAndEndsWithThree) {
  const test::Answer answer = run({});
  EXPECT_EQ(answer.exit_code, 3);
  EXPECT_THAT(answer.err, StartsWith("souk-gpu: no GPU: "));
  EXPECT_EQ(answer.out, "");
}

TEST_F(BenchVerb, WithoutAGpuWritesNoResult) {
  EXPECT_EQ(run({"--json", folder / "bench.json"}).exit_code, 3);
  EXPECT_EQ(run({"--endurance", "120s", "--json", folder / "bench.json"}).exit_code, 3);
  EXPECT_TRUE(folder.names().empty());
}

TEST_F(BenchVerb, BadInputEndsWithTwoAndOneLineBeforeAnyDeviceIsAsked) {
  const std::vector<std::vector<std::string>> bad = {
      {"--flob"},           {"--samples", "3"},    {"--size", "1000"}, {"--tests", "gem"},
      {"--endurance", "2"}, {"--samples", "many"}, {"--device", "-7"}, {"stray"}};
  for (const auto& arguments : bad) {
    const test::Answer answer = run(arguments);
    EXPECT_EQ(answer.exit_code, 2) << arguments.front();
    EXPECT_THAT(answer.err, StartsWith("souk-gpu: ")) << arguments.front();
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
}

TEST_F(BenchVerb, HelpNamesTheGroups) {
  const test::Answer answer = run({"--help"});
  EXPECT_EQ(answer.exit_code, 0);
  EXPECT_THAT(answer.out, HasSubstr("memory,host,peer,launch,fp32,issue,gemm,vram,proof"));
}

TEST_F(BenchVerb, HelpThatDoesNotReachAFullStdoutIsSaidSo) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  const auto answer = souk::test::run_program(SOUK_GPU_PROGRAM, folder, {"bench", "--help"}, "/dev/full");
  EXPECT_EQ(answer.exit_code, 2);
  EXPECT_EQ(answer.err, "souk-gpu: stdout: cannot be written\n");
}

}  // namespace
}  // namespace souk::gpu
