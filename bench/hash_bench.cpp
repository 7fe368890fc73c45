// SHA-256 by the processor's own instructions against the portable path, and what one height hashes with it.
// Both paths must give the same digest, or the program fails.
//
//   hash_bench              Google Benchmark, every case
//   hash_bench --ratios [N]   N interleaved rounds (default 9), medians, portable time / native time

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include "actors/consensus/block.hpp"
#include "actors/consensus/gossip.hpp"

namespace souk::bench {
namespace {

using consensus::Block;
using consensus::BlockLimits;

Bytes some_bytes(std::size_t count) {
  Bytes bytes(count);
  for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::uint8_t>(i * 131 >> 3);
  return bytes;
}

Hash digest(Sha256Compress compress, std::span<const std::uint8_t> bytes) {
  Sha256 hash(compress);
  hash.add(bytes);
  return hash.finish();
}

/// Digests of `count` times the same bytes, all the same; ns of processor time for each.
double ns_each(Sha256Compress compress, const Bytes& bytes, int count, Hash& result) {
  const std::clock_t start = std::clock();
  for (int i = 0; i < count; ++i) {
    result = digest(compress, bytes);
    benchmark::DoNotOptimize(result);
  }
  return static_cast<double>(std::clock() - start) * (1e9 / CLOCKS_PER_SEC) / count;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

int ratios(int rounds) {
  const Sha256Compress native = sha256_compress_native();
  if (native == nullptr) {
    std::printf("this processor has no SHA instructions: nothing to compare\n");
    return 0;
  }
  std::printf("%10s %16s %16s %8s\n", "bytes", "portable ns", "native ns", "ratio");
  for (const std::size_t size : {std::size_t{64}, std::size_t{1'024}, std::size_t{65'536}}) {
    const Bytes bytes = some_bytes(size);
    const int count = static_cast<int>(10'000'000 / (size + 64)) + 1;
    std::vector<double> portable_ns, native_ns;
    for (int round = 0; round < rounds; ++round) {
      Hash by_hand{}, by_native{};
      portable_ns.push_back(ns_each(sha256_compress_portable, bytes, count, by_hand));
      native_ns.push_back(ns_each(native, bytes, count, by_native));
      if (by_hand != by_native) {
        std::fprintf(stderr, "hash_bench: the paths differ on %zu bytes\n", size);
        return 1;
      }
    }
    std::printf("%10zu %16.0f %16.0f %8.2f\n", size, median(portable_ns), median(native_ns),
                median(portable_ns) / median(native_ns));
  }
  return 0;
}

void hash_bytes(benchmark::State& state, Sha256Compress compress) {
  const Bytes bytes = some_bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(digest(compress, bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

/// A block as four validators make them, with a few small transactions.
Block small_block() {
  Block block;
  block.header.chain_id = "souk-bench";
  block.header.height = {7};
  block.last_commit.height = {6};
  block.last_commit.signatures.resize(4);
  for (auto& signature : block.last_commit.signatures)
    signature.kind = consensus::CommitSignature::Kind::for_value;
  block.txs.assign(4, some_bytes(250));
  block.header.last_commit_hash = consensus::commit_hash(block.last_commit);
  block.header.data_hash = consensus::data_hash(block.txs);
  block.header.evidence_hash = consensus::evidence_hash(block.evidence);
  return block;
}

/// What the proposer does with a block, and then each of four validators: encode, hash, cut; decode, hash,
/// check.
void hash_height(benchmark::State& state) {
  const BlockLimits limits;
  const Block block = small_block();
  for (auto _ : state) {
    const auto value = consensus::make_value(block, limits);
    benchmark::DoNotOptimize(consensus::cut(*value, {7}, 0, limits));
    for (int validator = 0; validator < 4; ++validator) {
      const auto opened = consensus::open_value(*value);
      if (!opened || !consensus::check_roots(*opened)) return state.SkipWithError("the block does not check");
    }
  }
}

/// One vote of our own to all peers, who then show that they have it.
void plan_vote(benchmark::State& state) {
  const auto validators = static_cast<std::uint32_t>(state.range(0));
  std::vector<ActorId> peers;
  for (std::uint32_t i = 1; i < validators; ++i) peers.push_back(ActorId{i});
  consensus::GossipPlanner planner(peers);
  consensus::Vote vote;
  vote.statement = {consensus::Step::prevote, {7}, 0, std::nullopt, consensus::no_round};
  const auto message = std::make_shared<const consensus::Envelope>(consensus::Envelope{vote});
  std::vector<consensus::Outgoing> out;
  for (auto _ : state) {
    planner.enter_height({7}, validators, nullptr);
    planner.hold(message, std::nullopt);
    planner.plan(out);
    if (out.size() != peers.size()) return state.SkipWithError("not each peer got the vote");
    out.clear();
    planner.hold(message, std::nullopt);
    planner.plan(out);  // everybody is up to date
    if (!out.empty()) return state.SkipWithError("a vote was sent twice");
  }
}

void register_all() {
  const auto add = [](const std::string& name, Sha256Compress compress) {
    benchmark::RegisterBenchmark(("sha256/" + name).c_str(), hash_bytes, compress)
        ->Arg(64)
        ->Arg(1'024)
        ->Arg(65'536);
  };
  add("portable", sha256_compress_portable);
  if (sha256_compress_native() != nullptr) add("native", sha256_compress_native());
  benchmark::RegisterBenchmark("height_of_4_validators", hash_height)->Unit(benchmark::kMicrosecond);
  benchmark::RegisterBenchmark("gossip_own_vote", plan_vote)->Arg(4)->Arg(175)->Unit(benchmark::kMicrosecond);
}

}  // namespace
}  // namespace souk::bench

int main(int argc, char** argv) {
  if (argc >= 2 && std::strcmp(argv[1], "--ratios") == 0) {
    const int rounds = argc >= 3 ? std::atoi(argv[2]) : 9;
    if (rounds < 1) {
      std::fprintf(stderr, "hash_bench: --ratios wants a number of rounds from 1, got '%s'\n", argv[2]);
      return 2;
    }
    return souk::bench::ratios(rounds);
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  souk::bench::register_all();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
