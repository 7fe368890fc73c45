#include "actors/capacity/cpu_arithmetic.hpp"

#include <algorithm>
#include <string>

#include "actors/base/bytes.hpp"
#include "actors/base/check.hpp"
#include "actors/capacity/blake3.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/round.hpp"
#include "actors/capacity/sweep.hpp"

namespace souk::capacity {
namespace {

/// All levels of a tree whose leaf count is a power of two, so that each path costs only its own length.
class FullTree {
 public:
  explicit FullTree(std::vector<Hash> leaves) {
    levels_.push_back(std::move(leaves));
    while (levels_.back().size() > 2) {
      const std::vector<Hash>& below = levels_.back();
      std::vector<Hash> level(below.size() / 2);
      parent_values(below, level);
      levels_.push_back(std::move(level));
    }
  }

  std::vector<Hash> path(std::uint64_t leaf) const {
    std::vector<Hash> siblings;
    for (const std::vector<Hash>& level : levels_) {
      siblings.push_back(level[leaf ^ 1]);
      leaf /= 2;
    }
    return siblings;
  }

 private:
  std::vector<std::vector<Hash>> levels_;  ///< without the root
};

/// Chaining values of all chunks of `bytes`.
std::vector<Hash> values_of_chunks(std::span<const std::uint8_t> bytes) {
  std::vector<Hash> values(bytes.size() / leaf_bytes);
  chunk_values(bytes, 0, values);
  return values;
}

}  // namespace

std::uint64_t CpuArithmetic::bytes_needed(const Params& params) {
  const std::uint64_t trees = 2 * sizeof(Hash) * params.leaves() + 10 * params.segments();
  const std::uint64_t round_scratch = 128 * 5 * std::uint64_t{params.k()};
  return (params.states + std::uint64_t{3}) * params.state_bytes() + trees + round_scratch;
}

Result<std::vector<Hash>> CpuArithmetic::fill(const FillOrder& order) {
  const Params& params = order.params;
  if (const std::uint64_t needed = bytes_needed(params); needed > max_bytes_)
    return fail("N (states) = " + std::to_string(params.states) + " of k = " + std::to_string(params.k()) +
                " needs " + std::to_string(needed) + " bytes on the CPU, at most " +
                std::to_string(max_bytes_) + " may be used");
  order_ = order;
  checkpoints_.clear();
  bt_.resize(params.state_bytes());
  MatrixB(order.epoch, params.k()).columns(0, bt_);
  working_.resize(params.state_bytes());
  next_.resize(params.state_bytes());
  fill_first_state(order.key, 0, working_);
  working_t_ = 0;

  std::vector<Hash> state_hashes{blake3(working_)};
  links_ = {first_state_link(order.key, state_hashes.back())};
  while (working_t_ < params.rounds()) {
    advance();
    if (working_t_ % params.rounds_per_state == 0) checkpoints_.push_back(working_);
    state_hashes.push_back(blake3(working_));
    links_.push_back(next_state_link(links_.back(), state_hashes.back()));
  }
  return state_hashes;
}

void CpuArithmetic::advance() {
  run_round(RoundKeys(links_[working_t_], order_.params.k()), working_, bt_, next_);
  working_.swap(next_);
  ++working_t_;
}

std::span<const std::uint8_t> CpuArithmetic::state(std::uint32_t t) {
  const std::uint32_t rho = order_.params.rounds_per_state;
  SOUK_CHECK(t <= order_.params.rounds() && checkpoints_.size() == order_.params.states);
  if (t > 0 && t % rho == 0) return checkpoints_[t / rho - 1];
  const std::uint32_t base = t - t % rho;
  if (working_t_ < base || working_t_ > t) {
    if (base == 0)
      fill_first_state(order_.key, 0, working_);
    else
      working_ = checkpoints_[base / rho - 1];
    working_t_ = base;
  }
  while (working_t_ < t) advance();
  return working_;
}

std::vector<std::uint8_t> CpuArithmetic::sweep_values(const Hash& link) const {
  const SweepKey key(link);
  std::vector<std::uint8_t> values;
  values.resize(8 * order_.params.segments());
  std::size_t at = 0;
  for (const State& state : checkpoints_) {
    for (std::size_t offset = 0; offset < state.size(); offset += segment_bytes, at += 8)
      store_little(key.value(std::span(state).subspan(offset, segment_bytes)), &values[at]);
  }
  return values;
}

Result<Hash> CpuArithmetic::sweep(const Hash& link) { return blake3(sweep_values(link)); }

Result<std::vector<LeafOpening>> CpuArithmetic::open_leaves(std::span<const LeafRequest> requests) {
  std::vector<LeafOpening> openings;
  openings.reserve(requests.size());
  for (std::size_t n = 0; n < requests.size();) {
    const std::uint32_t t = requests[n].t;
    const auto bytes = state(t);
    const FullTree tree(values_of_chunks(bytes));
    for (; n < requests.size() && requests[n].t == t; ++n) {
      const auto leaf = bytes.subspan(requests[n].leaf * leaf_bytes, leaf_bytes);
      openings.push_back({{leaf.begin(), leaf.end()}, tree.path(requests[n].leaf)});
    }
  }
  return openings;
}

Result<std::vector<SweepOpening>> CpuArithmetic::open_sweeps(std::span<const SweepRequest> requests) {
  std::vector<SweepOpening> openings;
  openings.reserve(requests.size());
  for (std::size_t n = 0; n < requests.size();) {
    const Hash link = requests[n].link;
    const std::vector<std::uint8_t> values = sweep_values(link);
    const std::vector<Hash> chunks = values_of_chunks(values);
    for (; n < requests.size() && requests[n].link == link; ++n) {
      const auto chunk = std::span(values).subspan(requests[n].chunk * leaf_bytes, leaf_bytes);
      openings.push_back({{chunk.begin(), chunk.end()}, tree_path(chunks, requests[n].chunk)});
    }
  }
  return openings;
}

}  // namespace souk::capacity
