#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/capacity/params.hpp"

/// What the seed asks a prover to open (gpu-capacity.md section 5, "Draws").
namespace souk::capacity {

/// Leaf (i, q) of X_t, with everything its sums were made of.
struct GemmDraw {
  std::uint32_t t = 1;  ///< 1..R
  std::uint32_t i = 0;  ///< row, below k
  std::uint32_t q = 0;  ///< leaf of the row, below W
  friend bool operator==(const GemmDraw&, const GemmDraw&) = default;
};

/// A segment of a checkpoint, its value in one sweep, and one link down each of `depth` rounds below it.
struct CheckpointDraw {
  std::uint32_t s = 1;                   ///< sweep, 1..S
  std::uint64_t segment = 0;             ///< gamma, below N k^2 / 4096
  std::uint32_t leaf_of_segment = 0;     ///< e, 0..3
  std::array<std::uint32_t, 3> below{};  ///< q', one for each of the D - 1 links below the first

  std::uint32_t t(const Params& params) const;      ///< round whose state holds the segment
  GemmDraw gemm(const Params& params) const;        ///< the first link: leaf e of the segment
  std::uint32_t links(const Params& params) const;  ///< GEMM openings that follow: min(D, t)
  friend bool operator==(const CheckpointDraw&, const CheckpointDraw&) = default;
};

struct Draws {
  std::vector<GemmDraw> gemms;              ///< s_u
  std::vector<CheckpointDraw> checkpoints;  ///< s_c
  std::array<std::uint64_t, x0_draws> first_state_leaves{};
};

/// REQUIRES: params within their bounds.
Draws draw_openings(const Params& params, const Hash& seed);

/// The link below an opened leaf: the q'-th input leaf of `draw`, as an output of round t - 1. links:
/// h_0..h_R. REQUIRES: draw.t > 1.
GemmDraw link_below(const Params& params, const GemmDraw& draw, std::uint32_t q,
                    const std::vector<Hash>& links);

}  // namespace souk::capacity
