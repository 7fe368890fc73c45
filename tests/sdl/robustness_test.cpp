// Hostile and damaged input: bounded, and never a crash.
#include "actors/base/rng.hpp"
#include "tests/sdl/sdl_data.hpp"
#include "tests/temporary_folder.hpp"

namespace souk::sdl::test {
namespace {

using testing::HasSubstr;

TEST(SdlBounds, AFileThatIsTooLargeIsRefusedBeforeItIsParsed) {
  Limits limits;
  limits.bytes_max = plain_sdl.size();
  EXPECT_TRUE(parse(plain_sdl, limits));
  limits.bytes_max -= 1;
  EXPECT_THAT(parse(plain_sdl, limits).error().message, HasSubstr("larger than"));
}

TEST(SdlBounds, NestingIsBounded) {
  EXPECT_THAT(refusal("version: \"2.0\"\nservices: " + std::string(100'000, '[')).message,
              HasSubstr("nested deeper"));
  EXPECT_THAT(refusal("version: \"2.0\"\nservices: " + std::string(100'000, '{')).message,
              testing::Not(testing::IsEmpty()));
  std::string blocks = "version: \"2.0\"\n";
  for (int depth = 0; depth < 100; ++depth)
    blocks += std::string(static_cast<std::size_t>(depth), ' ') + "a:\n";
  EXPECT_EQ(refusal(blocks).line, 66u);
}

TEST(SdlBounds, TheNumberOfValuesIsBounded) {
  std::string text = "version: \"2.0\"\ninclude: [";
  for (int i = 0; i < 60'000; ++i) text += "a,";
  Limits limits;
  limits.nodes_max = 50'000;
  EXPECT_THAT(parse(text + "]\n", limits).error().message, HasSubstr("more than 50000 values"));
}

TEST(SdlBounds, AliasesThatMultiplyAreRefusedAtTheLineThatIsTooMuch) {
  std::string bomb = "version: \"2.0\"\ninclude:\n  - &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string one = "*a" + std::to_string(i - 1) + " ";
    bomb += "  - &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k) bomb += one + ",";
    bomb += "]\n";
  }
  const Problem problem = refusal(bomb);
  EXPECT_THAT(problem.message, HasSubstr("aliases multiply"));
  EXPECT_EQ(problem.line, 7u);  // a4 would be 111,111 values
}

TEST(SdlBounds, AnAliasInsideItsOwnAnchorIsRefused) {
  const Problem problem = refusal("version: \"2.0\"\nservices: &s\n  web: *s\n");
  EXPECT_EQ(problem.line, 3u);
  EXPECT_THAT(problem.message, HasSubstr("inside its own anchor"));
}

TEST(SdlBounds, MoreVolumesThanOurOrderIsKnownForAreRefused) {
  std::string volumes;
  for (int i = 0; i < 21; ++i) volumes += "{name: v" + std::to_string(i) + ", size: 1Gi},";
  EXPECT_THAT(refusal(with_storage("[" + volumes + "]")).message, HasSubstr("21 volumes"));
}

TEST(SdlBounds, BrokenYamlIsRefusedAtItsLine) {
  EXPECT_EQ(refusal("version: \"2.0\"\nservices:\n  web: [\n").line, 4u);
  EXPECT_EQ(refusal("version: \"2.0\nservices: {}\n").line, 1u);  // where the quote opens
  EXPECT_EQ(refusal("version: \"2.0\"\n\tservices: {}\n").line, 2u);
  EXPECT_EQ(refusal("version: *nothing\n").line, 1u);
}

TEST(SdlLoad, SaysWhyAFileCanNotBeRead) {
  EXPECT_THAT(load("/nonexistent.yaml").error().message,
              testing::StartsWith("/nonexistent.yaml: No such file"));
  const souk::test::TemporaryFolder folder;
  EXPECT_THAT(load(folder.path()).error().message, HasSubstr("is a folder"));
}

/// One random damage to `text`.
void damage(std::string& text, Rng& rng, const std::vector<std::string>& corpus) {
  const std::size_t at = rng.below(text.size() + 1);
  switch (rng.below(6)) {
    case 0:  // a byte
      if (at < text.size()) text[at] = static_cast<char>(rng.below(256));
      break;
    case 1:  // a piece away
      text.erase(at, rng.below(40));
      break;
    case 2:  // a piece of another file
    {
      const std::string& other = corpus[rng.below(corpus.size())];
      const std::size_t from = rng.below(other.size());
      text.insert(at, other, from, rng.below(60));
      break;
    }
    case 3: {  // what YAML cares about
      static const std::vector<std::string> tokens = {"\n",     "  ",
                                                      ": ",     "- ",
                                                      "*a",     "&a ",
                                                      "<<: ",   "[",
                                                      "]",      "{",
                                                      "}",      "'",
                                                      "\"",     "|\n",
                                                      ">-\n",   "~",
                                                      "!!str ", "? ",
                                                      "---\n",  "\t",
                                                      "0x",     "1e9",
                                                      "-1",     "99999999999999999999",
                                                      "\xFF",   "\xEF\xBB\xBF",
                                                      "%"};
      text.insert(at, tokens[rng.below(tokens.size())]);
      break;
    }
    case 4:  // a line twice
    {
      const std::size_t end = text.find('\n', at);
      if (end != std::string::npos) text.insert(at, text.substr(at, end - at + 1));
      break;
    }
    default:  // the end away
      text.resize(at);
  }
}

TEST(SdlProperty, DamagedFilesNeverCrashAndWhatIsAcceptedIsConsistent) {
  std::vector<std::string> corpus = {std::string(plain_sdl)};
  if (std::filesystem::exists(data_folder() / "sdl")) {
    for (const char* folder : {"templates", "parity/input", "parity/invalid"}) {
      for (const auto& file : files_in(data_folder() / "sdl" / folder)) corpus.push_back(bytes_of(file));
    }
  }
  std::size_t accepted_count = 0;
  for (std::uint64_t seed = 0; seed < 6'000; ++seed) {
    Rng rng(seed, ActorId{0}, Purpose::test, 0);
    std::string text = corpus[rng.below(corpus.size())];
    for (std::uint64_t n = 1 + rng.below(2); n > 0; --n) damage(text, rng, corpus);
    const auto sdl = parse(text);
    if (!sdl) {
      EXPECT_FALSE(sdl.error().message.empty()) << "seed " << seed;
      continue;
    }
    ++accepted_count;
    std::vector<GroupSpec> specs;
    for (const Group& group : sdl.value().groups) specs.push_back(group.spec);
    EXPECT_TRUE(check_against_groups(sdl.value().manifest, specs)) << "seed " << seed;
    EXPECT_EQ(canonical_json(sdl.value().manifest).size(), manifest_json(sdl.value().manifest).size())
        << "seed " << seed;
  }
  EXPECT_GT(accepted_count, 300u);  // the damage is mild enough to reach the later stages
}

TEST(SdlProperty, ParsingTwiceGivesTheSameHash) {
  SOUK_REQUIRE_SDL_DATA();
  for (const auto& file : files_in(data_folder() / "sdl" / "templates")) {
    const std::string text = bytes_of(file);
    const auto once = parse(text);
    const auto twice = parse(text);
    ASSERT_EQ(once.has_value(), twice.has_value()) << file;
    if (once) {
      EXPECT_EQ(deployment_hash(once.value().manifest), deployment_hash(twice.value().manifest)) << file;
    }
  }
}

}  // namespace
}  // namespace souk::sdl::test
