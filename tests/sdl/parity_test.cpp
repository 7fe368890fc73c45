// Against what the Go implementation made of the same files (data: sdl/parity), and the hash vectors of
// akash-offchain.md section 1.8.
#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

struct Vector {
  std::string name;
  std::string hash_prefix;
};

/// Hash prefixes of section 1.8 for the inputs at hand.
const std::vector<Vector>& parity_inputs() {
  static const std::vector<Vector> inputs = {
      {"v2.0-gpu-basic", "b388e6d9"},          {"v2.0-multiple-services", "27bca68b"},
      {"v2.0-persistent-storage", "b6fc0503"}, {"v2.0-simple", "8f8bac71"},
      {"v2.1-credentials", "9b7070eb"},        {"v2.1-shared-ip", "4d7c14fc"},
  };
  return inputs;
}

TEST(SdlParity, EveryInputMakesTheBytesTheGoImplementationMakes) {
  SOUK_REQUIRE_SDL_DATA();
  const auto parity = data_folder() / "sdl" / "parity";
  for (const Vector& input : parity_inputs()) {
    SCOPED_TRACE(input.name);
    const Sdl sdl = accepted(bytes_of(parity / "input" / (input.name + ".yaml")));
    EXPECT_EQ(groups_json(sdl.groups, Layout::indented),
              bytes_of(parity / "output" / (input.name + ".group-specs.json")));
    EXPECT_EQ(manifest_json(sdl.manifest, Layout::indented),
              bytes_of(parity / "output" / (input.name + ".manifest.json")));
    EXPECT_EQ(hash_of(sdl).substr(0, 8), input.hash_prefix);
  }
}

TEST(SdlParity, NoInputIsForgotten) {
  SOUK_REQUIRE_SDL_DATA();
  EXPECT_EQ(files_in(data_folder() / "sdl" / "parity" / "input").size(), parity_inputs().size());
}

TEST(SdlParity, InvalidFilesAreRefusedAtTheLineToCorrect) {
  SOUK_REQUIRE_SDL_DATA();
  struct Case {
    std::string file;
    std::uint32_t line;
    std::string reason;
  };
  const std::vector<Case> cases = {
      // `count: 0`
      {"count-zero.yaml", 32, "no replica"},
      // `- ip: myip`, which lacks `global: true`
      {"ip-without-global.yaml", 14, "`ip` needs `global: true`"},
      // the placement that has no `pricing`
      {"missing-pricing.yaml", 23, "no price for profile `web`"},
      // `persistent: true`, which asks for a mount
      {"persistent-without-mount.yaml", 23, "persistent volume `data` needs a mount"},
      // `port: 99999`
      {"port-too-high.yaml", 8, "`port` must be from 1 to 65535, not 99999"},
  };
  const auto folder = data_folder() / "sdl" / "parity" / "invalid";
  EXPECT_EQ(files_in(folder).size(), cases.size());
  for (const Case& wrong : cases) {
    const Problem problem = refusal(bytes_of(folder / wrong.file));
    EXPECT_EQ(problem.line, wrong.line) << wrong.file << ": " << problem.message;
    EXPECT_THAT(problem.message, testing::HasSubstr(wrong.reason)) << wrong.file;
  }
}

std::string one_service(const std::string& service, const std::string& image, const std::string& port,
                        const std::string& cpu, const std::string& storage) {
  return "version: \"2.0\"\n"
         "services:\n  " +
         service + ":\n    image: " + image + "\n    expose:\n      - port: " + port +
         "\n        as: 80\n        to:\n          - global: true\n"
         "profiles:\n  compute:\n    " +
         service + ":\n      resources:\n        cpu:\n          units: " + cpu +
         "\n        memory:\n          size: 512Mi\n        storage:\n" + storage +
         "  placement:\n    akash:\n      pricing:\n        " + service +
         ":\n          denom: uakt\n          amount: 1000\n"
         "deployment:\n  " +
         service + ":\n    akash:\n      profile: " + service + "\n      count: 1\n";
}

TEST(SdlParity, TheHashVectorsOfSection18ComeOut) {
  const std::string storage = "          - size: 512Mi\n";
  EXPECT_EQ(hash_of(accepted(one_service("tetris", "bsord/tetris", "80", "1.0", storage))),
            "ee52e329aa45b0638c27065d52eb0dc92f6704194bc63c6435c56fb549dded7d");
  EXPECT_EQ(hash_of(accepted(one_service("tetris-main", "bsord/tetris", "80", "1.0", storage))),
            "838f09afb4073a3ca8eb25ff5f4f02fb9d2cde6985be636b04ede17401154583");
  EXPECT_EQ(hash_of(accepted(one_service("minesweeper", "creepto/minesweeper", "3000", "0.1", storage))),
            "76857258cd925b92f12f93ebc8f488c637a17708764f7996d54ad02c2564f174");
}

}  // namespace
}  // namespace souk::sdl::test
