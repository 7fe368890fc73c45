#include "actors/capacity/transcript.hpp"

#include <algorithm>
#include <bit>

#include "actors/base/check.hpp"
#include "actors/capacity/blake3.hpp"

namespace souk::capacity {
namespace {

/// A checkpoint opening without its links, the path in F_s having `path` siblings.
std::uint64_t segment_opening_bytes(const Params& params, std::uint64_t path) {
  return segment_bytes + hash_bytes * (params.path_length() - 2) + leaf_bytes + hash_bytes * path;
}

std::uint64_t fixed_bytes(const Params& params) {
  const std::uint64_t hashes =
      1 + (std::uint64_t{params.rounds()} + 1) + params.sweeps + x0_draws * params.path_length();
  return hash_bytes * hashes + params.gemm_openings * gemm_opening_bytes(params) + signature_bytes;
}

}  // namespace

std::uint64_t gemm_opening_bytes(const Params& params) {
  const std::uint64_t path = hash_bytes * params.path_length();
  return params.leaves_per_row() * (leaf_bytes + path) + leaf_bytes * sizeof(std::int32_t) + path;
}

std::uint64_t checkpoint_opening_bytes(const Params& params, const CheckpointDraw& draw) {
  return segment_opening_bytes(params, path_length(params.sweep_leaves(), draw.segment / 128)) +
         draw.links(params) * gemm_opening_bytes(params);
}

std::uint64_t transcript_bytes(const Params& params, const Draws& draws) {
  std::uint64_t bytes = fixed_bytes(params);
  for (const CheckpointDraw& draw : draws.checkpoints) bytes += checkpoint_opening_bytes(params, draw);
  return bytes;
}

std::uint64_t longest_transcript(const Params& params) {
  const auto longest_path = static_cast<std::uint64_t>(std::bit_width(params.sweep_leaves() - 1));
  const std::uint64_t links = std::min<std::uint64_t>(params.depth, params.rounds());
  return fixed_bytes(params) + params.checkpoint_openings * (segment_opening_bytes(params, longest_path) +
                                                             links * gemm_opening_bytes(params));
}

std::span<const std::uint8_t> TranscriptReader::take(std::size_t bytes) {
  SOUK_CHECK(bytes <= remaining());
  const auto taken = bytes_.subspan(position_, bytes);
  position_ += bytes;
  return taken;
}

Hash TranscriptReader::hash() {
  Hash out{};
  std::ranges::copy(take(hash_bytes), out.begin());
  return out;
}

void TranscriptReader::hashes(std::span<Hash> out) {
  for (Hash& entry : out) entry = hash();
}

}  // namespace souk::capacity
