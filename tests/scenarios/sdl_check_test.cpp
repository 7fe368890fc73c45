#include "scenarios/sdl_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "scenarios/verbs.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::scenarios {
namespace {

using testing::HasSubstr;

constexpr const char* good_sdl =
    "version: 2.0\n"
    "services: {web: {image: nginx, expose: [{port: 80, to: [{global: true}]}]}}\n"
    "profiles:\n"
    "  compute: {web: {resources: {cpu: {units: 1}, memory: {size: 1Gi}, storage: {size: 1Gi}}}}\n"
    "  placement: {west: {pricing: {web: {denom: uact, amount: 10}}}}\n"
    "deployment: {web: {west: {profile: web, count: 1}}}\n";

class SdlCheck : public testing::Test {
 protected:
  int check(const std::vector<std::string>& files, bool json) {
    out_.str("");
    errors_.str("");
    return check_sdl_files(files, json, out_, errors_);
  }

  const test::TemporaryFolder folder_;
  std::ostringstream out_;
  std::ostringstream errors_;
};

TEST_F(SdlCheck, JsonHasOneObjectALineAndGoesOnAfterABadFile) {
  const std::string good = folder_.write("good.yaml", good_sdl);
  const std::string bad = folder_.write("bad \"name\".yaml", "version: 2.0\nvolumes: {}\n");
  EXPECT_EQ(check({bad, folder_.path("missing.yaml"), good}, true), exit_does_not_hold);
  std::istringstream lines(out_.str());
  std::vector<nlohmann::json> objects;
  for (std::string line; std::getline(lines, line);) objects.push_back(nlohmann::json::parse(line));
  ASSERT_EQ(objects.size(), 3u);

  EXPECT_EQ(objects[0]["file"], bad);
  EXPECT_EQ(objects[0]["ok"], false);
  EXPECT_EQ(objects[0]["line"], 2);
  EXPECT_THAT(objects[0]["error"].get<std::string>(), HasSubstr("unknown key `volumes`"));
  EXPECT_TRUE(objects[0]["hash"].is_null());

  EXPECT_EQ(objects[1]["ok"], false);
  EXPECT_TRUE(objects[1]["line"].is_null());
  EXPECT_THAT(objects[1]["error"].get<std::string>(), HasSubstr("No such file"));

  EXPECT_EQ(objects[2]["ok"], true);
  EXPECT_TRUE(objects[2]["error"].is_null());
  EXPECT_EQ(objects[2]["hash"].get<std::string>().size(), 64u);
  EXPECT_EQ(objects[2]["groups"][0]["name"], "west");
  EXPECT_EQ(objects[2]["manifest"][0]["services"][0]["image"], "nginx");
  EXPECT_EQ(objects[2]["warnings"][0]["line"], 1);
  EXPECT_THAT(objects[2]["warnings"][0]["message"].get<std::string>(), HasSubstr("in quotes"));
  for (const auto& object : objects) {
    for (const char* key : {"file", "ok", "error", "line", "warnings", "hash", "groups", "manifest"})
      EXPECT_TRUE(object.contains(key)) << key;
  }
  EXPECT_EQ(errors_.str(), "");
}

TEST_F(SdlCheck, TextNamesTheLineOfAnErrorOnStderr) {
  const std::string bad = folder_.write("bad.yaml", "version: 2.0\nvolumes: {}\n");
  EXPECT_EQ(check({bad}, false), exit_does_not_hold);
  EXPECT_THAT(errors_.str(), testing::StartsWith(bad + ":2: unknown key `volumes`"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(SdlCheck, GoodFilesExitWithZero) {
  const std::string good = folder_.write("good.yaml", good_sdl);
  EXPECT_EQ(check({good, good}, false), exit_ok);
  EXPECT_THAT(out_.str(), HasSubstr("(groups 1, services 1)"));
  EXPECT_THAT(out_.str(), HasSubstr("warning: " + good + ":1: write the version"));
}

}  // namespace
}  // namespace souk::scenarios
