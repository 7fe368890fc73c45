#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "actors/base/result.hpp"
#include "bench/gpu/proof_file.hpp"

namespace souk::gpu {

/// What `souk-gpu challenge` is told; wide enough to hold what a user may type.
struct ChallengeArguments {
  std::string out;
  std::uint64_t k = 1024;  ///< matrix size: 1024, 2048, 4096, 8192 or 16384
  std::uint64_t rho = 2;
  std::uint64_t depth = 2;
  std::uint64_t states = 8;
  std::uint64_t sweeps = 4;
  std::uint64_t gemm_openings = 64;
  std::uint64_t checkpoint_openings = 32;
  std::uint64_t validators = 3;
  std::uint64_t height = 1;
  std::uint64_t gpu = 0;
  std::string chain_id = "souk-test";
  std::optional<std::uint64_t> seed;  ///< none: the system's random generator
};

/// A challenge with fresh keys, secrets and block hashes; with a seed always the same ones. Errors: a field
/// outside the bounds of section 5, one line naming the option and its bounds.
Result<TestChallenge> make_test_challenge(const ChallengeArguments& arguments);

}  // namespace souk::gpu
