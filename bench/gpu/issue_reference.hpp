#pragma once

#include <cstdint>

#include "bench/gpu/reference.hpp"

// What the issue-rate kernels must leave in their registers, on the CPU.
namespace souk::gpu {

/// One product of the mma issue test, without repetition: word `word` (0..3) of lane `lane` (0..31) of the
/// result of fragments a < mma_issue_a and b < mma_issue_b, summed over 32 bytes of K.
DotProduct mma_issue_product(Type type, int a, int b, int lane, int word);

/// One product of the wgmma issue test over 128 bytes of K: word `word` (0..127) of thread `thread` (0..127).
DotProduct wgmma_issue_product(Type type, int thread, int word);

}  // namespace souk::gpu
