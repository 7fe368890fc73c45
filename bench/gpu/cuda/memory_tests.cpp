#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "bench/gpu/cuda/kernels.hpp"
#include "bench/gpu/cuda/tests.hpp"
#include "bench/gpu/reference.hpp"

namespace souk::gpu {
namespace {

constexpr std::uint32_t seeds[2] = {0x5EA1, 0x5EA2};
constexpr std::uint32_t write_seed = 0x3117E;
constexpr int windows = 64;
constexpr std::size_t window_words = 1024;

/// Two buffers far larger than the L2, so that a pass over one leaves nothing of the other.
struct Buffers {
  std::size_t bytes;
  std::array<DeviceBuffer, 2> data;
  DeviceBuffer checksum;

  explicit Buffers(Session& session)
      : bytes(rounded(session.device().l2_bytes)),
        data{session.device_buffer(bytes, "memory"), session.device_buffer(bytes, "memory")},
        checksum(session.device_buffer(4, "memory")) {
    for (std::size_t i = 0; i < 2; ++i) fill(session, i);
  }
  void fill(Session& session, std::size_t i) const {
    session.check(launch_fill(data[i].as<std::uint32_t>(), bytes / 4, seeds[i], Type::int8, Fill::random,
                              session.stream()),
                  "launch", "fill");
    session.wait("fill");
  }
  static std::size_t rounded(std::uint64_t l2_bytes) {
    const std::size_t wanted = std::max<std::size_t>(std::size_t{1} << 30, 8 * l2_bytes);
    return (wanted + memory_granule - 1) / memory_granule * memory_granule;
  }
};

/// The XOR of a buffer as the read kernel finds it.
std::uint32_t checksum_of(Session& session, const Buffers& buffers, std::size_t i, MemoryShape shape) {
  session.check(cudaMemsetAsync(buffers.checksum.as(), 0, 4, session.stream()), "cudaMemset", "memory_read");
  session.check(launch_read(buffers.data[i].as(), buffers.bytes, buffers.checksum.as<std::uint32_t>(), shape,
                            session.device().multiprocessors, session.stream()),
                "launch", "memory_read");
  return session.download(buffers.checksum.as<std::uint32_t>(), 1, "memory_read").front();
}

/// Compares windows spread over buffer `i`, the last one at its very end, with `expected(word index)`.
template <class Expected>
void check_windows(Session& session, const Buffers& buffers, std::size_t i, const std::string& kernel,
                   Expected expected) {
  const std::size_t last = buffers.bytes / 4 - window_words;
  for (std::size_t w = 0; w < windows; ++w) {
    const std::size_t first = last * w / (windows - 1) / 4 * 4;
    const auto words = session.download(buffers.data[i].as<std::uint32_t>() + first, window_words, kernel);
    for (std::size_t j = 0; j < window_words; ++j) {
      if (words[j] != expected(first + j))
        session.wrong(kernel, "word " + std::to_string(first + j) + " differs from the CPU's");
    }
  }
}

/// The fastest of the shapes for `batch_of(shape)`.
template <class BatchOf>
MemoryShape fastest_shape(Session& session, const std::string& kernel, BatchOf batch_of) {
  MemoryShape best{};
  double best_seconds = std::numeric_limits<double>::max();
  for (const int unroll : {4, 8, 16}) {
    for (const int blocks : {1, 2, 3, 4}) {
      const MemoryShape shape{unroll, blocks};
      const double seconds = session.quick_seconds_per_launch(kernel, batch_of(shape));
      if (seconds < best_seconds) {
        best_seconds = seconds;
        best = shape;
      }
    }
  }
  return best;
}

std::string describe(const Buffers& buffers, MemoryShape shape) {
  return "2 buffers of " + std::to_string(buffers.bytes >> 20) + " MiB, " + std::to_string(shape.unroll) +
         " x 16 B in flight per thread, " + std::to_string(shape.blocks_per_sm) + " x " +
         std::to_string(memory_threads) + " threads per SM (fastest of 12)";
}

/// Tunes and measures one kernel: launch(shape, stream, launch number).
template <class Launch>
std::pair<Measurement, MemoryShape> tune_and_measure(Session& session, const Buffers& buffers,
                                                     const std::string& test, double bytes, Launch launch) {
  const auto batch_of = [&](MemoryShape shape) {
    return [&, shape](cudaStream_t stream, int first, int count) {
      for (int i = first; i < first + count; ++i) session.check(launch(shape, stream, i), "launch", test);
    };
  };
  const MemoryShape shape = fastest_shape(session, test, batch_of);
  Measurement m = session.measure(test, "GB/s", bytes / 1e9, batch_of(shape));
  m.how = describe(buffers, shape);
  return {std::move(m), shape};
}

MemoryShape measure_read(Session& session, Report& report, const Buffers& buffers) {
  auto [m, shape] = tune_and_measure(session, buffers, "memory_read", static_cast<double>(buffers.bytes),
                                     [&](MemoryShape s, cudaStream_t stream, int i) {
                                       return launch_read(buffers.data[static_cast<std::size_t>(i) % 2].as(),
                                                          buffers.bytes, buffers.checksum.as<std::uint32_t>(),
                                                          s, session.device().multiprocessors, stream);
                                     });
  for (std::size_t i = 0; i < 2; ++i) {
    if (checksum_of(session, buffers, i, shape) != stream_checksum(seeds[i], 0, buffers.bytes / 4))
      session.wrong("memory_read", "the checksum of buffer " + std::to_string(i) + " differs from the CPU's");
  }
  m.check = "XOR of all words of both buffers equals the CPU's";
  report.measurements.push_back(std::move(m));
  return shape;
}

void measure_copy(Session& session, Report& report, const Buffers& buffers, MemoryShape read_shape) {
  auto [m, shape] =
      tune_and_measure(session, buffers, "memory_copy", 2 * static_cast<double>(buffers.bytes),
                       [&](MemoryShape s, cudaStream_t stream, int) {
                         return launch_copy(buffers.data[1].as(), buffers.data[0].as(), buffers.bytes, s,
                                            session.device().multiprocessors, stream);
                       });
  session.check(cudaMemsetAsync(buffers.data[1].as(), 0, buffers.bytes, session.stream()), "cudaMemset",
                "memory_copy");
  session.check(launch_copy(buffers.data[1].as(), buffers.data[0].as(), buffers.bytes, shape,
                            session.device().multiprocessors, session.stream()),
                "launch", "memory_copy");
  if (checksum_of(session, buffers, 1, read_shape) != stream_checksum(seeds[0], 0, buffers.bytes / 4))
    session.wrong("memory_copy", "the copy's checksum differs from the CPU's");
  check_windows(session, buffers, 1, "memory_copy", [](std::size_t i) { return random_word(seeds[0], i); });
  m.check = "XOR of all words of the copy equals the CPU's; 64 windows of 4 KiB word for word";
  if (session.options().reference) {
    const Measurement memcpy_rate =
        session.measure("cudaMemcpy", "GB/s", 2 * static_cast<double>(buffers.bytes) / 1e9,
                        [&](cudaStream_t stream, int, int count) {
                          for (int i = 0; i < count; ++i)
                            session.check(cudaMemcpyAsync(buffers.data[1].as(), buffers.data[0].as(),
                                                          buffers.bytes, cudaMemcpyDeviceToDevice, stream),
                                          "cudaMemcpyAsync", "memory_copy reference");
                        });
    m.reference_name = "cudaMemcpy";
    m.reference = summarise(memcpy_rate.samples).median;
  }
  report.measurements.push_back(std::move(m));
}

void measure_write(Session& session, Report& report, const Buffers& buffers, MemoryShape read_shape) {
  const auto seed_of = [](std::size_t buffer) { return write_seed + static_cast<std::uint32_t>(buffer); };
  auto [m, shape] =
      tune_and_measure(session, buffers, "memory_write", static_cast<double>(buffers.bytes),
                       [&](MemoryShape s, cudaStream_t stream, int i) {
                         const std::size_t buffer = static_cast<std::size_t>(i) % 2;
                         return launch_write(buffers.data[buffer].as(), buffers.bytes, seed_of(buffer), s,
                                             session.device().multiprocessors, stream);
                       });
  for (std::size_t i = 0; i < 2; ++i) {
    session.check(cudaMemsetAsync(buffers.data[i].as(), 0, buffers.bytes, session.stream()), "cudaMemset",
                  "memory_write");
    session.check(launch_write(buffers.data[i].as(), buffers.bytes, seed_of(i), shape,
                               session.device().multiprocessors, session.stream()),
                  "launch", "memory_write");
    if (checksum_of(session, buffers, i, read_shape) != written_checksum(seed_of(i), buffers.bytes / 16))
      session.wrong("memory_write",
                    "the checksum of buffer " + std::to_string(i) + " differs from the CPU's");
    check_windows(session, buffers, i, "memory_write", [&](std::size_t word) {
      return written_word(seed_of(i), word / 4, static_cast<int>(word % 4));
    });
  }
  m.check = "XOR of all words of both buffers equals the CPU's; 64 windows of 4 KiB each word for word";
  report.measurements.push_back(std::move(m));
}

}  // namespace

void test_memory(Session& session, Report& report) {
  const Buffers buffers(session);
  const MemoryShape read_shape = measure_read(session, report, buffers);
  measure_copy(session, report, buffers, read_shape);
  measure_write(session, report, buffers, read_shape);
}

namespace {

/// Loads the kernels that check the memory, which takes memory: while there is some.
void load_checking_kernels(Session& session) {
  const DeviceBuffer little = session.device_buffer(4096, "fill");
  session.check(launch_fill(little.as<std::uint32_t>(), 2, 0, Type::int8, Fill::random, session.stream()),
                "launch", "fill");
  session.check(launch_compare(little.as<std::uint32_t>(), 2, 0, 0, little.as<unsigned long long>() + 1,
                               session.stream()),
                "launch", "compare");
  session.wait("compare");
}

/// Allocates until nothing more is given: 1 GiB at a time, then ever less.
std::vector<DeviceBuffer> allocate_all(Session& session, const std::string& kernel) {
  std::vector<DeviceBuffer> chunks;
  for (std::size_t bytes = std::size_t{1} << 30; bytes >= (std::size_t{2} << 20);) {
    void* probe = nullptr;
    const cudaError_t status = cudaMalloc(&probe, bytes);
    if (status == cudaErrorMemoryAllocation) {
      cudaGetLastError();  // expected: this is how the end is found
      bytes /= 2;
      continue;
    }
    session.check(status, "cudaMalloc", kernel);
    chunks.push_back(DeviceBuffer::adopt(probe, bytes));
  }
  return chunks;
}

}  // namespace

void test_vram(Session& session, Report& report) {
  const std::string kernel = "vram_allocatable";
  load_checking_kernels(session);
  const std::vector<DeviceBuffer> chunks = allocate_all(session, kernel);
  if (chunks.empty()) session.wrong(kernel, "not even 2 MiB could be allocated");
  // The last chunk counts mismatches, so that the counter itself takes nothing from what is measured.
  auto* counter = chunks.back().as<unsigned long long>();
  // Everything is written before anything is read: memory that is not there would answer with other data.
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i)
    session.check(launch_fill(chunks[i].as<std::uint32_t>(), chunks[i].size() / 4,
                              static_cast<std::uint32_t>(i), Type::int8, Fill::random, session.stream()),
                  "launch", "fill");
  session.check(cudaMemsetAsync(counter, 0, sizeof *counter, session.stream()), "cudaMemset", kernel);
  for (std::size_t i = 0; i + 1 < chunks.size(); ++i)
    session.check(launch_compare(chunks[i].as<std::uint32_t>(), chunks[i].size() / 4, 0,
                                 static_cast<std::uint32_t>(i), counter, session.stream()),
                  "launch", "compare");
  session.wait(kernel);
  unsigned long long mismatches = 0;
  session.check(cudaMemcpy(&mismatches, counter, sizeof mismatches, cudaMemcpyDeviceToHost), "cudaMemcpy",
                kernel);
  if (mismatches != 0)
    session.wrong(kernel, std::to_string(mismatches) + " words differ from what was stored");
  std::uint64_t total = 0;
  for (const DeviceBuffer& chunk : chunks) total += chunk.size();
  Measurement m;
  m.test = kernel;
  m.unit = "GB";
  m.samples = {static_cast<double>(total) / 1e9};
  m.how = std::to_string(chunks.size()) + " allocations held at once, 1 GiB down to 2 MiB";
  m.check = "all but the last allocation written with random words, then all read back and compared";
  m.reference_name = "total the driver states";
  m.reference = static_cast<double>(session.device().memory_bytes) / 1e9;
  report.measurements.push_back(std::move(m));
}

}  // namespace souk::gpu
