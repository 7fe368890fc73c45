#include "bench/gpu/cuda/session.hpp"

#include <algorithm>
#include <cmath>

#include "bench/gpu/cuda/kernels.hpp"

namespace souk::gpu {
namespace {

constexpr int longest_batch = 256;  // a stream's queue holds about a thousand; a full one would never open
constexpr double warm_up_seconds = 0.5;

int made_current(int device) {
  check_cuda(cudaSetDevice(device), "cudaSetDevice", device, "");
  return device;
}

/// Opens the gate when the batch is queued, and also when queueing throws, so that nothing waits for ever.
class Opener {
 public:
  explicit Opener(volatile int* gate) : gate_(gate) { *gate_ = 0; }
  ~Opener() { *gate_ = 1; }
  Opener(const Opener&) = delete;
  Opener& operator=(const Opener&) = delete;

 private:
  volatile int* gate_;
};

}  // namespace

Session::Session(const Device& device, const SuiteOptions& options)
    : device_(device),
      options_(options),
      stream_(made_current(device.index)),
      start_(device.index),
      stop_(device.index),
      gate_(sizeof(int), device.index, "gate"),
      telemetry_(device.pci_bus_id) {}

void Session::wait(const std::string& kernel) {
  check(cudaStreamSynchronize(stream_), "cudaStreamSynchronize", kernel);
}

void Session::wrong(const std::string& kernel, const std::string& why) const {
  throw GpuError("GPU " + std::to_string(device_.index) + ": kernel " + kernel + ": wrong result: " + why);
}

std::vector<std::uint32_t> Session::download(const std::uint32_t* from, std::size_t count,
                                             const std::string& kernel) {
  wait(kernel);
  std::vector<std::uint32_t> words(count);
  check(cudaMemcpy(words.data(), from, count * 4, cudaMemcpyDeviceToHost), "cudaMemcpy to the host", kernel);
  return words;
}

double Session::timed(const std::string& kernel, const Batch& batch, int first, int count) {
  {
    const Opener opener(gate_.as<int>());
    check(launch_gate(gate_.as<int>(), stream_), "launch", "gate");
    check(cudaEventRecord(start_, stream_), "cudaEventRecord", kernel);
    batch(stream_, first, count);
    check(cudaEventRecord(stop_, stream_), "cudaEventRecord", kernel);
  }
  const auto now = std::chrono::steady_clock::now();
  if (now - read_at_ > std::chrono::milliseconds(100)) {
    under_load_ = telemetry_.read();
    read_at_ = now;
  }
  check(cudaEventSynchronize(stop_), "cudaEventSynchronize", kernel);
  float milliseconds = 0;
  check(cudaEventElapsedTime(&milliseconds, start_, stop_), "cudaEventElapsedTime", kernel);
  return milliseconds / 1e3;
}

double Session::sample(const std::string& kernel, const Batch& batch, int count, double least_seconds) {
  double seconds = 0;
  std::int64_t launches = 0;
  while (seconds < least_seconds) {
    seconds += timed(kernel, batch, launched_, count);
    launched_ = (launched_ + count) & 0xFFFFFF;
    launches += count;
  }
  return seconds / static_cast<double>(launches);
}

int Session::warm_up(const std::string& kernel, const Batch& batch, double seconds, double sample_seconds) {
  // A kernel's first launch may load its code, which can wait for the device to be idle: not behind a gate.
  batch(stream_, 0, 1);
  wait(kernel);
  double each = timed(kernel, batch, 0, 1);
  for (double spent = each; spent < seconds;) {
    const int count = static_cast<int>(std::clamp(0.05 / each, 1.0, double{longest_batch}));
    const double took = timed(kernel, batch, 0, count);
    each = std::max(took / count, 1e-7);
    spent += std::max(took, 1e-4);
  }
  return static_cast<int>(std::clamp(std::ceil(1.02 * sample_seconds / each), 1.0, double{longest_batch}));
}

double Session::quick_seconds_per_launch(const std::string& kernel, const Batch& batch) {
  const int count = warm_up(kernel, batch, 0.02, 0.01);
  std::vector<double> samples;
  for (int i = 0; i < 3; ++i) samples.push_back(sample(kernel, batch, count, 0.01));
  return summarise(samples).median;
}

Measurement Session::measure(const std::string& test, const std::string& unit, double amount,
                             const Batch& batch) {
  Measurement m;
  m.test = test;
  m.unit = unit;
  const double least = options_.sample_ms / 1e3;
  const int count = warm_up(test, batch, warm_up_seconds, least);
  m.before = under_load_;
  for (int i = 0; i < options_.samples; ++i) m.samples.push_back(amount / sample(test, batch, count, least));
  m.after = under_load_;
  return m;
}

}  // namespace souk::gpu
