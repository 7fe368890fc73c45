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

/// The other fixtures of section 1.8, of which only the hash prefixes are at hand: the same names and values
/// in flow style.
std::string flow_sdl(const std::string& version, const std::string& services, const std::string& compute,
                     const std::string& placement, const std::string& deployment,
                     const std::string& more = "") {
  return "version: \"" + version + "\"\nservices: {" + services + "}\nprofiles: {compute: {" + compute +
         "}, placement: {" + placement + "}}\ndeployment: {" + deployment + "}\n" + more;
}

const std::string akash_auditor = "signedBy: {anyOf: [akash1365yvmc4s7awdyj3n2sav7xfx76adc6dnmlx63]}";

std::string compute(const std::string& name, const std::string& cpu, const std::string& memory,
                    const std::string& storage, const std::string& more = "") {
  return name + ": {resources: {cpu: {units: " + cpu + "}, memory: {size: " + memory +
         "}, storage: " + storage + more + "}}";
}

TEST(SdlParity, TheRemainingHashPrefixesOfSection18ComeOut) {
  const std::string global = "to: [{global: true}]";
  const std::string at_akash = "akash: {attributes: {host: akash}, " + akash_auditor + ", pricing: ";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"0f9e29ad",  // v2.0/http-options
       flow_sdl("2.0",
                "web: {image: 'nginx:latest', expose: [{port: 80, as: 80, " + global +
                    ", http_options: {max_body_size: 10485760, read_timeout: 30000, send_timeout: 30000, "
                    "next_tries: "
                    "5, next_timeout: 1000, next_cases: [error, timeout, '500', '502', '503']}}]}",
                compute("w", "0.5", "512Mi", "{size: 1Gi}"), at_akash + "{w: {denom: uakt, amount: 150}}}",
                "web: {akash: {profile: w, count: 1}}")},
      {"aa2046c8",  // v2.0/ip-endpoint
       flow_sdl(
           "2.0",
           "web: {image: 'nginx:latest', expose: [{port: 80, as: 80, proto: tcp, to: [{global: true, ip: "
           "endpoint-http}]}, {port: 443, as: 443, proto: tcp, to: [{global: true, ip: endpoint-https}]}]}",
           compute("w", "250m", "512Mi", "{size: 1Gi}"), at_akash + "{w: {denom: uakt, amount: 200}}}",
           "web: {akash: {profile: w, count: 1}}",
           "endpoints: {endpoint-http: {kind: ip}, endpoint-https: {kind: ip}}\n")},
      {"4fb78efa",  // v2.0/placement
       flow_sdl("2.0", "web: {image: 'nginx:latest', expose: [{port: 80, as: 80, " + global + "}]}",
                compute("w", "500m", "512Mi", "{size: 512Mi}"),
                "us-west: {pricing: {w: {denom: uakt, amount: 1000}}}",
                "web: {us-west: {profile: w, count: 1}}")},
      {"d776416f",  // v2.0/port-ranges
       flow_sdl("2.0",
                "streaming: {image: 'nginx:latest', expose: [{port: 8080, as: 80, " + global +
                    "}, {port: 10000, as: 10000, proto: udp, " + global +
                    "}, {port: 20000, as: 20000, proto: udp, " + global + "}]}",
                compute("s", "1000m", "2Gi", "{size: 1Gi}"),
                "akash: {pricing: {s: {denom: uakt, amount: 2000}}}",
                "streaming: {akash: {profile: s, count: 1}}")},
      {"a024307e",  // v2.0/pricing
       flow_sdl(
           "2.0", "app: {image: 'nginx:latest', expose: [{port: 80, as: 80, " + global + "}]}",
           compute("a", "1000m", "1Gi", "{size: 1Gi}"),
           "provider-a: {pricing: {a: {denom: uakt, amount: 5000}}}, provider-b: {pricing: {a: {denom: uakt, "
           "amount: 3000}}}",
           "app: {provider-a: {profile: a, count: 1}, provider-b: {profile: a, count: 1}}")},
      {"77227e37",  // v2.0/storage-classes
       flow_sdl(
           "2.0",
           "app: {image: 'myapp:latest', expose: [{port: 8080, as: 80, " + global +
               "}], params: {storage: {cache: {mount: /tmp/cache}, logs: {mount: /var/log}, data: {mount: "
               "/data}}}}",
           compute("a", "1", "2Gi",
                   "[{name: cache, size: 1Gi, attributes: {class: ram, persistent: false}}, {name: logs, "
                   "size: 5Gi}, {name: "
                   "data, size: 20Gi, attributes: {class: beta3, persistent: true}}]"),
           "datacenter: {pricing: {a: {denom: uakt, amount: 400}}}",
           "app: {datacenter: {profile: a, count: 1}}")},
      {"94563c52",  // v2.1/ip-endpoint
       flow_sdl("2.1",
                "web: {image: 'nginx:latest', expose: [{port: 80, as: 80, to: [{global: true, ip: "
                "endpoint1}]}, {port: "
                "443, as: 443, to: [{global: true, ip: endpoint2}]}]}, api: {image: 'node:18', expose: "
                "[{port: 3000, "
                "as: 3000, to: [{global: true, ip: endpoint3}]}]}",
                compute("w", "100m", "256Mi", "{size: 512Mi}") + ", " +
                    compute("a", "250m", "512Mi", "{size: 1Gi}"),
                at_akash + "{w: {denom: uakt, amount: 150}, a: {denom: uakt, amount: 200}}}",
                "web: {akash: {profile: w, count: 1}}, api: {akash: {profile: a, count: 1}}",
                "endpoints: {endpoint1: {kind: ip}, endpoint2: {kind: ip}, endpoint3: {kind: ip}}\n")},
      {"8c58e5f8",  // v2.1/tee-cpu
       flow_sdl("2.1",
                "tee-app: {image: 'nginx:latest', expose: [{port: 80, as: 80, " + global +
                    "}], params: {tee: cpu}}",
                compute("t", "500m", "1Gi", "{size: 5Gi}"), at_akash + "{t: {denom: uakt, amount: 250}}}",
                "tee-app: {akash: {profile: t, count: 1}}")},
      {"fe34c236",  // v2.1/tee-cpu-gpu
       flow_sdl("2.1",
                "tee-gpu-app: {image: 'tensorflow/tensorflow:latest-gpu', expose: [{port: 80, as: 80, " +
                    global + "}], params: {tee: cpu-gpu}}",
                compute("t", "1000m", "2Gi", "{size: 10Gi}",
                        ", gpu: {units: 1, attributes: {vendor: {nvidia: [{model: rtx3080}]}}}"),
                at_akash + "{t: {denom: uakt, amount: 1000}}}",
                "tee-gpu-app: {akash: {profile: t, count: 1}}")},
  };
  for (const auto& [prefix, text] : cases) EXPECT_EQ(hash_of(accepted(text)).substr(0, 8), prefix) << text;
}

}  // namespace
}  // namespace souk::sdl::test
