#include "actors/capacity/modelled.hpp"

#include <algorithm>

#include "actors/base/check.hpp"
#include "actors/base/money.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/draws.hpp"

namespace souk::capacity {
namespace {

/// The nearest whole number of `share` of `whole`.
std::uint32_t share_of(double share, std::uint32_t whole) {
  return static_cast<std::uint32_t>(share * whole + 0.5);
}

/// How long `amount` takes at `per_second`, rounded up; never nothing.
Duration time_for(i128 amount, std::uint64_t per_second) {
  const auto rate = static_cast<i128>(per_second);
  return Duration{
      std::max<std::int64_t>(1, static_cast<std::int64_t>((amount * 1'000'000'000 + rate - 1) / rate))};
}

double power(double base, std::uint32_t exponent) {
  double product = 1;
  for (std::uint32_t i = 0; i < exponent; ++i) product *= base;
  return product;
}

}  // namespace

ModelledProof::ModelledProof(const Params& params, const ModelledGpu& gpu)
    : params_(params),
      gpu_(gpu),
      junk_links_(share_of(gpu.cheat.work / 2, params.rounds())),
      dropped_states_(share_of(gpu.cheat.memory, params.states)) {
  SOUK_CHECK(gpu.rates.int8_ops_s > 0 && gpu.rates.memory_bytes_s > 0);
  SOUK_CHECK(gpu.cheat.work >= 0 && gpu.cheat.work <= 1 && gpu.cheat.memory >= 0 && gpu.cheat.memory <= 1);
}

bool ModelledProof::fits() const {
  return (params_.states - dropped_states_) * params_.state_bytes() <= gpu_.rates.vram_bytes;
}

Duration ModelledProof::fill_time() const {
  const i128 k = params_.k();
  return time_for(2 * k * k * k * (params_.rounds() - 2 * std::min(junk_links_, params_.rounds() / 2)),
                  gpu_.rates.int8_ops_s);
}

Duration ModelledProof::sweep_time() const {
  return time_for(
      static_cast<i128>(params_.sweeps) * (params_.states - dropped_states_) * params_.state_bytes(),
      gpu_.rates.memory_bytes_s);
}

Commit ModelledProof::fill_commit(const Hash& id, std::uint8_t mask) const {
  return {id, mask, next_state_link(id, id), {}};
}

Commit ModelledProof::sweep_commit(const Hash& id, std::uint8_t mask) const {
  return {id, mask, next_sweep_link(id, id), {}};
}

Verdict ModelledProof::verdict(const Hash& seed) const {
  if (junk_links_ == 0 && dropped_states_ == 0) return Verdict::accepted;
  const Draws draws = draw_openings(params_, seed);
  for (const GemmDraw& draw : draws.gemms) {
    if (is_junk(draw.t)) return Verdict::freivalds;
  }
  for (const CheckpointDraw& draw : draws.checkpoints) {
    const std::uint32_t checkpoint = draw.t(params_) / params_.rounds_per_state;
    if (is_dropped(checkpoint)) return Verdict::sweep_value;
    if (shows_junk(checkpoint)) return Verdict::freivalds;
  }
  return Verdict::accepted;
}

double ModelledProof::detection_probability() const {
  std::uint32_t telltale = 0;
  for (std::uint32_t n = 1; n <= params_.states; ++n) telltale += is_dropped(n) || shows_junk(n) ? 1 : 0;
  const double clean_links = 1 - static_cast<double>(junk_links_) / params_.rounds();
  const double clean_states = 1 - static_cast<double>(telltale) / params_.states;
  return 1 - power(clean_links, params_.gemm_openings) * power(clean_states, params_.checkpoint_openings);
}

// Links are filled with junk by their place after the last checkpoint: all first ones, then all second ones.
bool ModelledProof::is_junk(std::uint32_t t) const {
  const std::uint32_t group = (t - 1) / params_.rounds_per_state;
  const std::uint32_t place = (t - 1) % params_.rounds_per_state;
  return place * params_.states + group < junk_links_;
}

bool ModelledProof::is_dropped(std::uint32_t checkpoint) const { return checkpoint <= dropped_states_; }

/// Whether one of the links that an opening of checkpoint 1..N follows down is junk.
bool ModelledProof::shows_junk(std::uint32_t checkpoint) const {
  const std::uint32_t t = checkpoint * params_.rounds_per_state;
  const std::uint32_t links = std::min<std::uint32_t>(params_.depth, t);
  for (std::uint32_t below = 0; below < links; ++below) {
    if (is_junk(t - below)) return true;
  }
  return false;
}

}  // namespace souk::capacity
