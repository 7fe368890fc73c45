#include "actors/tenant.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/actors/tenant_story.hpp"

/// What a tenant is made of: its phases, its settings and the segments.
namespace souk {
namespace {

using namespace std::chrono_literals;
using story::plain_tenant;

TEST(Phases, AllowExactlyWhatTheTableSays) {
  int allowed = 0;
  for (const auto& [phase, input] : all_pairs<Phase, PhaseInput>()) {
    const auto to = next(phase_transitions, phase, input);
    allowed += to.has_value();
    if (input == PhaseInput::close) {
      EXPECT_EQ(to.has_value(), phase != Phase::closing) << enum_name(phase);
    } else if (phase == Phase::closing) {
      EXPECT_FALSE(to.has_value()) << "closing is the end";
    } else if (input == PhaseInput::lease_made) {
      EXPECT_EQ(to.has_value(), phase == Phase::leasing) << enum_name(phase);
    }
  }
  EXPECT_EQ(allowed, 16);
}

TEST(TenantConfig, IsCheckedFieldByField) {
  const auto error = [](auto change) {
    TenantConfig config = plain_tenant();
    change(config);
    const auto result = check_config(config);
    return result ? std::string() : result.error().message;
  };
  EXPECT_EQ(error([](TenantConfig&) {}), "");
  EXPECT_THAT(error([](TenantConfig& c) { c.block_time = 0s; }), testing::HasSubstr("block_time"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.arrivals.cv2 = 0.5; }),
              testing::HasSubstr("arrivals.cv2"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.arrivals.trace = nullptr; }),
              testing::HasSubstr("arrivals.trace"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.arrivals.trace = story::trace_of({{0s, 1, 1h}}); }),
              testing::HasSubstr("request"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.bid_window = 0s; }), testing::HasSubstr("bid_window"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.monthly_churn = 1; }),
              testing::HasSubstr("monthly_churn"));
  EXPECT_THAT(error([](TenantConfig& c) { c.funding.fill = 1h; }), testing::HasSubstr("funding.fill"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.value.elasticity = 0.5; }),
              testing::HasSubstr("elasticity"));
  EXPECT_THAT(error([](TenantConfig& c) { c.segment.replicas = 9; }), testing::HasSubstr("replicas"));
}

TEST(Segments, AreReadyToUse) {
  EXPECT_EQ(segment_presets().size(), 7u);
  for (const SegmentPreset& preset : segment_presets()) {
    TenantConfig config;
    config.segment = make_segment(preset.kind);
    EXPECT_EQ(config.segment.name, preset.name);
    const auto checked = check_config(config);
    EXPECT_TRUE(checked.has_value()) << preset.name << ": " << checked.error().message;
    EXPECT_TRUE(make_segment(preset.name).has_value());
  }
  EXPECT_THAT(make_segment("wbe_hosting").error().message, testing::HasSubstr("web_hosting"));
}

}  // namespace
}  // namespace souk
