#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/base/result.hpp"
#include "bench/gpu/report.hpp"

namespace souk::gpu {

/// The groups `--tests` chooses from, in the order they run.
/// memory: memory_read, memory_write, memory_copy. host: host_to_device, device_to_host, host_both_ways.
/// peer: peer_<from>_<to>. launch: launch_latency, launch_interval. fp32: fp32_fma.
/// issue: issue_<type>_<path>. gemm: gemm_<type>_<path>. vram: vram_allocatable.
/// proof: proof_chain_<path>, proof_sweep, proof_seconds, proof_vram.
/// <type> is bf16, fp16, int8 or fp8; <path> is mma or wgmma.
inline constexpr std::string_view test_groups[] = {"memory", "host", "peer", "launch", "fp32",
                                                   "issue",  "gemm", "vram", "proof"};

/// What to measure and how long.
struct SuiteOptions {
  std::vector<std::string> groups;  ///< empty: all
  int samples = 9;                  ///< per measurement, 7..1001
  int sample_ms = 50;               ///< at least, 50..10000
  int gemm_size = 8192;             ///< M = N = K, a multiple of 256, 1024..32768
  double endurance_seconds = 0;     ///< > 0: the sustained mode instead of the groups
  bool reference = true;            ///< measure cuBLASLt and cudaMemcpy beside our own kernels
};

/// Measures `device`. Any failed CUDA call, and any result that does not verify, is an error and nothing is
/// reported. The report is not judged yet.
Result<Report> run_suite(const Device& device, const SuiteOptions& options);

}  // namespace souk::gpu
