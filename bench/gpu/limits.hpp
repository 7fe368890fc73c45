#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "bench/gpu/device.hpp"

namespace souk::gpu {

/// The physical limits of one card: datasheet values, dense, never the sparse ones vendors print first.
/// Source: gpu-capacity.md section 2, which says which of them were cross-checked. 0: the card cannot.
struct CardLimits {
  std::string_view card;
  int compute_capability;
  int multiprocessors;
  double vram_gb;      ///< as sold; "24 GB" is 24 GiB on most cards
  double memory_gb_s;  ///< device memory
  double fp32_tflops;
  double bf16_tflops;  ///< fp32 accumulators
  double fp16_tflops;  ///< fp32 accumulators, which consumer cards run at half rate
  double fp8_tflops;   ///< fp32 accumulators
  double int8_tops;
  double int8_per_clock;  ///< int8 operations per SM and clock: peak = SMs x this x clock
  double link_gb_s;       ///< what a PCIe x16 link of the card's generation carries in one direction
  double peer_gb_s;       ///< NVLink, one direction
};

/// Every card of section 2.
std::span<const CardLimits> card_limits();

/// The card `device` is by compute capability, SM count and memory (within 15 %), or nullptr. Not by name:
/// two products with one chip and memory size share a row, and the report says so.
const CardLimits* find_limits(const Device& device);

/// The physical limit of `test` on `card` in the test's unit; none where there is no such limit or the card
/// cannot run it. Test names are those of suite.hpp.
std::optional<double> limit_of(const CardLimits& card, std::string_view test);

/// A goal of section 8 or of the proof, in the unit of the test.
struct Goal {
  std::string_view card;  ///< CardLimits::card
  std::string_view test;
  double bound;  ///< at least; at most where lower is better
};
std::optional<double> goal_of(const CardLimits& card, std::string_view test);

/// The goals that hold on every card of a compute capability: this fraction of the reference column measured
/// beside the test. The mma path has none on 9.0, where wgmma is the one to reach it.
std::optional<double> reference_fraction_goal(std::string_view test, int compute_capability);

/// Samples that scatter more than this make a measurement unsteady (section 8, repeatability).
inline constexpr double cv_goal = 0.01;

}  // namespace souk::gpu
