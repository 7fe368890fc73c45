#include "actors/capacity/draws.hpp"

#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/capacity/chacha8.hpp"
#include "actors/capacity/round.hpp"

namespace souk::capacity {
namespace {

std::uint32_t below(ChaCha8& stream, std::uint32_t n) {
  return static_cast<std::uint32_t>(stream.next_below(n));
}

CheckpointDraw draw_checkpoint(const Params& params, ChaCha8& stream) {
  CheckpointDraw draw;
  draw.s = 1 + below(stream, params.sweeps);
  draw.segment = stream.next_below(params.segments());
  draw.leaf_of_segment = below(stream, segment_bytes / leaf_bytes);
  // Always D - 1 of them, also where the chain ends early: later draws stay where they are.
  for (std::uint32_t d = 0; d + 1 < params.depth; ++d) draw.below[d] = below(stream, params.leaves_per_row());
  return draw;
}

}  // namespace

std::uint32_t CheckpointDraw::t(const Params& params) const {
  return params.rounds_per_state * static_cast<std::uint32_t>(1 + segment / params.segments_per_state());
}

GemmDraw CheckpointDraw::gemm(const Params& params) const {
  const auto leaf = static_cast<std::uint32_t>(4 * (segment % params.segments_per_state())) + leaf_of_segment;
  return {t(params), leaf / params.leaves_per_row(), leaf % params.leaves_per_row()};
}

std::uint32_t CheckpointDraw::links(const Params& params) const {
  return std::min<std::uint32_t>(params.depth, t(params));
}

Draws draw_openings(const Params& params, const Hash& seed) {
  ChaCha8 stream(seed);
  Draws draws;
  for (std::uint32_t n = 0; n < params.gemm_openings; ++n) {
    GemmDraw draw;
    draw.t = 1 + below(stream, params.rounds());
    draw.i = below(stream, params.k());
    draw.q = below(stream, params.leaves_per_row());
    draws.gemms.push_back(draw);
  }
  for (std::uint32_t n = 0; n < params.checkpoint_openings; ++n)
    draws.checkpoints.push_back(draw_checkpoint(params, stream));
  for (std::uint64_t& leaf : draws.first_state_leaves) leaf = stream.next_below(params.leaves());
  return draws;
}

GemmDraw link_below(const Params& params, const GemmDraw& draw, std::uint32_t q,
                    const std::vector<Hash>& links) {
  SOUK_CHECK(draw.t > 1 && draw.t <= links.size());
  return {draw.t - 1, RoundKeys(links[draw.t - 1], params.k()).source_row(draw.i, q), q};
}

}  // namespace souk::capacity
