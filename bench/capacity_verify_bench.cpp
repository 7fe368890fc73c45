#include <benchmark/benchmark.h>
#include <malloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "actors/capacity/challenge.hpp"
#include "actors/capacity/cpu_arithmetic.hpp"
#include "actors/capacity/epoch_check.hpp"
#include "actors/capacity/prover.hpp"
#include "actors/capacity/verifier.hpp"

/// What a proof of capacity costs a validator: k = 8192, 64 GEMM and 32 checkpoint openings, D = 2. The
/// transcript is a real one of two rounds (rho = 2, N = 1), made once at the start in about 15 s; more states
/// would add 32 bytes per round to it and nothing to the openings. Signatures are not in the times: three
/// Ed25519 checks take about 0.2 ms more.
namespace {

std::size_t live_bytes = 0;
std::size_t peak_bytes = 0;

}  // namespace

// Every allocation of this program is counted, to show how much memory a validator needs.
void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  live_bytes += malloc_usable_size(memory);
  peak_bytes = std::max(peak_bytes, live_bytes);
  return memory;
}
void operator delete(void* memory) noexcept {
  live_bytes -= malloc_usable_size(memory);
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace souk::capacity {
namespace {

Hash repeated(std::uint8_t byte) {
  Hash hash{};
  hash.fill(byte);
  return hash;
}

struct Sample {
  Record record;
  Bytes transcript;
};

Challenge sample_challenge() {
  Challenge challenge;
  challenge.epoch = repeated(1);
  challenge.params.log_k = 13;
  challenge.params.rounds_per_state = 2;
  challenge.params.depth = 2;
  challenge.params.states = 1;
  challenge.params.sweeps = 4;
  challenge.params.gemm_openings = 64;
  challenge.params.checkpoint_openings = 32;
  for (std::uint8_t i = 0; i < challenge.params.validators; ++i)
    challenge.validators.push_back({repeated(i), NonceChain(repeated(i)).anchor});
  return challenge;
}

Sample make_sample() {
  Sample sample;
  sample.record.challenge = sample_challenge();
  CpuArithmetic arithmetic;
  Prover prover(sample.record.challenge, arithmetic, [](auto) { return Signature{}; });
  std::vector<std::optional<Hash>> n;
  std::vector<std::optional<Hash>> m;
  std::vector<std::optional<Hash>> z;
  for (std::uint8_t i = 0; i < sample.record.challenge.params.validators; ++i) {
    const NonceChain chain(repeated(i));
    n.emplace_back(chain.n);
    m.emplace_back(chain.m);
    z.emplace_back(chain.z);
    sample.record.nonces.push_back({chain.n, chain.m, chain.z});
  }
  sample.record.fill = prover.fill(n).value();
  sample.record.sweep = prover.sweep(m).value();
  sample.transcript = prover.transcript(sample.record.seed_block, z).value();
  return sample;
}

const Sample& sample() {
  static const Sample made = make_sample();
  return made;
}

/// Argument: how many openings' sums are computed again; the rule asks for at least 4.
void verify_transcript(benchmark::State& state) {
  const Record& record = sample().record;
  const std::size_t before = peak_bytes = live_bytes;
  const EpochCheck check(record.challenge.epoch, record.challenge.params.k(), repeated(7));
  VerifierOptions options;
  options.direct = static_cast<std::uint32_t>(state.range(0));
  std::uint8_t choice = 0;
  for (auto _ : state) {
    const Verdict verdict = verify(
        record, sample().transcript, check, repeated(choice++),
        [](const Hash&, std::span<const std::uint8_t>, const Signature&) { return true; }, options);
    if (verdict != Verdict::accepted) state.SkipWithError("an honest transcript was rejected");
  }
  // Without the transcript itself.
  state.counters["memory_bytes"] = static_cast<double>(peak_bytes - before);
  state.counters["transcript_bytes"] = static_cast<double>(sample().transcript.size());
}
BENCHMARK(verify_transcript)->ArgName("direct")->Arg(0)->Arg(4)->Unit(benchmark::kMillisecond);

/// v_q of all q: one pass over B, once per epoch.
void prepare_epoch(benchmark::State& state) {
  const auto k = static_cast<std::uint32_t>(state.range(0));
  for (auto _ : state) {
    const EpochCheck check(repeated(1), k, repeated(7));
    benchmark::DoNotOptimize(&check);
  }
}
BENCHMARK(prepare_epoch)->ArgName("k")->Arg(4096)->Arg(8192)->Unit(benchmark::kMillisecond);

/// The sums of one opening made again: 1024 columns of B streamed.
void recompute_sums(benchmark::State& state) {
  const MatrixB matrix(repeated(1), 8192);
  std::vector<std::int8_t> row(8192, 3);
  std::vector<std::int32_t> sums(leaf_bytes);
  for (auto _ : state) {
    matrix.multiply_row(row, 5, sums);
    benchmark::DoNotOptimize(sums.data());
  }
}
BENCHMARK(recompute_sums)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace souk::capacity

BENCHMARK_MAIN();
