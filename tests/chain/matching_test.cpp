#include "actors/chain/matching.hpp"

#include <gtest/gtest.h>

namespace souk {
namespace {

Address account(std::uint8_t n) {
  Address address;
  address.bytes[0] = n;
  return address;
}

GroupSpec wanting(Resources resources) {
  GroupSpec spec;
  spec.resources.push_back({std::move(resources), 1, {}});
  return spec;
}

Resources gpu(Attributes attributes) {
  Resources r;
  r.gpu_units = 1;
  r.gpu_attributes = std::move(attributes);
  return r;
}

Resources volume(Attributes attributes) {
  Resources r;
  r.storage.push_back({"data", 1, std::move(attributes)});
  return r;
}

// Go path/filepath.Match.
TEST(Matching, GlobsAsGoDoes) {
  struct Row {
    const char* pattern;
    const char* name;
    bool match;
  };
  const Row rows[] = {
      {"abc", "abc", true},      {"*", "abc", true},       {"*c", "abc", true},
      {"a*", "a", true},         {"a*", "abc", true},      {"a*", "ab/c", false},
      {"a*/b", "abc/b", true},   {"a*/b", "a/c/b", false}, {"a*b*c", "axbxxc", true},
      {"a*b*c", "axcxb", false}, {"ab[c]", "abc", true},   {"ab[b-d]", "abc", true},
      {"ab[e-g]", "abc", false}, {"ab[^c]", "abc", false}, {"ab[^e-g]", "abc", true},
      {"a\\*b", "a*b", true},    {"a\\*b", "ab", false},   {"a?b", "axb", true},
      {"a?b", "a/b", false},     {"a[^a]b", "a/b", false}, {"[a-]", "a", false},
      {"[", "a", false},         {"a[", "ab", false},      {"[]a]", "]", false},
      {"[\\]a]", "]", true},     {"", "", true},           {"", "a", false},
      {"a", "", false},          {"*", "", true},          {"a\\", "a", false},
      {"*x", "xxx", true},       {"[-x]", "x", false},
  };
  for (const Row& row : rows)
    EXPECT_EQ(glob_match(row.pattern, row.name), row.match) << row.pattern << " " << row.name;
}

TEST(Matching, WantedKeysArePatternsAndValuesAreNot) {
  const Capabilities own(Attributes{{"region", "eu-west"}, {"tier", "community"}});
  EXPECT_TRUE(own.cover({}));
  EXPECT_TRUE(own.cover({{"region", "eu-west"}}));
  EXPECT_TRUE(own.cover({{"reg*", "eu-west"}, {"t?er", "community"}}));
  EXPECT_FALSE(own.cover({{"region", "eu-*"}}));
  EXPECT_FALSE(own.cover({{"region", "eu-west"}, {"host", "akash"}}));
}

TEST(Matching, CoverAgreesWithAttributesWithin) {
  const Attributes offered{{"b", "1"}, {"a/x", "2"}, {"a/y", "1"}, {"b", "0"}};
  const Capabilities own(offered);
  for (const Attributes& wanted :
       {Attributes{{"b", "0"}}, Attributes{{"b", "1"}, {"a/*", "1"}}, Attributes{{"*", "2"}},
        Attributes{{"a/x", "1"}}, Attributes{{"c", "1"}}}) {
    EXPECT_EQ(own.cover(wanted), attributes_within(wanted, offered));
  }
}

TEST(Matching, OneNamedGpuIsEnough) {
  const Capabilities own(Attributes{{"capabilities/gpu/vendor/nvidia/model/a100", "true"},
                                    {"capabilities/gpu/vendor/nvidia/model/a100/ram/80Gi", "true"}});
  EXPECT_TRUE(own.can_serve(
      wanting(gpu({{"vendor/nvidia/model/h100", "true"}, {"vendor/nvidia/model/a100", "true"}}))));
  EXPECT_TRUE(own.can_serve(wanting(gpu({{"vendor/nvidia/model/*", "true"}}))));
  EXPECT_FALSE(own.can_serve(wanting(gpu({{"vendor/nvidia/*", "true"}})))) << "* does not cross '/'";
  EXPECT_FALSE(own.can_serve(wanting(gpu({{"vendor/nvidia/model/h100", "true"}}))));
  EXPECT_TRUE(own.can_serve(wanting(gpu({})))) << "an unnamed GPU";
  EXPECT_TRUE(own.can_serve(wanting(Resources{})));
}

TEST(Matching, AVolumeMustFitOneStorageGroup) {
  const Capabilities own(Attributes{{"capabilities/storage/1/class", "beta2"},
                                    {"capabilities/storage/1/persistent", "true"},
                                    {"capabilities/storage/2/class", "ram"},
                                    {"capabilities/storage/2/persistent", "false"},
                                    {"capabilities/storage/broken", "x"}});
  EXPECT_TRUE(own.can_serve(wanting(volume({{"class", "beta2"}, {"persistent", "true"}}))));
  EXPECT_TRUE(own.can_serve(wanting(volume({{"class", "ram"}, {"persistent", "false"}}))));
  EXPECT_FALSE(own.can_serve(wanting(volume({{"class", "ram"}, {"persistent", "true"}}))))
      << "not across groups";
  EXPECT_FALSE(own.can_serve(wanting(volume({{"class", "beta3"}, {"persistent", "true"}}))));
  EXPECT_TRUE(own.can_serve(wanting(volume({}))));
}

TEST(Matching, AuditorsMustHaveSignedWhatIsWanted) {
  const Capabilities own(Attributes{{"region", "eu"}});
  const auto audit = [](std::uint8_t auditor, Attributes what) {
    return std::make_shared<const AuditedAttributes>(
        AuditedAttributes{account(1), account(auditor), std::move(what)});
  };
  const std::vector<SharedAudit> both{audit(11, {{"tier", "1"}}),
                                      audit(10, {{"region", "eu"}, {"tier", "1"}})};
  const std::string auditor = to_bech32(account(10));
  const std::string lax = to_bech32(account(11));
  const std::string unknown = to_bech32(account(12));
  const auto met = [&](SignedBy by) {
    return requirements_met({std::move(by), {{"region", "eu"}}}, own, both);
  };

  EXPECT_TRUE(met({{}, {}}));
  EXPECT_TRUE(met({{auditor}, {}}));
  EXPECT_FALSE(met({{auditor, lax}, {}})) << "all_of: each must have signed a superset";
  EXPECT_TRUE(met({{}, {unknown, lax, auditor}})) << "any_of: one is enough";
  EXPECT_FALSE(met({{}, {unknown, lax}}));
  EXPECT_FALSE(met({{auditor}, {lax}})) << "both conditions";
  EXPECT_FALSE(met({{"no address"}, {}}));
  EXPECT_FALSE(requirements_met({{{auditor}, {}}, {{"region", "eu"}}}, own, {})) << "nothing signed";
  EXPECT_TRUE(requirements_met({{{auditor}, {}}, {{"tier", "1"}}}, own, both))
      << "with auditors the provider's own attributes do not count";
}

}  // namespace
}  // namespace souk
