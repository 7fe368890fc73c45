#include "actors/capacity/params.hpp"

#include <algorithm>
#include <string>

#include "actors/base/codec.hpp"
#include "actors/capacity/transcript.hpp"

namespace souk::capacity {
namespace {

struct Bound {
  const char* field;
  std::uint64_t value;
  std::uint64_t low;
  std::uint64_t high;
};

}  // namespace

EncodedParams encode_params(const Params& params) {
  EncodedParams encoded{};
  const Bytes bytes = encode(params);  // the codec writes fields in order, little-endian, nothing between
  SOUK_CHECK(bytes.size() == encoded.size());
  std::ranges::copy(bytes, encoded.begin());
  return encoded;
}

Params decode_params(std::span<const std::uint8_t, 16> bytes) { return decode<Params>(bytes).value(); }

Result<void> check_params(const Params& params, Scope scope) {
  const std::uint64_t smallest = scope == Scope::market ? 12 : 10;
  const Bound bounds[] = {
      {"version", params.version, 2, 2},
      {"kl (log2 of the matrix size)", params.log_k, smallest, 14},
      {"rho (rounds per state)", params.rounds_per_state, 1, 16},
      {"D (depth)", params.depth, 1, 4},
      {"N (states)", params.states, 1, 1u << 17},
      {"S (sweeps)", params.sweeps, 1, 256},
      {"s_u (GEMM openings)", params.gemm_openings, 0, 512},
      {"s_c (checkpoint openings)", params.checkpoint_openings, 0, 512},
      {"R (rho times N)", params.rounds(), 1, 65'536},
  };
  for (const Bound& bound : bounds) {
    if (bound.value >= bound.low && bound.value <= bound.high) continue;
    return fail("params: " + std::string(bound.field) + " is " + std::to_string(bound.value) +
                ", it must be " + std::to_string(bound.low) + " to " + std::to_string(bound.high));
  }
  if (params.validators != 3 && params.validators != 5)
    return fail("params: V (validators) is " + std::to_string(params.validators) + ", it must be 3 or 5");
  if (const std::uint64_t bytes = longest_transcript(params); bytes > max_transcript_bytes)
    return fail("params: the transcript could have " + std::to_string(bytes) + " bytes, it may have " +
                std::to_string(max_transcript_bytes));
  return {};
}

bool is_of_class(const Params& params, const Params& row) {
  Params as_row = params;
  as_row.states = row.states;
  return as_row == row && params.states <= row.states;
}

}  // namespace souk::capacity
