// akash-offchain.md section 1.8: Go's string escaping and the canonical form.
#include "runtime/sdl/json.hpp"

#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

TEST(SdlJson, StringsAreEscapedAsGoDoes) {
  EXPECT_EQ(json_string("plain /path"), R"("plain /path")");
  EXPECT_EQ(json_string("\"\\"), R"("\"\\")");
  EXPECT_EQ(json_string("\b\f\n\r\t"), R"("\b\f\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json_string("<a> & b"), R"("\u003ca\u003e \u0026 b")");
  EXPECT_EQ(json_string("\u00e9\u20ac\U0001F600"), "\"\u00e9\u20ac\U0001F600\"");
  EXPECT_EQ(json_string("\u2028\u2029\u202a"), "\"\\u2028\\u2029\u202a\"");
}

TEST(SdlJson, EveryByteOfInvalidUtf8BecomesTheReplacementEscape) {
  EXPECT_EQ(json_string("\x80"), R"("\ufffd")");
  EXPECT_EQ(json_string("a\xC3"), R"("a\ufffd")");
  EXPECT_EQ(json_string("\xC0\xAF"), R"("\ufffd\ufffd")");                      // overlong
  EXPECT_EQ(json_string("\xED\xA0\x80"), R"("\ufffd\ufffd\ufffd")");            // surrogate
  EXPECT_EQ(json_string("\xF4\x90\x80\x80"), R"("\ufffd\ufffd\ufffd\ufffd")");  // beyond U+10FFFF
  EXPECT_EQ(json_string("\xE2\x82"
                        "b"),
            R"("\ufffd\ufffdb")");
}

TEST(SdlJson, TheCanonicalFormHasSortedKeysAndNoSpaces) {
  const Sdl sdl = accepted(plain_sdl);
  EXPECT_EQ(
      canonical_json(sdl.manifest),
      R"([{"name":"west","services":[{"args":null,"command":null,"count":1,"credentials":null,"env":null,)"
      R"("expose":[{"endpointSequenceNumber":0,"externalPort":0,"global":true,"hosts":null,)"
      R"("httpOptions":{"maxBodySize":1048576,"nextCases":["error","timeout"],"nextTimeout":0,"nextTries":3,)"
      R"("readTimeout":60000,"sendTimeout":60000},"ip":"","port":80,"proto":"TCP","service":""}],)"
      R"("image":"nginx","name":"web","resources":{"cpu":{"units":{"val":"100"}},)"
      R"("endpoints":[{"sequence_number":0}],"gpu":{"units":{"val":"0"}},"id":1,)"
      R"("memory":{"size":{"val":"134217728"}},"storage":[{"name":"default","size":{"val":"1073741824"}}]}}]}])");
}

TEST(SdlJson, TheHashIsOfTheCanonicalForm) {
  const Sdl sdl = accepted(plain_sdl);
  EXPECT_EQ(deployment_hash(sdl.manifest), sha256(canonical_json(sdl.manifest)));
}

TEST(SdlJson, EveryFieldOfTheManifestChangesTheHash) {
  const Sdl sdl = accepted(plain_sdl);
  const Manifest& original = sdl.manifest;
  std::vector<Manifest> changes(9, original);
  changes[0][0].name = "east";
  changes[1][0].services[0].image = "httpd";
  changes[2][0].services[0].command = std::vector<std::string>{};
  changes[3][0].services[0].count = 2;
  changes[4][0].services[0].expose[0].external_port = 80;
  changes[5][0].services[0].expose[0].http.next_tries = 4;
  changes[6][0].services[0].resources.gpu_units = 1;
  changes[7][0].services[0].params = ServiceParams{};
  changes[8][0].services[0].credentials = Credentials{};
  for (std::size_t i = 0; i < changes.size(); ++i)
    EXPECT_NE(deployment_hash(changes[i]), deployment_hash(original)) << "change " << i;
}

}  // namespace
}  // namespace souk::sdl::test
