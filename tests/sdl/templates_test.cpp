// The 30 deployment templates of awesome-akash (data: sdl/templates): accepted, or refused for a reason that
// akash-offchain.md section 1 gives.
#include <map>

#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

struct Refusal {
  std::uint32_t line;
  std::string reason;
};

/// Every template; those without a refusal are accepted.
const std::map<std::string, std::optional<Refusal>>& templates() {
  static const std::map<std::string, std::optional<Refusal>> table = {
      {"Grav.yaml", {}},
      {"Llama-3.1-405B-BF16.yaml", {}},
      {"Llama-3.1-8B.yaml", {}},
      {"Qwen3-235B-A22B-FP8.yaml", {}},
      {"Qwen3-Next-80B-A3B-Instruct.yaml", {}},
      {"Redash__Redash_Queries.yaml", {}},
      {"SurrealDB.yaml", {}},
      {"adminer.yaml", {}},
      {"axolotlai__deploy-persistent.yaml", {}},
      {"bert-sentiment-analysis.yaml", {}},
      {"botpress.yaml", {}},
      // 1.3: there is no suffix `Gb`.
      {"chromadb.yaml", Refusal{27, "`4Gb` is not a size"}},
      {"code-server.yaml", {}},
      {"dify.yaml", {}},
      // 1.3: there is no suffix `gb`.
      {"elasticsearch__deploy_with_kibana.yaml", Refusal{37, "`8gb` is not a size"}},
      {"geekbench.yaml", {}},
      // 1.2: storage written as a map is named `default`, so the volume that is mounted does not exist.
      {"ghost__deploy-mysql.yaml", Refusal{40, "no volume named `db_data`, it has: default"}},
      {"gogs__deploy_postgres.yaml", {}},
      {"influxdb.yaml", {}},
      {"kawpow-pool-meowcoin.yaml", {}},
      {"langfuse.yaml", {}},
      {"libretranslate.yaml", {}},
      {"mattermost.yaml", {}},
      {"open-webui-gpu.yaml", {}},
      {"pacman.yaml", {}},
      {"serge-gpu.yaml", {}},
      {"steampipe.yaml", {}},
      {"tensorflow-serving-mnist.yaml", {}},
      {"vllm__vllm_no_ui_deployment.yaml", {}},
      {"webtop.yaml", {}},
  };
  return table;
}

TEST(SdlTemplates, EachIsAcceptedOrRefusedForAReasonOfTheSpec) {
  SOUK_REQUIRE_SDL_DATA();
  for (const auto& [file, expected] : templates()) {
    SCOPED_TRACE(file);
    const auto sdl = parse(bytes_of(data_folder() / "sdl" / "templates" / file));
    ASSERT_EQ(sdl.has_value(), !expected) << (sdl ? "" : sdl.error().message);
    if (!expected) continue;
    EXPECT_EQ(sdl.error().line, expected->line) << sdl.error().message;
    EXPECT_THAT(sdl.error().message, testing::HasSubstr(expected->reason));
  }
}

TEST(SdlTemplates, TheTableNamesEveryFile) {
  SOUK_REQUIRE_SDL_DATA();
  std::vector<std::string> files;
  for (const auto& file : files_in(data_folder() / "sdl" / "templates"))
    files.push_back(file.filename().string());
  std::vector<std::string> named;
  for (const auto& [file, expected] : templates()) named.push_back(file);
  EXPECT_EQ(files, named);
}

TEST(SdlTemplates, TheManifestOfEachMatchesItsGroups) {
  SOUK_REQUIRE_SDL_DATA();
  for (const auto& file : files_in(data_folder() / "sdl" / "templates")) {
    const auto sdl = parse(bytes_of(file));
    if (!sdl) continue;
    std::vector<GroupSpec> specs;
    for (const Group& group : sdl.value().groups) specs.push_back(group.spec);
    const auto matches = check_against_groups(sdl.value().manifest, specs);
    EXPECT_TRUE(matches) << file << ": " << (matches ? "" : matches.error().message);
  }
}

}  // namespace
}  // namespace souk::sdl::test
