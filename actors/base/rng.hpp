#pragma once

#include <array>
#include <cstdint>

#include "actors/base/ids.hpp"

namespace souk {

/// What a draw is for. One stream per (seed, actor, purpose, index), so that a draw added for one purpose,
/// or an actor added elsewhere, moves nothing else (design.md section 5). Append only: the numbers are
/// part of every stream's key.
enum class Purpose : std::uint32_t {
  arrival = 1,
  request = 2,
  lifetime = 3,
  value = 4,
  price = 5,
  choice = 6,
  failure = 7,
  repair = 8,
  churn = 9,
  timing = 10,
  network = 11,
  fault = 12,
  cost = 13,
  test = 14,
  setup = 15,
  uptime = 16,
  vote = 17,
  byzantine = 18,
  link_fault = 19,
  disk_fault = 20,
  clock_fault = 21,
  fault_plan = 22,
};

/// Philox4x64-10 (Salmon et al., SC'11): four words from a 256-bit counter and a 128-bit key.
std::array<std::uint64_t, 4> philox4x64(std::array<std::uint64_t, 4> counter,
                                        std::array<std::uint64_t, 2> key);

/// Counter-based random stream: the n-th word is a pure function of (seed, actor, purpose, index, n).
/// Copying it copies its place; nothing is shared.
class Rng {
 public:
  Rng(std::uint64_t seed, ActorId actor, Purpose purpose, std::uint64_t index);

  /// The next 64 uniform bits.
  std::uint64_t next();
  /// Uniform in (0, 1): 53 bits, never 0 or 1.
  double uniform();
  /// Uniform in [0, bound), unbiased. REQUIRES: bound > 0.
  std::uint64_t below(std::uint64_t bound);
  /// The antithetic stream: uniform() returns 1 - u of this one's.
  Rng antithetic() const;

 private:
  std::array<std::uint64_t, 2> key_;
  std::uint64_t index_;
  std::uint64_t block_ = 0;
  std::array<std::uint64_t, 4> words_{};
  std::uint32_t used_ = 4;
  bool antithetic_ = false;
};

}  // namespace souk
