// akash-offchain.md section 1.6: groups, units, endpoints and the quirks of their numbers.
#include "tests/sdl/sdl_data.hpp"

namespace souk::sdl::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// services and endpoints in flow style over the usual profile.
std::string sdl_text(const std::string& version, const std::string& services, const std::string& deployment,
                     const std::string& endpoints = "") {
  return "version: \"" + version + "\"\nservices:\n" + services +
         "profiles:\n"
         "  compute:\n"
         "    small: {resources: {cpu: {units: 100m}, memory: {size: 128Mi}, storage: {size: 1Gi}}}\n"
         "    large: {resources: {cpu: {units: 1}, memory: {size: 1Gi}, storage: {size: 2Gi}}}\n"
         "  placement:\n"
         "    west: {pricing: {small: {denom: uact, amount: 10}, large: {denom: uact, amount: 20}}}\n"
         "    east: {pricing: {small: {denom: uact, amount: 11}, large: {denom: uact, amount: 21}}}\n"
         "deployment:\n" +
         deployment + endpoints;
}

std::string exposed(const std::string& name, const std::string& expose) {
  return "  " + name + ": {image: nginx, expose: [" + expose + "]}\n";
}
std::string deployed(const std::string& name, const std::string& profile = "small", int count = 1) {
  return "  " + name + ": {west: {profile: " + profile + ", count: " + std::to_string(count) + "}}\n";
}

std::vector<std::uint32_t> ip_numbers(const Sdl& sdl) {
  std::vector<std::uint32_t> numbers;
  for (const ManifestGroup& group : sdl.manifest) {
    for (const Service& service : group.services) {
      for (const Expose& expose : service.expose) {
        if (!expose.ip.empty()) numbers.push_back(expose.endpoint_sequence_number);
      }
    }
  }
  return numbers;
}

const std::string one_endpoint = "endpoints: {meow: {kind: ip}}\n";

TEST(SdlEndpoints, AnEndpointUsedOnceHasNumberOne) {
  EXPECT_THAT(
      ip_numbers(accepted(sdl_text("2.0", exposed("web", "{port: 80, to: [{global: true, ip: meow}]}"),
                                   deployed("web"), one_endpoint))),
      ElementsAre(1));
}

TEST(SdlEndpoints, AnEndpointUsedTwiceHasItsLastPosition) {
  EXPECT_THAT(ip_numbers(accepted(sdl_text("2.0",
                                           exposed("web",
                                                   "{port: 80, to: [{global: true, ip: meow}]},"
                                                   "{port: 81, as: 81, to: [{global: true, ip: meow}]}"),
                                           deployed("web"), one_endpoint))),
              ElementsAre(2, 2));
}

TEST(SdlEndpoints, EveryToThatIsNotGlobalShiftsTheNumbersByOne) {
  // Go puts the empty name of such an entry into the list that numbers are counted in.
  const std::string web =
      exposed("web", "{port: 80, to: [{global: true, ip: meow}]}, {port: 90, to: [{service: web}]}");
  EXPECT_THAT(ip_numbers(accepted(sdl_text("2.0", web, deployed("web"), one_endpoint))), ElementsAre(2));
  // A plain global entry does not.
  const std::string global =
      exposed("web", "{port: 80, to: [{global: true, ip: meow}]}, {port: 90, to: [{global: true}]}");
  EXPECT_THAT(ip_numbers(accepted(sdl_text("2.0", global, deployed("web"), one_endpoint))), ElementsAre(1));
  // Nor does an entry without `to`.
  const std::string bare = exposed("web", "{port: 80, to: [{global: true, ip: meow}]}, {port: 90}");
  EXPECT_THAT(ip_numbers(accepted(sdl_text("2.0", bare, deployed("web"), one_endpoint))), ElementsAre(1));
}

TEST(SdlEndpoints, NumbersFollowTheNamesOfEndpointsNotTheOrderWritten) {
  const Sdl sdl = accepted(sdl_text("2.0",
                                    exposed("web",
                                            "{port: 80, to: [{global: true, ip: zoo}]},"
                                            "{port: 81, to: [{global: true, ip: ant}]}"),
                                    deployed("web"), "endpoints: {zoo: {kind: ip}, ant: {kind: ip}}\n"));
  EXPECT_THAT(ip_numbers(sdl), ElementsAre(2, 1));
}

TEST(SdlEndpoints, ServicesThatAreNotDeployedDoNotCount) {
  const std::string services = exposed("web", "{port: 80, to: [{global: true, ip: meow}]}") +
                               exposed("idle", "{port: 90, to: [{service: web}]}");
  EXPECT_THAT(ip_numbers(accepted(sdl_text("2.0", services, deployed("web"), one_endpoint))), ElementsAre(1));
}

TEST(SdlEndpoints, KindsFollowProtocolAndExternalPort) {
  const Sdl sdl = accepted(
      sdl_text("2.0",
               exposed("web",
                       "{port: 80, to: [{global: true}]}, {port: 8080, as: 80, to: [{global: true}]},"
                       "{port: 80, proto: udp, to: [{global: true}]},"
                       "{port: 443, to: [{global: true}]}, {port: 99, to: [{service: web}]},"
                       "{port: 80, as: 81, proto: TcP, to: [{global: true, ip: meow}]}"),
               deployed("web"), one_endpoint));
  std::vector<Endpoint> expected = {
      {EndpointKind::shared_http, 0},                                // 80 tcp
      {EndpointKind::random_port, 0}, {EndpointKind::leased_ip, 2},  // 80 as 81, with its IP
      {EndpointKind::random_port, 0},                                // 80 udp
      {EndpointKind::random_port, 0},                                // 443
      {EndpointKind::shared_http, 0},                                // 8080 as 80
  };
  EXPECT_EQ(first_resources(sdl).endpoints, expected);
}

TEST(SdlEndpoints, IpRulesAreEnforced) {
  const auto reason = [](const std::string& expose, const std::string& endpoints) {
    return refusal(sdl_text("2.0", exposed("web", expose), deployed("web"), endpoints)).message;
  };
  EXPECT_THAT(reason("{port: 80, to: [{ip: meow}]}", one_endpoint), HasSubstr("needs `global: true`"));
  EXPECT_THAT(reason("{port: 80, to: [{global: true, ip: purr}]}", one_endpoint),
              HasSubstr("no endpoint named `purr`"));
  EXPECT_THAT(reason("{port: 80, to: [{global: true}]}", one_endpoint), HasSubstr("`meow` is never used"));
  EXPECT_THAT(reason("{port: 80, to: [{global: true, ip: meow}]}, {port: 81, to: [{global: true, ip: meow}]}",
                     one_endpoint),
              HasSubstr("already serves this port"));
  // The raw text is the key: 0 and 80, `` and `tcp` do not collide.
  accepted(sdl_text(
      "2.0",
      exposed(
          "web",
          "{port: 80, to: [{global: true, ip: meow}]}, {port: 80, as: 80, to: [{global: true, ip: meow}]},"
          "{port: 80, proto: tcp, to: [{global: true, ip: meow}]}"),
      deployed("web"), one_endpoint));
  EXPECT_THAT(reason("{port: 80, to: [{global: true, ip: m}]}", "endpoints: {m: {kind: ip}}\n"),
              HasSubstr("no endpoint name"));
  EXPECT_THAT(reason("{port: 80, to: [{global: true, ip: meow}]}", "endpoints: {meow: {kind: dns}}\n"),
              HasSubstr("`kind: ip`"));
  EXPECT_THAT(reason("{port: 80, to: [{global: true, ip: meow}]}", "endpoints: {meow: }\n"),
              HasSubstr("`kind: ip`"));
}

const std::string three_services = exposed("c", "{port: 80, to: [{global: true}]}") +
                                   exposed("a", "{port: 90, to: [{global: true}]}") +
                                   exposed("b", "{port: 70, to: [{service: a}]}");
const std::string three_uses =
    deployed("c", "small", 2) + deployed("a", "small", 3) + deployed("b", "large", 1);

TEST(SdlGroups, V20MakesOneUnitPerServiceInNameOrder) {
  const Sdl sdl = accepted(sdl_text("2.0", three_services, three_uses));
  const auto& units = sdl.groups.at(0).spec.resources;
  ASSERT_EQ(units.size(), 3u);
  for (std::size_t i = 0; i < units.size(); ++i) {
    EXPECT_EQ(units[i].resource.id, i + 1);
    EXPECT_EQ(sdl.manifest.at(0).services.at(i).resources.id, i + 1);
  }
  EXPECT_EQ(units[0].count, 3u);  // a
  EXPECT_EQ(units[1].count, 1u);  // b
  EXPECT_EQ(units[2].count, 2u);  // c
  EXPECT_EQ(sdl.manifest.at(0).services.at(2).name, "c");
}

TEST(SdlGroups, V21SharesAUnitBetweenServicesOfOneProfile) {
  const Sdl sdl = accepted(sdl_text("2.1", three_services, three_uses));
  const auto& units = sdl.groups.at(0).spec.resources;
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[0].count, 5u);
  EXPECT_EQ(units[0].resource.endpoints,
            (std::vector<Endpoint>{{EndpointKind::random_port, 0}, {EndpointKind::shared_http, 0}}));
  EXPECT_EQ(units[1].count, 1u);
  const auto& services = sdl.manifest.at(0).services;
  EXPECT_EQ(services.at(0).resources.id, 1u);  // a
  EXPECT_EQ(services.at(1).resources.id, 2u);  // b
  EXPECT_EQ(services.at(2).resources.id, 1u);  // c
  EXPECT_EQ(services.at(2).resources.endpoints, (std::vector<Endpoint>{{EndpointKind::shared_http, 0}}));
}

TEST(SdlGroups, OneGroupPerPlacementSortedByName) {
  const Sdl sdl =
      accepted(sdl_text("2.0", exposed("web", "{port: 80, to: [{global: true}]}"),
                        "  web: {west: {profile: small, count: 1}, east: {profile: large, count: 2}}\n"));
  ASSERT_EQ(sdl.groups.size(), 2u);
  EXPECT_EQ(sdl.groups[0].spec.name, "east");
  EXPECT_EQ(sdl.groups[0].spec.resources.at(0).price, (DecCoin{Denom::uact, Dec::from_int(21)}));
  EXPECT_EQ(sdl.groups[1].spec.name, "west");
  EXPECT_EQ(sdl.manifest[1].name, "west");
}

TEST(SdlGroups, ExposesAreSortedByServicePortProtocolAndGlobalFirst) {
  const Sdl sdl = accepted(
      sdl_text("2.0",
               exposed("web",
                       "{port: 90, to: [{service: z}, {service: a}, {global: true}]}, {port: 80, proto: udp},"
                       "{port: 80, to: [{global: false}, {global: true}]}"),
               deployed("web")));
  std::string order;
  for (const Expose& e : sdl.manifest.at(0).services.at(0).expose) {
    order += e.service + ":" + std::to_string(e.port) + (e.protocol == Protocol::tcp ? "t" : "u") +
             (e.global ? "g " : " ");
  }
  EXPECT_EQ(order, ":80tg :80t :80u :90tg a:90t z:90t ");
}

TEST(SdlGroups, RequirementsAreSortedAndKeepNullApartFromEmpty) {
  const Sdl sdl = accepted(plain_with("      pricing:\n",
                                      "      attributes: {zone: a, host: akash, empty: }\n"
                                      "      signedBy: {anyOf: []}\n      pricing:\n"));
  EXPECT_THAT(
      groups_json(sdl.groups),
      HasSubstr(R"("requirements":{"signed_by":{"all_of":null,"any_of":[]},"attributes":[{"key":"empty"},)"
                R"({"key":"host","value":"akash"},{"key":"zone","value":"a"}]})"));
}

TEST(SdlGroups, TeeBecomesAPlacementAttribute) {
  const std::string tee = plain_with("    expose:\n", "    params: {tee: cpu}\n    expose:\n");
  const Sdl sdl =
      accepted(with(tee, "      pricing:\n", "      attributes: {zone: a, host: b}\n      pricing:\n"));
  EXPECT_EQ(sdl.groups.at(0).spec.requirements.attributes,
            (Attributes{{"host", "b"}, {"tee/type", "cpu"}, {"zone", "a"}}));
  EXPECT_THAT(manifest_json(sdl.manifest),
              HasSubstr(R"("params":{"storage":null,"tee":{"type":"cpu","attestation":true}})"));
  EXPECT_THAT(refusal(with(tee, "tee: cpu", "tee: cpu-gpu")).message,
              HasSubstr("needs a compute profile with GPUs"));
  EXPECT_THAT(refusal(with(tee, "tee: cpu", "tee: sgx")).message, HasSubstr("unknown `tee` `sgx`"));
}

TEST(SdlGroups, OneGroupHasOneTeeType) {
  const std::string text = with(with_gpu("{units: 1, attributes: {vendor: {nvidia: }}}"), "services:\n",
                                "services:\n  api: {image: api, params: {tee: cpu-gpu}}\n");
  const std::string both = with(with(text, "    expose:\n", "    params: {tee: cpu}\n    expose:\n"),
                                "deployment:\n", "deployment:\n  api: {west: {profile: web, count: 1}}\n");
  EXPECT_THAT(refusal(both).message, HasSubstr("can not have both `tee: cpu-gpu` and `tee: cpu`"));
}

TEST(SdlCrossCheck, TheManifestUsesUpExactlyWhatTheGroupsHave) {
  for (const char* version : {"2.0", "2.1"}) {
    const Sdl sdl = accepted(sdl_text(version, three_services, three_uses));
    std::vector<GroupSpec> specs;
    for (const Group& group : sdl.groups) specs.push_back(group.spec);
    EXPECT_TRUE(check_against_groups(sdl.manifest, specs));

    auto changed = specs;
    changed[0].resources[0].count += 1;
    EXPECT_THAT(check_against_groups(sdl.manifest, changed).error().message, HasSubstr("not used up"));
    changed = specs;
    changed[0].resources[0].count -= 1;
    EXPECT_THAT(check_against_groups(sdl.manifest, changed).error().message, HasSubstr("more replicas"));
    changed = specs;
    changed[0].resources[0].resource.endpoints.clear();
    EXPECT_THAT(check_against_groups(sdl.manifest, changed).error().message, HasSubstr("more endpoints"));
    changed = specs;
    changed[0].resources[0].resource.memory_bytes += 1;
    EXPECT_THAT(check_against_groups(sdl.manifest, changed).error().message, HasSubstr("resources differ"));
    changed = specs;
    changed[0].resources[0].resource.id = 9;
    EXPECT_THAT(check_against_groups(sdl.manifest, changed).error().message, HasSubstr("no unit 1"));
    changed = specs;
    changed[0].name = "north";
    EXPECT_THAT(check_against_groups(sdl.manifest, changed).error().message, HasSubstr("no group `west`"));
    EXPECT_FALSE(check_against_groups(sdl.manifest, {}));
  }
}

}  // namespace
}  // namespace souk::sdl::test
