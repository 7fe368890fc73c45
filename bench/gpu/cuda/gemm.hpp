#pragma once

#include <array>
#include <string>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/session.hpp"
#include "bench/gpu/reference.hpp"

namespace souk::gpu {

inline constexpr std::array<Type, 4> tensor_types{Type::bf16, Type::fp16, Type::int8, Type::fp8};

/// The type as test names spell it.
inline const char* name_of(Type type) {
  return type == Type::bf16 ? "bf16" : type == Type::fp16 ? "fp16" : type == Type::int8 ? "int8" : "fp8";
}
inline const char* unit_of(Type type) { return type == Type::int8 ? "TOPS" : "TFLOP/s"; }
/// Only sm_90a has it, and only compute capability 9.0 runs sm_90a.
inline bool has_wgmma(const Device& device) { return device.compute_capability == 90; }

/// The operands and result of one n x n x n product on the device.
class Gemm {
 public:
  /// REQUIRES: n is a multiple of 256, at least 1024.
  Gemm(Session& session, Type type, int n);

  /// Fills A and B from the streams of seed_a and seed_b.
  void fill(Fill fill);
  /// Enqueues one product by the mma path (wgmma false) or the wgmma path; prepare() must have been called.
  void launch(bool wgmma, cudaStream_t stream) const;
  void prepare(bool wgmma);
  /// Sets C to a pattern no product gives, so that only launches after it can satisfy a check.
  void clear();
  /// Checks every element of C by ExactProduct; throws GpuError naming `test`. Needs an exact fill or int8.
  void check_exact(Fill fill, const std::string& test) const;
  /// Checks 256 elements of C, spread over all tiles' rows and columns, within rounding.
  void check_sampled(Fill fill, const std::string& test) const;
  /// XOR of all words of C.
  std::uint32_t checksum() const;

  double tera_operations() const;
  int n() const { return n_; }
  const DeviceBuffer& a() const { return a_; }
  const DeviceBuffer& b() const { return b_; }
  const DeviceBuffer& c() const { return c_; }

 private:
  Session& session_;
  Type type_;
  int n_;
  DeviceBuffer a_;
  DeviceBuffer b_;
  DeviceBuffer c_;
  WgmmaPlan plan_;
};

}  // namespace souk::gpu
