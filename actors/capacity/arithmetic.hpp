#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/base/hash.hpp"
#include "actors/base/result.hpp"
#include "actors/capacity/params.hpp"

/// The heavy work of a prover behind one interface: a GPU, a CPU, or a cheat in a test.
namespace souk::capacity {

/// What a fill starts from.
struct FillOrder {
  Params params;
  Hash epoch{};  ///< E: the matrix B
  Hash key{};    ///< c: the first state, and h_0 together with d_0
};

/// One leaf of one state: chunk number `leaf` = i W + q of X_t, t = 0..R.
struct LeafRequest {
  std::uint32_t t = 0;
  std::uint64_t leaf = 0;
  friend auto operator<=>(const LeafRequest&, const LeafRequest&) = default;
};
struct LeafOpening {
  std::vector<std::uint8_t> leaf;  ///< 1024 bytes
  std::vector<Hash> path;          ///< p siblings up to d_t
};

/// One chunk of the values of the sweep with key `link` = G_{s-1}.
struct SweepRequest {
  Hash link{};
  std::uint64_t chunk = 0;  ///< below params.sweep_leaves()
  friend auto operator<=>(const SweepRequest&, const SweepRequest&) = default;
};
struct SweepOpening {
  std::vector<std::uint8_t> chunk;  ///< 128 values f_{s,gamma}, 1024 bytes
  std::vector<Hash> path;           ///< siblings up to F_s
};

/// Fills, sweeps and opens the states of one challenge at a time. Calls come in this order: fill, then
/// `sweeps` times sweep, then open_leaves and open_sweeps; a new fill forgets everything before it. Errors
/// are the device's, one line each: not enough memory, a failed call. Nothing partial is ever returned.
class Arithmetic {
 public:
  virtual ~Arithmetic() = default;

  /// Runs rounds 1..R from X_0; every rho-th state stays in memory. Returns d_0..d_R.
  virtual Result<std::vector<Hash>> fill(const FillOrder& order) = 0;
  /// F_s of the sweep with key `link` = G_{s-1} over all N states in memory.
  virtual Result<Hash> sweep(const Hash& link) = 0;
  /// The requested leaves, in the order of the requests. States between checkpoints may be computed again.
  /// REQUIRES: requests ascending and all different.
  virtual Result<std::vector<LeafOpening>> open_leaves(std::span<const LeafRequest> requests) = 0;
  /// The requested chunks, in the order of the requests; sweeps may be run again.
  /// REQUIRES: requests ascending and all different.
  virtual Result<std::vector<SweepOpening>> open_sweeps(std::span<const SweepRequest> requests) = 0;
};

}  // namespace souk::capacity
