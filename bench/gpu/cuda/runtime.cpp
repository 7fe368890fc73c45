#include "bench/gpu/cuda/runtime.hpp"

#include <utility>

namespace souk::gpu {

void check_cuda(cudaError_t status, const char* call, int device, const std::string& kernel) {
  if (status == cudaSuccess) return;
  throw GpuError("GPU " + std::to_string(device) + ": " + call +
                 (kernel.empty() ? "" : ": kernel " + kernel) + ": " + cudaGetErrorString(status) + " (" +
                 cudaGetErrorName(status) + ")");
}

DeviceBuffer::DeviceBuffer(std::size_t bytes, int device, const std::string& kernel) : size_(bytes) {
  const std::string call = "cudaMalloc of " + std::to_string(bytes) + " bytes";
  check_cuda(cudaMalloc(&data_, bytes), call.c_str(), device, kernel);
}
DeviceBuffer DeviceBuffer::adopt(void* data, std::size_t bytes) {
  DeviceBuffer buffer;
  buffer.data_ = data;
  buffer.size_ = bytes;
  return buffer;
}
DeviceBuffer::~DeviceBuffer() { cudaFree(data_); }
DeviceBuffer::DeviceBuffer(DeviceBuffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}
DeviceBuffer& DeviceBuffer::operator=(DeviceBuffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

PinnedBuffer::PinnedBuffer(std::size_t bytes, int device, const std::string& kernel) {
  const std::string call = "cudaHostAlloc of " + std::to_string(bytes) + " bytes";
  check_cuda(cudaHostAlloc(&data_, bytes, cudaHostAllocPortable | cudaHostAllocMapped), call.c_str(), device,
             kernel);
}
PinnedBuffer::~PinnedBuffer() { cudaFreeHost(data_); }

Stream::Stream(int device) {
  check_cuda(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "cudaStreamCreate", device, "");
}
Stream::~Stream() { cudaStreamDestroy(stream_); }

Event::Event(int device) { check_cuda(cudaEventCreate(&event_), "cudaEventCreate", device, ""); }
Event::~Event() { cudaEventDestroy(event_); }

}  // namespace souk::gpu
