#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "bench/gpu/device.hpp"
#include "bench/gpu/telemetry.hpp"

namespace souk::gpu {

/// A CUDA call that failed, or a result that did not verify. One line: device, kernel or call, reason. Thrown
/// within cuda/ only; run_suite turns it into an Error.
class GpuError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Throws GpuError "GPU 0: cudaMalloc: kernel memory_read: out of memory" unless `status` is success.
void check_cuda(cudaError_t status, const char* call, int device, const std::string& kernel);

/// Device memory of the current device.
class DeviceBuffer {
 public:
  DeviceBuffer() = default;
  DeviceBuffer(std::size_t bytes, int device, const std::string& kernel);
  /// Takes over `data`, which cudaMalloc gave.
  static DeviceBuffer adopt(void* data, std::size_t bytes);
  ~DeviceBuffer();
  DeviceBuffer(DeviceBuffer&& other) noexcept;
  DeviceBuffer& operator=(DeviceBuffer&& other) noexcept;

  template <class T = void>
  T* as() const {
    return static_cast<T*>(data_);
  }
  std::size_t size() const { return size_; }

 private:
  void* data_ = nullptr;
  std::size_t size_ = 0;
};

/// Host memory the device reaches directly.
class PinnedBuffer {
 public:
  PinnedBuffer(std::size_t bytes, int device, const std::string& kernel);
  ~PinnedBuffer();
  PinnedBuffer(const PinnedBuffer&) = delete;
  PinnedBuffer& operator=(const PinnedBuffer&) = delete;

  template <class T = void>
  T* as() const {
    return static_cast<T*>(data_);
  }

 private:
  void* data_ = nullptr;
};

class Stream {
 public:
  explicit Stream(int device);
  ~Stream();
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  operator cudaStream_t() const { return stream_; }  // NOLINT: a handle, used as one

 private:
  cudaStream_t stream_ = nullptr;
};

class Event {
 public:
  explicit Event(int device);
  ~Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  operator cudaEvent_t() const { return event_; }  // NOLINT: a handle, used as one

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace souk::gpu
