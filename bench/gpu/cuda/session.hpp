#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "bench/gpu/cuda/runtime.hpp"
#include "bench/gpu/report.hpp"
#include "bench/gpu/suite.hpp"

namespace souk::gpu {

/// One GPU being measured: its stream, its telemetry, and the one way to take samples.
class Session {
 public:
  /// Makes `device` current for the calling thread.
  Session(const Device& device, const SuiteOptions& options);

  /// Enqueues launches first..first + count - 1 on the stream; the number lets them rotate buffers.
  using Batch = std::function<void(cudaStream_t stream, int first, int count)>;

  /// The median of three short samples; for choosing among variants.
  double quick_seconds_per_launch(const std::string& kernel, const Batch& batch);

  /// Takes the samples as rates, amount / seconds per launch. Every sample is queued behind a closed gate,
  /// let go when it is complete, timed by events, and at least options.sample_ms long, after half a second of
  /// warm-up, with telemetry under load at the start and the end.
  Measurement measure(const std::string& test, const std::string& unit, double amount, const Batch& batch);

  /// Waits for the stream; a failure of anything queued names `kernel`.
  void wait(const std::string& kernel);
  void check(cudaError_t status, const char* call, const std::string& kernel) const {
    check_cuda(status, call, device_.index, kernel);
  }
  /// Throws the GpuError of a result that is wrong.
  [[noreturn]] void wrong(const std::string& kernel, const std::string& why) const;

  DeviceBuffer device_buffer(std::size_t bytes, const std::string& kernel) const {
    return DeviceBuffer(bytes, device_.index, kernel);
  }
  /// A copy on the host of `count` words at `from`, after everything queued.
  std::vector<std::uint32_t> download(const std::uint32_t* from, std::size_t count,
                                      const std::string& kernel);

  const Device& device() const { return device_; }
  const SuiteOptions& options() const { return options_; }
  cudaStream_t stream() const { return stream_; }
  /// Read while the newest batch ran; at most a tenth of a second apart.
  Telemetry under_load() const { return under_load_; }

  /// At least `least_seconds` of launches, `count` behind each gate; returns seconds per launch.
  double sample(const std::string& kernel, const Batch& batch, int count, double least_seconds);
  /// Runs `batch` for `seconds`; returns how many launches fill `sample_seconds`, at most a queue.
  int warm_up(const std::string& kernel, const Batch& batch, double seconds, double sample_seconds);

 private:
  /// Seconds that `count` launches take behind the gate.
  double timed(const std::string& kernel, const Batch& batch, int first, int count);

  Device device_;
  SuiteOptions options_;
  Stream stream_;
  Event start_;
  Event stop_;
  PinnedBuffer gate_;
  TelemetrySource telemetry_;
  Telemetry under_load_;
  std::chrono::steady_clock::time_point read_at_{};
  int launched_ = 0;
};

}  // namespace souk::gpu
