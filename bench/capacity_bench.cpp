#include <benchmark/benchmark.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <span>
#include <vector>

#include "actors/capacity/blake3.hpp"
#include "actors/capacity/chacha8.hpp"
#include "actors/capacity/int8_product.hpp"
#include "actors/capacity/mod61.hpp"

/// The arithmetic of the proof of capacity on one core, each path beside the scalar one in the same run: the
/// mean rate of the path, and `vs_scalar`, the scalar path's best time over the mean time of the path, so
/// that noise can only make the ratio smaller. Times are processor time. Scalar means what the compiler makes
/// of plain loops at the build's own level. Every answer is compared with the scalar one.
namespace souk::capacity {
namespace {

void must(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "capacity_bench: wrong answer: %s\n", what);
  std::abort();
}

std::vector<std::uint8_t> random_bytes(std::size_t size, std::uint8_t key) {
  std::vector<std::uint8_t> bytes(size);
  ChaCha8(Hash{key}).fill(0, bytes, LanePath::scalar);
  return bytes;
}

std::vector<std::int8_t> random_values(std::size_t size, std::uint8_t key) {
  const std::vector<std::uint8_t> bytes = random_bytes(size, key);
  return {bytes.begin(), bytes.end()};
}

std::vector<std::uint64_t> random_residues(std::size_t size) {
  ChaCha8 words(Hash{9});
  std::vector<std::uint64_t> residues(size);
  for (std::uint64_t& residue : residues) residue = words.next_below(p61);
  return residues;
}

/// Chaining values of 2 MiB of chunks.
struct Blake3Chunks {
  static constexpr const char* name = "Blake3Chunks";
  using Path = LanePath;
  static constexpr const char* unit = "GB/s";
  static constexpr double amount = 2 << 20;
  std::vector<std::uint8_t> input = random_bytes(2 << 20, 1);
  std::vector<Hash> out = std::vector<Hash>(2 << 10);
  void run(Path path) { chunk_values(input, 0, out, path); }
};

struct Blake3Parents {
  static constexpr const char* name = "Blake3Parents";
  using Path = LanePath;
  static constexpr const char* unit = "Gparents/s";
  static constexpr double amount = 4096;
  std::vector<Hash> children = [] {
    std::vector<Hash> hashes(8192);
    chunk_values(random_bytes(8192 * 1024, 2), 0, hashes);
    return hashes;
  }();
  std::vector<Hash> out = std::vector<Hash>(4096);
  void run(Path path) { parent_values(children, out, path); }
};

/// The stream behind B and X_0.
struct ChaCha8Fill {
  static constexpr const char* name = "ChaCha8Fill";
  using Path = LanePath;
  static constexpr const char* unit = "GB/s";
  static constexpr double amount = 256 << 10;
  ChaCha8 stream{Hash{3}};
  std::vector<std::uint8_t> out = std::vector<std::uint8_t>(256 << 10);
  void run(Path path) { stream.fill(0, out, path); }
};

/// 32 sums of k = 8192 products, one by one; an operation is a multiplication or an addition.
struct Int8Dot {
  static constexpr const char* name = "Int8Dot";
  using Path = Int8Path;
  static constexpr const char* unit = "GOP/s";
  static constexpr double amount = 2.0 * 8192 * 32;
  std::vector<std::int8_t> a = random_values(8192, 4);
  std::vector<std::int8_t> bt = random_values(8192 * 32, 5);
  std::vector<std::int32_t> out = std::vector<std::int32_t>(32);
  void run(Path path) {
    for (std::size_t j = 0; j < out.size(); ++j) out[j] = dot(a, std::span(bt).subspan(j * 8192, 8192), path);
  }
};

/// Freshly streamed columns against one row, k = 8192: what a direct recomputation of an opening does.
struct Int8RowTimesMatrix {
  static constexpr const char* name = "Int8RowTimesMatrix";
  using Path = Int8Path;
  static constexpr const char* unit = "GOP/s";
  static constexpr double amount = 2.0 * 8192 * 32;
  std::vector<std::int8_t> a = random_values(8192, 4);
  std::vector<std::int8_t> bt = random_values(8192 * 32, 5);
  std::vector<std::int32_t> out = std::vector<std::int32_t>(32);
  void run(Path path) { row_times_matrix(a, bt, out, path); }
};

/// 1024 x 1024 x 1024: a round of the smallest k.
struct Int8Multiply {
  static constexpr const char* name = "Int8Multiply";
  using Path = Int8Path;
  static constexpr const char* unit = "GOP/s";
  static constexpr std::size_t k = 1024;
  static constexpr double amount = 2.0 * k * k * k;
  std::vector<std::int8_t> a = random_values(k * k, 6);
  std::vector<std::int8_t> bt = random_values(k * k, 7);
  std::vector<std::int32_t> out = std::vector<std::int32_t>(k * k);
  void run(Path path) { multiply(a, bt, out, k, k, k, path); }
};

/// The two sides of Freivalds' check for 96 openings at k = 8192: rows of Z, and sums.
template <class Value, std::size_t k>
struct Dot61 {
  using Path = LanePath;
  static constexpr const char* unit = "Gterms/s";
  static constexpr std::size_t openings = 96;
  static constexpr double amount = openings * k;
  std::vector<Value> a;
  std::vector<std::uint64_t> b = random_residues(k);
  std::vector<std::uint64_t> out = std::vector<std::uint64_t>(openings);
  Dot61() : a(openings * k) {
    ChaCha8 words(Hash{8});
    for (Value& value : a) value = static_cast<Value>(words.next_word());
  }
  void run(Path path) {
    for (std::size_t i = 0; i < openings; ++i)
      out[i] = dot61(std::span<const Value>(a).subspan(i * k, k), b, path);
  }
};
struct Dot61Rows : Dot61<std::int8_t, 8192> {
  static constexpr const char* name = "Dot61Rows";
};
struct Dot61Sums : Dot61<std::int32_t, 1024> {
  static constexpr const char* name = "Dot61Sums";
};

/// Processor seconds of this thread: a busy machine does not count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// The scalar path's best time; its answer stays in work.out.
template <class Work>
double scalar_seconds(Work& work) {
  const auto run = [&] {
    const double start = cpu_seconds();
    work.run(Work::Path::scalar);
    benchmark::ClobberMemory();
    return cpu_seconds() - start;
  };
  double best = run();
  const int trials = best < 0.1 ? 20 : 2;
  for (int trial = 0; trial < trials; ++trial) best = std::min(best, run());
  return best;
}

// Changes an answer, so that a path that writes nothing is caught.
void spoil(Hash& hash) { hash[0] ^= 1; }
template <std::integral Number>
void spoil(Number& number) {
  number = static_cast<Number>(number ^ 1);
}
template <class Number>
void spoil(std::vector<Number>& numbers) {
  for (Number& number : numbers) spoil(number);
}

/// Argument: the path.
template <class Work>
void measure(benchmark::State& state) {
  const auto path = static_cast<typename Work::Path>(state.range(0));
  if (!is_available(path)) {
    state.SkipWithError("this processor lacks the instructions");
    return;
  }
  Work work;
  const double scalar = scalar_seconds(work);
  const auto expected = work.out;
  spoil(work.out);
  const double start = cpu_seconds();
  for (auto _ : state) {
    work.run(path);
    benchmark::ClobberMemory();
  }
  const double mean = (cpu_seconds() - start) / static_cast<double>(state.iterations());
  must(work.out == expected, Work::name);
  state.counters[Work::unit] = Work::amount / mean / 1e9;
  state.counters["vs_scalar"] = scalar / mean;
}

// Paths: 0 scalar, 1 AVX2, 2 AVX-512 (for int8: with VNNI).
BENCHMARK(measure<Blake3Chunks>)->Name("Blake3Chunks")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(measure<Blake3Parents>)->Name("Blake3Parents")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(measure<ChaCha8Fill>)->Name("ChaCha8Fill")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(measure<Int8Dot>)->Name("Int8Dot")->DenseRange(0, 2)->Unit(benchmark::kMicrosecond);
BENCHMARK(measure<Int8RowTimesMatrix>)
    ->Name("Int8RowTimesMatrix")
    ->DenseRange(0, 2)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(measure<Int8Multiply>)->Name("Int8Multiply")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);
BENCHMARK(measure<Dot61Rows>)->Name("Dot61Rows")->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);
BENCHMARK(measure<Dot61Sums>)->Name("Dot61Sums")->DenseRange(0, 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace souk::capacity

BENCHMARK_MAIN();
