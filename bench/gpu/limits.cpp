#include "bench/gpu/limits.hpp"

#include <array>
#include <cmath>

namespace souk::gpu {
namespace {

// What PCIe x16 carries in one direction, GB/s: the middle of section 2's ranges.
constexpr double gen3 = 12.5;
constexpr double gen4 = 25.5;
constexpr double gen5 = 54.5;

// clang-format off
constexpr std::array<CardLimits, 15> cards{{
    // card          cc  SMs  GB    GB/s  fp32   bf16  fp16  fp8   int8  int8/clk  link  peer
    {"B200 SXM",    100, 148, 180,  8000, 77.5,  2250, 2250, 4500, 4500, 16384, gen5, 900},
    {"H200 SXM",     90, 132, 141,  4800, 67,    989,  989,  1979, 1979, 8192,  gen5, 450},
    {"H100 SXM",     90, 132, 80,   3350, 67,    989,  989,  1979, 1979, 8192,  gen5, 450},
    {"H100 PCIe",    90, 114, 80,   2039, 51,    756,  756,  1513, 1513, 8192,  gen5, 300},
    {"A100 SXM 80",  80, 108, 80,   2039, 19.5,  312,  312,  0,    624,  4096,  gen4, 300},
    {"A100 40",      80, 108, 40,   1555, 19.5,  312,  312,  0,    624,  4096,  gen4, 300},
    {"L40S",         89, 142, 48,   864,  91.6,  362,  362,  733,  733,  2048,  gen4, 0},
    {"L4",           89, 58,  24,   300,  30.3,  121,  121,  242,  242,  2048,  gen4, 0},
    {"A10",          86, 72,  24,   600,  31.2,  125,  125,  0,    250,  2048,  gen4, 0},
    {"T4",           75, 40,  16,   320,  8.1,   0,    65,   0,    130,  2048,  gen3, 0},
    {"V100 SXM2 32", 70, 80,  32,   900,  15.7,  0,    125,  0,    63,   512,   gen3, 150},
    {"V100 SXM2 16", 70, 80,  16,   900,  15.7,  0,    125,  0,    63,   512,   gen3, 150},
    {"RTX 3090",     86, 82,  24,   936,  35.6,  71,   71,   0,    284,  2048,  gen4, 56},
    {"RTX 4090",     89, 128, 24,   1008, 82.6,  165,  165,  330,  661,  2048,  gen4, 0},
    {"RTX 5090",     120, 170, 32,  1792, 104.8, 210,  210,  419,  838,  2048,  gen5, 0},
}};

constexpr std::array<Goal, 11> goals{{
    {"H200 SXM", "memory_copy", 4300},      {"H200 SXM", "memory_read", 4500},
    {"H200 SXM", "gemm_bf16_wgmma", 750},   {"H200 SXM", "gemm_int8_wgmma", 1350},
    {"H200 SXM", "gemm_fp8_wgmma", 1350},   {"H200 SXM", "fp32_fma", 60},
    {"H200 SXM", "proof_seconds", 8},
    // nvbandwidth's 53 GB/s on a Gen5 link, less 2 %; both ways at once has no anchor.
    {"H200 SXM", "host_to_device", 51.9},   {"H200 SXM", "device_to_host", 51.9},
    {"H100 SXM", "host_to_device", 51.9},   {"H100 SXM", "device_to_host", 51.9},
}};
// clang-format on

std::optional<double> positive(double value) { return value > 0 ? std::optional(value) : std::nullopt; }

}  // namespace

std::span<const CardLimits> card_limits() { return cards; }

const CardLimits* find_limits(const Device& device) {
  const double memory_gb = static_cast<double>(device.memory_bytes) / 1e9;
  for (const CardLimits& card : cards) {
    if (card.compute_capability == device.compute_capability &&
        card.multiprocessors == device.multiprocessors && std::abs(memory_gb / card.vram_gb - 1) <= 0.15)
      return &card;
  }
  return nullptr;
}

std::optional<double> limit_of(const CardLimits& card, std::string_view test) {
  if (test.starts_with("memory_") || test == "proof_sweep") return card.memory_gb_s;
  if (test.starts_with("proof_chain_")) return positive(card.int8_tops);
  if (test == "fp32_fma") return card.fp32_tflops;
  if (test == "host_to_device" || test == "device_to_host") return card.link_gb_s;
  if (test == "host_both_ways") return 2 * card.link_gb_s;
  if (test.starts_with("peer_")) return positive(card.peer_gb_s);
  if (test.starts_with("issue_") || test.starts_with("gemm_")) {
    const std::string_view type = test.substr(test.find('_') + 1);
    if (type.starts_with("bf16")) return positive(card.bf16_tflops);
    if (type.starts_with("fp16")) return positive(card.fp16_tflops);
    if (type.starts_with("fp8")) return positive(card.fp8_tflops);
    if (type.starts_with("int8")) return positive(card.int8_tops);
  }
  return std::nullopt;
}

std::optional<double> goal_of(const CardLimits& card, std::string_view test) {
  for (const Goal& goal : goals) {
    if (goal.card == card.card && goal.test == test) return goal.bound;
  }
  return std::nullopt;
}

std::optional<double> reference_fraction_goal(std::string_view test, int compute_capability) {
  if (test == "memory_copy") return 0.99;  // of cudaMemcpy within the device
  if (test.starts_with("proof_chain_")) {
    // The faster path is the one a proof takes.
    const bool taken = test.ends_with(compute_capability == 90 ? "_wgmma" : "_mma");
    return taken ? std::optional(0.80) : std::nullopt;  // of our own int8 GEMM
  }
  if (test == "proof_sweep") return 0.95;      // of our own memory_read
  if (test == "proof_vram") return 0.95;       // of the total the driver states
  if (test == "gemm_int8_wgmma") return 0.90;  // of cuBLASLt, as the next two
  if (test == "gemm_bf16_wgmma") return 0.95;
  if (test == "gemm_int8_mma" && compute_capability != 90) return 0.90;
  return std::nullopt;
}

}  // namespace souk::gpu
