#pragma once

#include "bench/gpu/cuda/session.hpp"

// The groups of suite.hpp. Each adds its measurements, or why it could not run, to `report`; each throws
// GpuError at the first failed call or wrong result.
namespace souk::gpu {

void test_memory(Session& session, Report& report);
void test_host_link(Session& session, Report& report);
void test_peers(Session& session, Report& report, const std::vector<Device>& all);
void test_launch(Session& session, Report& report);
void test_fp32(Session& session, Report& report);
void test_issue(Session& session, Report& report);
void test_gemm(Session& session, Report& report);
void test_vram(Session& session, Report& report);
/// Compares itself with the gemm and memory groups if they ran before it.
void test_proof(Session& session, Report& report);

/// The int8 GEMM without a pause for options.endurance_seconds, one reading a second.
void run_endurance(Session& session, Report& report);

}  // namespace souk::gpu
