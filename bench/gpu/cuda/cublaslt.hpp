#pragma once

#include <memory>
#include <string>

#include "bench/gpu/cuda/session.hpp"
#include "bench/gpu/operands.hpp"

namespace souk::gpu {

/// cuBLASLt as a reference column, opened at run time: half a gigabyte that this program neither links nor
/// needs. Computes the same C = A * B^T as our kernels, with 4-byte results.
class CublasLt {
 public:
  /// Null with `why_not` set where the library is not installed or does not start.
  static std::unique_ptr<CublasLt> open(std::string& why_not);
  ~CublasLt();
  CublasLt(const CublasLt&) = delete;
  CublasLt& operator=(const CublasLt&) = delete;

  /// The median rate in 1e12 operations per second of the fastest of its suggested algorithms for n x n x n;
  /// 0 where it offers none for this type and device.
  double rate(Session& session, Type type, const void* a, const void* b, void* c, int n);

 private:
  struct Library;
  struct Product;
  explicit CublasLt(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace souk::gpu
