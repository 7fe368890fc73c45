// akash-offchain.md sections 1.1 and 1.2: what each key may hold, and what v2.0 and v2.1 make of it.
#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

using testing::HasSubstr;

/// plain_sdl with keys added to its service.
std::string with_service(const std::string& keys) {
  return plain_with("    expose:\n", keys + "    expose:\n");
}
const Service& first_service(const Sdl& sdl) { return sdl.manifest.at(0).services.at(0); }

TEST(SdlDocument, TheVersionIsReadAsRawText) {
  for (const char* version : {"2.0", "\"2\"", "2", "'2.0'", "v2.0"}) {
    SCOPED_TRACE(version);
    accepted(plain_with("\"2.0\"", version));
  }
  EXPECT_EQ(refusal(plain_with("\"2.0\"", "\"1.0\"")).line, 1u);
  EXPECT_EQ(refusal(plain_with("\"2.0\"", "2.0.1")).line, 1u);
  EXPECT_THAT(refusal(plain_with("version: \"2.0\"\n", "")).message, HasSubstr("no `version`"));
  EXPECT_THAT(refusal(plain_with("\"2.0\"", "~")).message, HasSubstr("no `version`"));
}

TEST(SdlDocument, UnknownTopLevelKeysAreRefusedAtTheirLine) {
  const Problem problem = refusal(plain_with("services:\n", "volumes: {}\nservices:\n"));
  EXPECT_EQ(problem.line, 2u);
  EXPECT_THAT(problem.message, HasSubstr("unknown key `volumes`"));
}

TEST(SdlDocument, OnlyTheFirstDocumentIsRead) {
  const Sdl sdl = accepted(std::string(plain_sdl) + "---\n[not, sdl\n");
  EXPECT_THAT(sdl.warnings,
              testing::Contains(testing::Field(&Problem::message, HasSubstr("first YAML document"))));
  EXPECT_TRUE(accepted(std::string(plain_sdl)).warnings.empty());
}

TEST(SdlDocument, IncludeIsReadAndNeverUsed) {
  EXPECT_EQ(hash_of(accepted(plain_with("services:\n", "include: [a.yaml]\nservices:\n"))),
            hash_of(accepted(plain_sdl)));
}

TEST(SdlDocument, AnchorsAndMergesWork) {
  const std::string text =
      with(plain_with("    web:\n      resources:\n", "    web: &profile\n      resources:\n"),
           "  placement:\n", "    copy:\n      <<: *profile\n  placement:\n");
  EXPECT_EQ(hash_of(accepted(
                with(with(text, "        web:\n", "        copy:\n"), "profile: web", "profile: copy"))),
            hash_of(accepted(plain_sdl)));
}

TEST(SdlDocument, AKeyTwiceIsRefusedWithBothLines) {
  const Problem problem = refusal(plain_with("    image: nginx\n", "    image: nginx\n    image: other\n"));
  EXPECT_EQ(problem.line, 5u);
  EXPECT_THAT(problem.message, HasSubstr("first at line 4"));
}

TEST(SdlDocument, NothingDeployedOrNothingGlobalIsRefused) {
  EXPECT_THAT(refusal("version: \"2.0\"\n").message, HasSubstr("nothing is deployed"));
  EXPECT_THAT(refusal(plain_with("global: true", "service: web")).message, HasSubstr("nothing is exposed"));
  EXPECT_THAT(refusal("").message, HasSubstr("empty"));
  EXPECT_THAT(refusal("[a]").message, HasSubstr("is a map"));
}

TEST(SdlReferences, MissingNamesAreRefusedWhereTheyAreUsed) {
  EXPECT_EQ(refusal(plain_with("profile: web", "profile: big")).line, 28u);
  EXPECT_EQ(refusal(with(plain_sdl, "    west:\n      profile", "    north:\n      profile")).line, 27u);
  EXPECT_EQ(refusal(with(plain_sdl, "deployment:\n  web:", "deployment:\n  api:")).line, 27u);
  // The placement that lacks the price.
  EXPECT_EQ(refusal(with(plain_sdl, "        web:\n          denom", "        api:\n          denom")).line,
            20u);
}

TEST(SdlService, ListsKeepNullApartFromEmpty) {
  const auto json = [](const std::string& keys) {
    return manifest_json(accepted(with_service(keys)).manifest);
  };
  EXPECT_THAT(json(""), HasSubstr(R"("command":null,"args":null,"env":null)"));
  EXPECT_THAT(json("    command:\n    args: []\n    env: [A=1, ~]\n"),
              HasSubstr(R"("command":null,"args":[],"env":["A=1"])"));
  EXPECT_THAT(json("    command: [sh, -c]\n"), HasSubstr(R"("command":["sh","-c"])"));
}

TEST(SdlService, WrongKindsAreRefusedAtTheirLine) {
  for (const char* wrong : {"    command: sh\n", "    env: {A: 1}\n", "    args: [[a]]\n",
                            "    params: [a]\n", "    credentials: no\n", "    dependencies: web\n"})
    EXPECT_EQ(refusal(with_service(wrong)).line, 5u) << wrong;
  EXPECT_EQ(refusal(plain_with("port: 80", "port: \"80\"")).line, 6u);
  EXPECT_EQ(refusal(plain_with("port: 80", "port: eighty")).line, 6u);
  EXPECT_EQ(refusal(plain_with("global: true", "global: 1")).line, 8u);
  EXPECT_EQ(refusal(plain_with("count: 1", "count: -1")).line, 29u);
  EXPECT_EQ(refusal(plain_with("image: nginx", "image: [nginx]")).line, 4u);
}

TEST(SdlService, NamesImagesVariablesAndHostsAreChecked) {
  for (const char* name : {"Web", "1web", "web-", "we_b", "-web"}) {
    const std::string n = name;
    EXPECT_THAT(refusal(with(with(plain_sdl, "services:\n  web:", "services:\n  " + n + ":"),
                             "deployment:\n  web:", "deployment:\n  " + n + ":"))
                    .message,
                HasSubstr("no service name"))
        << name;
  }
  EXPECT_THAT(refusal(plain_with("image: nginx", "image: \"\"")).message, HasSubstr("has no `image`"));
  EXPECT_THAT(refusal(plain_with("    image: nginx\n", "")).message, HasSubstr("has no `image`"));
  for (const char* env : {"1A=x", "=x", "A B=x", "..=x", "\"\""})
    EXPECT_EQ(refusal(with_service("    env: [" + std::string(env) + "]\n")).line, 5u) << env;
  for (const char* env : {"A", "A=", "A=b=c", "_a.b-c=1", ".a=1", "-a=1"})
    accepted(with_service("    env: [" + std::string(env) + "]\n"));
  for (const char* host : {"Upper.com", "a_b.com", "-a.com", "a..b", "\"\"", "a b"})
    EXPECT_EQ(
        refusal(plain_with("        to:\n", "        accept: [" + std::string(host) + "]\n        to:\n"))
            .line,
        7u)
        << host;
  EXPECT_THAT(refusal(plain_with("        to:\n", "        accept: [a.com, a.com]\n        to:\n")).message,
              HasSubstr("there twice"));
  EXPECT_THAT(
      refusal(plain_with("        to:\n", "        accept: [a.com]\n        to:\n          - service: web\n"))
          .message,
      HasSubstr("there twice"));
  EXPECT_THAT(refusal(plain_with("port: 80", "port: 80\n        proto: sctp")).message,
              HasSubstr("unknown `proto`"));
}

TEST(SdlService, CredentialsAreTrimmedByV21AndLoseTheirEmailInV20) {
  const std::string v20 = with_service(
      "    credentials: {host: ' h ', email: ' e@mail ', username: ' u', password: 'secret '}\n");
  EXPECT_EQ(first_service(accepted(v20)).credentials, (Credentials{" h ", "", " u", "secret "}));
  EXPECT_EQ(first_service(accepted(with(v20, "\"2.0\"", "\"2.1\""))).credentials,
            (Credentials{"h", "e@mail", "u", "secret"}));
  for (const char* blank : {"{username: u, password: p}", "{host: ' ', username: u, password: p}",
                            "{host: h, password: p}", "{host: h, username: u}"})
    EXPECT_EQ(refusal(with_service("    credentials: " + std::string(blank) + "\n")).line, 5u) << blank;
}

TEST(SdlService, ParamsArePresentIffWritten) {
  const auto json = [](const std::string& keys) {
    return manifest_json(accepted(with_service(keys)).manifest);
  };
  EXPECT_THAT(json(""), testing::Not(HasSubstr("params")));
  EXPECT_THAT(json("    params:\n"), testing::Not(HasSubstr("params")));
  EXPECT_THAT(json("    params: {}\n"), HasSubstr(R"("params":{"storage":null})"));
  EXPECT_THAT(json("    params: {permissions: {}}\n"),
              HasSubstr(R"("params":{"storage":null,"permissions":{}})"));
  EXPECT_THAT(json("    params: {permissions: {read: [logs]}}\n"),
              HasSubstr(R"("permissions":{"read":["logs"]})"));
  EXPECT_THAT(json("    params: {storage: {default: {mount: /d, readOnly: true}}}\n"),
              HasSubstr(R"("params":{"storage":[{"name":"default","mount":"/d","readOnly":true}]})"));
}

std::string with_http(const std::string& options) {
  return plain_with("        to:\n", "        http_options: " + options + "\n        to:\n");
}

TEST(SdlHttpOptions, ZeroAndAbsentAreTheDefaults) {
  EXPECT_EQ(
      first_service(accepted(with_http("{max_body_size: 0, read_timeout: 0, next_tries: 0, next_cases: []}")))
          .expose.at(0)
          .http,
      HttpOptions{});
}

TEST(SdlHttpOptions, EachBoundIsAcceptedAndOneBeyondRefused) {
  for (const auto& [key, bound] : {std::pair<std::string, std::uint64_t>{"max_body_size", 104857600},
                                   {"read_timeout", 60000},
                                   {"send_timeout", 60000},
                                   {"proxy_buffer_size", 1048576}}) {
    accepted(with_http("{" + key + ": " + std::to_string(bound) + "}"));
    EXPECT_EQ(refusal(with_http("{" + key + ": " + std::to_string(bound + 1) + "}")).line, 7u) << key;
  }
  EXPECT_THAT(manifest_json(accepted(with_http("{proxy_buffer_size: 4096}")).manifest),
              HasSubstr(R"(,"proxyBufferSize":4096})"));
}

TEST(SdlHttpOptions, NextCasesAreAClosedSetAndOffStandsAlone) {
  EXPECT_EQ(first_service(accepted(with_http("{next_cases: [off]}"))).expose.at(0).http.next_cases,
            std::vector<std::string>{"off"});
  EXPECT_THAT(refusal(with_http("{next_cases: [off, error]}")).message, HasSubstr("must stand alone"));
  EXPECT_THAT(refusal(with_http("{next_cases: ['400']}")).message, HasSubstr("unknown next case `400`"));
}

TEST(SdlReclamation, IsAPositiveDurationAndNotInTheManifest) {
  const std::string text = std::string(plain_sdl) + "reclamation:\n  min_window: 24h\n";
  const Sdl sdl = accepted(text);
  EXPECT_EQ(sdl.reclamation_min_window, Duration(std::chrono::hours(24)));
  EXPECT_TRUE(sdl.warnings.empty());
  EXPECT_EQ(hash_of(sdl), hash_of(accepted(plain_sdl)));
  for (const char* wrong : {"0s", "-1h", "1d", "soon", "\"\""})
    EXPECT_EQ(refusal(with(text, "24h", wrong)).line, 31u) << wrong;
  EXPECT_EQ(accepted(with(text, "24h", "1h30m")).warnings.size(), 1u);
}

struct WarningCase {
  std::string from;
  std::string to;
  std::uint32_t line;
  std::string says;
};

TEST(SdlWarnings, WhatTheSchemaRefusesAndGoAcceptsIsWarnedOf) {
  const std::vector<WarningCase> cases = {
      {"\"2.0\"", "2.0", 1, "in quotes"},
      {"    image: nginx\n", "    image: nginx\n    depends_on: [db]\n", 5, "unknown key `depends_on`"},
      {"    image: nginx\n", "    image: 123\n", 4, "should be text"},
      {"port: 80", "port: 80\n        as: 0", 7, "`as` should be from 1 to 65535"},
      {"port: 80", "port: 80\n        as: 70000", 7, "`as` should be from 1 to 65535"},
      {"port: 80", "port: 80\n        proto: Tcp", 7, "should be tcp or udp"},
      {"- global: true", "- global: true\n            http_options: {}", 9,
       "unknown key `http_options` in `to`"},
      {"    expose:\n", "    params: {permissions: {read: [secrets]}}\n    expose:\n", 5,
       "unknown permission `secrets`"},
      {"    expose:\n", "    credentials: {host: h, username: u, password: short}\n    expose:\n", 5,
       "at least 6 characters"},
      {"services:\n", "services:\n  idle: {image: x}\n", 3, "service `idle` is not deployed"},
      {"size: 128Mi", "size: 134217728", 16, "should be text"},
      {"- size: 1Gi", "- size: 1Gi\n            attributes: {persistent: false}", 19,
       "both `persistent` and `class`"},
      {"      pricing:\n", "      attributes: {\"a b\": c}\n      pricing:\n", 21, "no attribute key"},
      {"      pricing:\n", "      signedBy: {anyOf: [1]}\n      pricing:\n", 21, "should be text"},
  };
  for (const WarningCase& c : cases) {
    const Sdl sdl = accepted(plain_with(c.from, c.to));
    EXPECT_THAT(sdl.warnings,
                testing::ElementsAre(testing::AllOf(testing::Field(&Problem::line, c.line),
                                                    testing::Field(&Problem::message, HasSubstr(c.says)))))
        << c.to;
  }
}

TEST(SdlWarnings, AGoodFileHasNone) {
  EXPECT_TRUE(accepted(plain_sdl).warnings.empty());
  EXPECT_TRUE(accepted(with_gpu("{units: 1, attributes: {vendor: {nvidia: [{model: a100, ram: 80Gi}]}}}"))
                  .warnings.empty());
}

}  // namespace
}  // namespace souk::sdl::test
