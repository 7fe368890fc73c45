#include "bench/gpu/gpu_arithmetic.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <string>

#include "actors/base/check.hpp"
#include "actors/capacity/chains.hpp"

namespace souk::gpu {
namespace {

using capacity::LeafOpening;
using capacity::LeafRequest;
using capacity::Params;
using capacity::SweepOpening;
using capacity::SweepRequest;

constexpr std::size_t gathered_at_once = 512;  // chunks; bounds the buffer they are copied into

Digest digest_of(const Hash& hash) { return std::bit_cast<Digest>(hash); }

std::uint64_t subtrees_of(const Params& params) { return params.leaves() / subtree_leaves; }

std::uint64_t working_bytes(const Params& params) {
  return std::uint64_t{params.k() + halo_rows} * params.k();
}

TreeShape state_shape(const Params& params) { return tree_shape(params.leaves()); }
TreeShape sweep_shape(const Params& params) { return tree_shape(params.sweep_leaves()); }

/// The smaller parts of the memory plan, in bytes.
struct SmallParts {
  std::uint64_t values, tree, subtrees, hashes, numbers, gathered;
};
SmallParts small_parts(const Params& params) {
  const TreeShape of_state = state_shape(params);
  const TreeShape of_sweep = sweep_shape(params);
  return {.values = 8 * params.segments(),
          .tree = sizeof(Digest) * std::max(of_state.size(), of_sweep.size()),
          .subtrees = sizeof(Digest) * subtrees_of(params),
          .hashes = sizeof(Digest) * (std::uint64_t{params.rounds()} + 1),
          .numbers = 8 * gathered_at_once,
          .gathered = gathered_at_once * std::max(gathered_bytes(of_state), gathered_bytes(of_sweep))};
}

}  // namespace

/// One chunk and its path, as they came from the device.
struct GpuArithmetic::Gathered {
  std::vector<std::uint8_t> chunk;
  std::vector<Hash> path;
};

std::uint64_t GpuArithmetic::bytes_needed(const Params& params) {
  const SmallParts small = small_parts(params);
  return params.total_bytes() + params.state_bytes() + 2 * working_bytes(params) + small.values + small.tree +
         small.subtrees + 2 * small.hashes + sizeof(Digest) + small.numbers + small.gathered;
}

Result<void> GpuArithmetic::check_memory(const Params& params, std::uint64_t memory_bytes, int index) {
  const std::uint64_t needed = bytes_needed(params);
  if (needed <= memory_bytes) return {};
  Params most = params;  // the largest number of states that fits; 0 if not even one does
  std::uint32_t low = 0;
  std::uint32_t high = params.states;
  while (high - low > 1) {
    most.states = low + (high - low) / 2;
    (bytes_needed(most) <= memory_bytes ? low : high) = most.states;
  }
  return fail("N (states) is " + std::to_string(params.states) + " of k = " + std::to_string(params.k()) +
              ": needs " + std::to_string(needed) + " bytes, GPU " + std::to_string(index) + " has " +
              std::to_string(memory_bytes) + ", so N must be " +
              (low == 0 ? "0, and k smaller" : "1 to " + std::to_string(low)));
}

template <class T, class Step>
Result<T> GpuArithmetic::guarded(Step step) {
  try {
    return step();
  } catch (const std::runtime_error& error) {
    filled_ = false;
    allocated_for_.reset();
    return fail(error.what());
  }
}

void GpuArithmetic::allocate(const Params& params) {
  if (allocated_for_ == params) return;
  allocated_for_.reset();
  device_->release_all();
  const SmallParts small = small_parts(params);
  const auto digests = [&](std::uint64_t bytes, const char* what) {
    return reinterpret_cast<Digest*>(device_->allocate(bytes, what));
  };
  checkpoints_ = device_->allocate(params.total_bytes(), "proof states");
  bt_ = device_->allocate(params.state_bytes(), "proof operand B");
  for (std::uint8_t*& buffer : working_)
    buffer = device_->allocate(working_bytes(params), "proof working state");
  values_ = device_->allocate(small.values, "proof sweep values");
  tree_ = digests(small.tree, "proof tree");
  subtrees_ = digests(small.subtrees, "proof subtrees");
  state_hashes_ = digests(small.hashes, "proof state hashes");
  links_ = digests(small.hashes, "proof links");
  key_ = digests(sizeof(Digest), "proof key");
  numbers_ = device_->allocate(small.numbers, "proof openings");
  gathered_ = device_->allocate(small.gathered, "proof openings");
  allocated_for_ = params;
}

Result<void> GpuArithmetic::reserve(const Params& params) {
  filled_ = false;
  if (auto fits = check_memory(params, device_->memory_bytes(), device_->index()); !fits) return fits;
  return guarded<void>([&]() -> Result<void> {
    allocate(params);
    return {};
  });
}

std::uint8_t* GpuArithmetic::checkpoint(std::uint32_t n) const {
  return checkpoints_ + (n - 1) * params().state_bytes();
}

void GpuArithmetic::load_first_state() {
  const Digest key = digest_of(order_.key);
  const std::uint64_t bytes = params().state_bytes();
  device_->stream(key, 0, bytes / 64, working(0));
  device_->stream(key, 0, std::uint64_t{halo_rows} * params().k() / 64, working(0) + bytes);
  working_t_ = 0;
}

void GpuArithmetic::advance(std::uint8_t* checkpoint) {
  device_->round({.state = working(working_t_),
                  .bt = bt_,
                  .link = links_[working_t_].word,
                  .next = working(working_t_ + 1),
                  .checkpoint = checkpoint,
                  .k = params().k()});
  ++working_t_;
}

void GpuArithmetic::hash_working_state() {
  const std::uint64_t count = subtrees_of(params());
  device_->subtrees(working(working_t_), count, subtrees_);
  device_->finish({.subtrees = subtrees_,
                   .count = static_cast<int>(count),
                   .previous = working_t_ == 0 ? key_ : links_ + working_t_ - 1,
                   .state_hash = state_hashes_ + working_t_,
                   .link = links_ + working_t_});
}

Result<std::vector<Hash>> GpuArithmetic::fill(const capacity::FillOrder& order) {
  if (auto reserved = reserve(order.params); !reserved) return fail(reserved.error().message);
  order_ = order;
  return guarded<std::vector<Hash>>([&] {
    const Hash b = capacity::tagged_hash("gpoc/B/v2", {order.epoch});
    device_->stream(digest_of(b), 0, params().state_bytes() / 64, bt_);
    device_->upload(reinterpret_cast<std::uint8_t*>(key_), order.key);
    load_first_state();
    hash_working_state();
    while (working_t_ < params().rounds()) {
      const std::uint32_t t = working_t_ + 1;
      advance(t % params().rounds_per_state == 0 ? checkpoint(t / params().rounds_per_state) : nullptr);
      hash_working_state();
    }
    std::vector<Hash> hashes(std::size_t{params().rounds()} + 1);
    device_->download({hashes.front().data(), hashes.size() * sizeof(Hash)},
                      reinterpret_cast<const std::uint8_t*>(state_hashes_));
    filled_ = true;
    return hashes;
  });
}

const std::uint8_t* GpuArithmetic::state(std::uint32_t t) {
  const std::uint32_t rho = params().rounds_per_state;
  SOUK_CHECK(t <= params().rounds());
  if (t > 0 && t % rho == 0) return checkpoint(t / rho);
  const std::uint32_t base = t - t % rho;
  if (working_t_ < base || working_t_ > t) {
    if (base == 0) {
      load_first_state();
    } else {
      const std::uint8_t* from = checkpoint(base / rho);
      const std::uint64_t bytes = params().state_bytes();
      device_->copy(working(base), from, bytes);
      device_->copy(working(base) + bytes, from, std::uint64_t{halo_rows} * params().k());
      working_t_ = base;
    }
  }
  while (working_t_ < t) advance(nullptr);
  return working(t);
}

void GpuArithmetic::build_tree(const std::uint8_t* bytes, const TreeShape& shape) {
  device_->chunks(bytes, shape.count[0], tree_);
  for (int level = 0; level < shape.levels; ++level)
    device_->level(tree_ + shape.offset[level], shape.count[level], tree_ + shape.offset[level + 1]);
}

void GpuArithmetic::run_sweep(const Hash& link) {
  device_->sweep({.checkpoints = checkpoints_,
                  .segments = params().segments(),
                  .link = digest_of(link),
                  .values = reinterpret_cast<std::uint64_t*>(values_)});
  build_tree(values_, sweep_shape(params()));
}

Result<Hash> GpuArithmetic::sweep(const Hash& link) {
  SOUK_CHECK(filled_);
  return guarded<Hash>([&] {
    run_sweep(link);
    Hash root{};
    const TreeShape shape = sweep_shape(params());
    device_->download(root, reinterpret_cast<const std::uint8_t*>(tree_ + shape.offset[shape.levels]));
    return root;
  });
}

std::vector<GpuArithmetic::Gathered> GpuArithmetic::gather(const std::uint8_t* bytes, const TreeShape& shape,
                                                           std::span<const std::uint64_t> numbers) {
  std::vector<Gathered> all;
  const std::size_t slot = gathered_bytes(shape);
  std::vector<std::uint8_t> host;
  while (!numbers.empty()) {
    const auto now = numbers.first(std::min(numbers.size(), gathered_at_once));
    numbers = numbers.subspan(now.size());
    device_->upload(numbers_, {reinterpret_cast<const std::uint8_t*>(now.data()), now.size_bytes()});
    device_->gather({.bytes = bytes,
                     .tree = tree_,
                     .shape = shape,
                     .chunks = reinterpret_cast<const std::uint64_t*>(numbers_),
                     .count = now.size(),
                     .out = gathered_});
    host.resize(now.size() * slot);
    device_->download(host, gathered_);
    for (std::size_t n = 0; n < now.size(); ++n) {
      const auto at = host.begin() + static_cast<std::ptrdiff_t>(n * slot);
      Gathered one{{at, at + chunk_bytes}, {}};
      std::uint64_t node = now[n];
      for (int level = 0; level < shape.levels; ++level, node /= 2) {
        if ((node ^ 1) >= shape.count[level]) continue;  // an odd last node: no sibling
        Hash& sibling = one.path.emplace_back();
        std::copy_n(at + chunk_bytes + static_cast<std::ptrdiff_t>(32 * (one.path.size() - 1)), 32,
                    sibling.begin());
      }
      all.push_back(std::move(one));
    }
  }
  return all;
}

Result<std::vector<LeafOpening>> GpuArithmetic::open_leaves(std::span<const LeafRequest> requests) {
  SOUK_CHECK(filled_);
  return guarded<std::vector<LeafOpening>>([&] {
    const TreeShape shape = state_shape(params());
    std::vector<LeafOpening> openings;
    for (std::size_t n = 0; n < requests.size();) {
      const std::uint32_t t = requests[n].t;
      std::vector<std::uint64_t> leaves;
      for (; n < requests.size() && requests[n].t == t; ++n) leaves.push_back(requests[n].leaf);
      const std::uint8_t* bytes = state(t);
      build_tree(bytes, shape);
      for (Gathered& one : gather(bytes, shape, leaves))
        openings.push_back({std::move(one.chunk), std::move(one.path)});
    }
    return openings;
  });
}

Result<std::vector<SweepOpening>> GpuArithmetic::open_sweeps(std::span<const SweepRequest> requests) {
  SOUK_CHECK(filled_);
  return guarded<std::vector<SweepOpening>>([&] {
    const TreeShape shape = sweep_shape(params());
    std::vector<SweepOpening> openings;
    for (std::size_t n = 0; n < requests.size();) {
      const Hash link = requests[n].link;
      std::vector<std::uint64_t> chunks;
      for (; n < requests.size() && requests[n].link == link; ++n) chunks.push_back(requests[n].chunk);
      run_sweep(link);
      for (Gathered& one : gather(values_, shape, chunks))
        openings.push_back({std::move(one.chunk), std::move(one.path)});
    }
    return openings;
  });
}

Result<ProofPath> proof_path(const std::string& text, const Device& device) {
  const bool wgmma = device.compute_capability == 90;  // only 9.0 runs sm_90a
  if (text.empty() || text == "auto") return wgmma ? ProofPath::wgmma : ProofPath::mma;
  if (text == "mma") return ProofPath::mma;
  if (text != "wgmma") return fail("--path: '" + text.substr(0, 40) + "' is not one of auto, mma, wgmma");
  if (!wgmma)
    return fail("--path: wgmma needs compute capability 9.0, GPU " + std::to_string(device.index) + " has " +
                std::to_string(device.compute_capability / 10) + "." +
                std::to_string(device.compute_capability % 10));
  return ProofPath::wgmma;
}

Result<std::unique_ptr<GpuArithmetic>> gpu_arithmetic(const Device& device, ProofPath path) {
  auto proof_device = cuda_proof_device(device, path);
  if (!proof_device) return fail(proof_device.error().message);
  return std::make_unique<GpuArithmetic>(std::move(*proof_device));
}

}  // namespace souk::gpu
