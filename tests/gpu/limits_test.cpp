#include "bench/gpu/limits.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace souk::gpu {
namespace {

Device device(int compute_capability, int multiprocessors, double gigabytes) {
  Device d;
  d.compute_capability = compute_capability;
  d.multiprocessors = multiprocessors;
  d.memory_bytes = static_cast<std::uint64_t>(gigabytes * 1e9);
  return d;
}

const CardLimits& card(std::string_view name) {
  for (const CardLimits& c : card_limits()) {
    if (c.card == name) return c;
  }
  throw std::runtime_error("no such card: " + std::string(name));
}

TEST(Limits, EveryCardIsFoundByItsOwnShape) {
  for (const CardLimits& c : card_limits()) {
    const CardLimits* found = find_limits(device(c.compute_capability, c.multiprocessors, c.vram_gb));
    ASSERT_NE(found, nullptr) << c.card;
    EXPECT_EQ(found->card, c.card);
  }
}

TEST(Limits, MemorySizeTellsTheH200FromTheH100) {
  EXPECT_EQ(find_limits(device(90, 132, 150.1))->card, "H200 SXM");  // 139.8 GiB, as the driver says
  EXPECT_EQ(find_limits(device(90, 132, 85.0))->card, "H100 SXM");
}

TEST(Limits, AnUnknownShapeHasNoRow) {
  EXPECT_EQ(find_limits(device(90, 100, 80)), nullptr);
  EXPECT_EQ(find_limits(device(86, 132, 80)), nullptr);
  EXPECT_EQ(find_limits(device(90, 132, 40)), nullptr) << "a slice of an H100 is not an H100";
}

TEST(Limits, DenominatorsAreDense) {
  // The sparse figures are twice these; a report that used them would halve every card.
  EXPECT_DOUBLE_EQ(*limit_of(card("H100 SXM"), "gemm_fp16_wgmma"), 989);
  EXPECT_DOUBLE_EQ(*limit_of(card("H200 SXM"), "gemm_int8_wgmma"), 1979);
  EXPECT_DOUBLE_EQ(*limit_of(card("RTX 4090"), "gemm_fp16_mma"), 165);
}

TEST(Limits, Int8PeakFollowsFromOperationsPerClock) {
  // SMs x int8 per clock x clock = peak, so the clock it implies must be one that such a chip runs at.
  for (const CardLimits& c : card_limits()) {
    const double gigahertz = c.int8_tops * 1e3 / (c.multiprocessors * c.int8_per_clock);
    EXPECT_GT(gigahertz, 1.3) << c.card;
    EXPECT_LT(gigahertz, 2.7) << c.card;
  }
}

TEST(Limits, WhatACardCannotDoHasNoLimit) {
  EXPECT_FALSE(limit_of(card("T4"), "gemm_bf16_mma"));
  EXPECT_FALSE(limit_of(card("A10"), "gemm_fp8_mma"));
  EXPECT_FALSE(limit_of(card("L4"), "peer_0_1"));
  EXPECT_FALSE(limit_of(card("L4"), "launch_latency"));
  EXPECT_DOUBLE_EQ(*limit_of(card("L4"), "host_both_ways"), 51);
}

TEST(Limits, NoGoalIsAboveWhatTheCardCanDo) {
  int goals = 0;
  for (const CardLimits& c : card_limits()) {
    for (const char* test : {"memory_read", "memory_copy", "fp32_fma", "gemm_bf16_wgmma", "gemm_int8_wgmma",
                             "gemm_fp8_wgmma", "host_to_device", "device_to_host"}) {
      const auto goal = goal_of(c, test);
      if (!goal) continue;
      ++goals;
      EXPECT_LT(*goal, *limit_of(c, test)) << c.card << " " << test;
    }
  }
  EXPECT_GE(goals, 8);
}

TEST(Limits, TheMmaPathOwesItsFractionOnlyWhereThereIsNoWgmma) {
  EXPECT_DOUBLE_EQ(*reference_fraction_goal("gemm_int8_mma", 89), 0.90);
  EXPECT_FALSE(reference_fraction_goal("gemm_int8_mma", 90));
  EXPECT_DOUBLE_EQ(*reference_fraction_goal("gemm_int8_wgmma", 90), 0.90);
  EXPECT_DOUBLE_EQ(*reference_fraction_goal("proof_chain_mma", 89), 0.80);
  EXPECT_FALSE(reference_fraction_goal("proof_chain_mma", 90));
  EXPECT_DOUBLE_EQ(*reference_fraction_goal("proof_chain_wgmma", 90), 0.80);
}

}  // namespace
}  // namespace souk::gpu
