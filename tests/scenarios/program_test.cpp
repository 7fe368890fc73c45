// The `souk` program as a user meets it when something is wrong: one clear line and exit code 2.
#include "tests/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace souk::scenarios {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class Program : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("tiny.yaml",
                  "name: tiny\nduration: 2 h\nwarm_up: 1 h\n"
                  "providers:\n  p: {count: 1}\ntenants:\n  t: {count: 1}\n");
  }
  test::Answer run(std::vector<std::string> arguments, const std::string& out = "") const {
    return test::run_program(SOUK_PROGRAM, folder_, std::move(arguments), out);
  }
  void expect_refused(const test::Answer& answer, const std::string& why) const {
    EXPECT_EQ(answer.exit_code, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_THAT(answer.err, StartsWith("souk: "));
    EXPECT_THAT(answer.err, HasSubstr(why));
    EXPECT_EQ(std::count(answer.err.begin(), answer.err.end(), '\n'), 1) << answer.err;
  }
  std::string tiny() const { return folder_.path("tiny.yaml"); }

  const test::TemporaryFolder folder_;
};

TEST_F(Program, SaysInOneLineWhatIsWrongWithACommandLine) {
  expect_refused(run({"rnu"}), "no verb `rnu`; `souk --help` shows");
  expect_refused(run({}), "A subcommand is required");
  expect_refused(run({"run"}), "scenario is required; `souk run --help` shows");
  expect_refused(run({"run", tiny(), "--bogus"}), "--bogus");
  expect_refused(run({"run", tiny(), "--threads", "0"}), "--threads");
  EXPECT_EQ(run({"run", "--help"}).exit_code, 0);
}

TEST_F(Program, RunsATinyScenario) {
  const auto answer = run({"run", tiny(), "--out", folder_.path("out"), "--no-plots"});
  EXPECT_EQ(answer.exit_code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("run hash: "));
  EXPECT_THAT(folder_.names(), testing::ElementsAre("out", "tiny.yaml"));
}

TEST_F(Program, ValidatePrintsTheSameBytesOnAnyNumberOfThreads) {
  const auto one = run({"validate", "V06", "--n", "3000", "--json", "--threads", "1"});
  const auto two = run({"validate", "V06", "--n", "3000", "--json", "--threads", "2"});
  EXPECT_EQ(one.exit_code, 0) << one.out;
  EXPECT_EQ(one.out, two.out);
  EXPECT_EQ(one.err, "") << "no progress line into a pipe";
}

TEST_F(Program, AFullStdoutIsBadInputForEveryVerbAndNeverACrash) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "needs /dev/full";
  const std::vector<std::vector<std::string>> commands = {{"run", tiny()},
                                                          {"run", tiny(), "--json"},
                                                          {"schema"},
                                                          {"validate", "V28"},
                                                          {"validate", "V28", "--json"},
                                                          {"validate", "--list"},
                                                          {"--help"},
                                                          {"run", "--help"},
                                                          {"--version"}};
  for (const auto& command : commands) {
    SCOPED_TRACE(command.front() + " " + command.back());
    expect_refused(run(command, "/dev/full"), "stdout: can not be written");
  }
}

TEST_F(Program, ARefusedRunLeavesNoFolder) {
  expect_refused(run({"run", folder_.path("missing.yaml"), "--out", folder_.path("out"), "--no-plots"}),
                 "missing.yaml: this file does not exist");
  EXPECT_THAT(folder_.names(), testing::ElementsAre("tiny.yaml"));
}

}  // namespace
}  // namespace souk::scenarios
