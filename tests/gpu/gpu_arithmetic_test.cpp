// The proof on an emulated GPU: GpuArithmetic drives the kernels' own device functions, thread by thread, and
// must give the CPU's bytes and the vectors of gpu-capacity.md section 6.
#include "bench/gpu/gpu_arithmetic.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "actors/capacity/chains.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"
#include "tests/gpu/emulated_device.hpp"

namespace souk::gpu {
namespace {

using capacity::Challenge;
using capacity::CpuArithmetic;
using capacity::FillOrder;
using capacity::LeafRequest;
using capacity::Params;
using capacity::SweepRequest;
using test::EmulatedDevice;
using test::Machine;
using testing::HasSubstr;

FillOrder order_of(std::uint8_t log_k, std::uint32_t states, std::uint8_t rho) {
  Params params = capacity::vector_params(log_k);
  params.states = states;
  params.rounds_per_state = rho;
  return {params, capacity::counting(3), capacity::counting(77)};
}

class OnEveryMachine : public testing::TestWithParam<Machine> {
 protected:
  EmulatedDevice* device = new EmulatedDevice(GetParam());
  GpuArithmetic arithmetic{std::unique_ptr<ProofDevice>(device)};
};

TEST_P(OnEveryMachine, TheVectorsOfSection6AtK1024) {
  const Challenge challenge = capacity::vector_challenge();
  const capacity::Proof proof = capacity::prove(challenge, arithmetic);
  using capacity::hex_of;
  EXPECT_EQ(hex_of(proof.record.fill.value),
            "3528b2f8e6d7a997d8965e3a605715310d997a4c7ea2846a9b6afc3c493d7c0e");
  EXPECT_EQ(hex_of(proof.record.sweep.value),
            "cd537d335dacc0a6080e8b6e215eb53d2df7b44b5010183b05f2dfa8d6a5e19e");
  const std::span<const std::uint8_t> transcript = proof.transcript;
  const auto state_hash = [&](std::size_t t) { return hex_of(transcript.subspan(32 + 32 * t, 32)); };
  EXPECT_EQ(state_hash(0), "1146e1cb6af6ce3be5ceb61cccd14612ec583f79073e164b81854af669d6b53d");
  EXPECT_EQ(state_hash(1), "a2132e140916e4750747114c07d8f8e139dcec9d625a98da612cebbbd726257c");
  EXPECT_EQ(state_hash(16), "e36f9967d2068e2ece1e2f31f72cca2d70367cc2be63d9920f7a136935329162");
  EXPECT_EQ(state_hash(17), "aa999bfc752e8c06498693929ecacaff78ea3ced80f505bdf52c8a42c1b93630") << "F_1";
  const auto body = transcript.first(transcript.size() - capacity::signature_bytes);
  EXPECT_EQ(hex_of(capacity::blake3(body)),
            "651619d43b794acf67f74f33897868f0d5bc3649afa6c5ec84ea916a5000c046");
  EXPECT_EQ(capacity::verify_in_tests(proof, capacity::epoch_check_of(challenge)),
            capacity::Verdict::accepted);
}

/// Every leaf of some rows of every state: first, last, and those next to tiles' edges.
std::vector<LeafRequest> leaves_of(const Params& params) {
  std::vector<LeafRequest> requests;
  for (std::uint32_t t = 0; t <= params.rounds(); ++t) {
    for (const std::uint32_t row : {0u, 1u, 127u, 128u, 500u, params.k() - 129, params.k() - 1}) {
      for (std::uint32_t q = 0; q < params.leaves_per_row(); ++q)
        requests.push_back({t, std::uint64_t{row} * params.leaves_per_row() + q});
    }
  }
  return requests;
}

void expect_same(GpuArithmetic& gpu, const FillOrder& order) {
  const Params& params = order.params;
  CpuArithmetic cpu;
  const auto hashes = cpu.fill(order).value();
  const auto got = gpu.fill(order);
  ASSERT_TRUE(got) << got.error().message;
  for (std::size_t t = 0; t < hashes.size(); ++t) EXPECT_EQ((*got)[t], hashes[t]) << "d_" << t;

  std::vector<SweepRequest> chunks;
  for (std::uint8_t s = 1; s <= 2; ++s) {
    const Hash link = capacity::repeated(s);
    EXPECT_EQ(gpu.sweep(link).value(), cpu.sweep(link).value());
    for (std::uint64_t chunk = 0; chunk < params.sweep_leaves(); ++chunk) chunks.push_back({link, chunk});
  }
  const auto sweeps = cpu.open_sweeps(chunks).value();
  const auto got_sweeps = gpu.open_sweeps(chunks).value();
  for (std::size_t n = 0; n < chunks.size(); ++n) {
    EXPECT_EQ(got_sweeps[n].chunk, sweeps[n].chunk);
    EXPECT_EQ(got_sweeps[n].path, sweeps[n].path) << "chunk " << chunks[n].chunk;
  }
  // Twice: states between checkpoints are then computed again from another starting point.
  const auto requests = leaves_of(params);
  const auto leaves = cpu.open_leaves(requests).value();
  for (int again = 0; again < 2; ++again) {
    const auto got_leaves = gpu.open_leaves(requests).value();
    ASSERT_EQ(got_leaves.size(), leaves.size());
    for (std::size_t n = 0; n < requests.size(); ++n) {
      EXPECT_EQ(got_leaves[n].leaf, leaves[n].leaf) << "t " << requests[n].t << " leaf " << requests[n].leaf;
      EXPECT_EQ(got_leaves[n].path, leaves[n].path) << "t " << requests[n].t << " leaf " << requests[n].leaf;
    }
  }
}

TEST_P(OnEveryMachine, TheCpusBytesWithOneLeafPerRow) {
  expect_same(arithmetic, order_of(10, 3, 2));  // M = 6 chunks of a sweep: a tree with an odd node
}
TEST_P(OnEveryMachine, TheCpusBytesWithTwoLeavesPerRow) { expect_same(arithmetic, order_of(11, 1, 3)); }
TEST_P(OnEveryMachine, TheCpusBytesWhereEveryStateStays) { expect_same(arithmetic, order_of(10, 2, 1)); }

TEST_P(OnEveryMachine, NothingPartialAfterAFailedLaunchAndAFreshFillAfterIt) {
  const FillOrder order = order_of(10, 2, 1);
  device->fail_round(2);
  const auto failed = arithmetic.fill(order);
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().message, HasSubstr("GPU 0: launch: kernel proof_round"));
  CpuArithmetic cpu;
  EXPECT_EQ(arithmetic.fill(order).value(), cpu.fill(order).value());
}

INSTANTIATE_TEST_SUITE_P(GpuArithmetic, OnEveryMachine,
                         testing::Values(Machine::ampere, Machine::turing, Machine::hopper),
                         [](const auto& machine) {
                           return machine.param == Machine::ampere   ? "mma"
                                  : machine.param == Machine::turing ? "mma_turing"
                                                                     : "wgmma";
                         });

TEST(GpuArithmetic, TheTestedRoundsShuffleEveryTileAcrossTheLastRow) {
  // With a shift that is no multiple of 128, one tile of each leaf column takes rows from both ends.
  const FillOrder order = order_of(11, 1, 3);
  CpuArithmetic cpu;
  const auto hashes = cpu.fill(order).value();
  Hash link = capacity::first_state_link(order.key, hashes[0]);
  int wrapped = 0;
  for (std::uint32_t t = 1; t <= order.params.rounds(); ++t) {
    const capacity::RoundKeys keys(link, order.params.k());
    for (std::uint32_t q = 0; q < 2; ++q) wrapped += keys.shift(q) % 128 != 0 ? 1 : 0;
    link = capacity::next_state_link(link, hashes[t]);
  }
  EXPECT_EQ(wrapped, 6);
}

TEST(GpuArithmetic, TakesTheMemoryItSays) {
  auto* device = new EmulatedDevice(Machine::ampere);
  GpuArithmetic arithmetic{std::unique_ptr<ProofDevice>(device)};
  const FillOrder order = order_of(10, 5, 1);
  ASSERT_TRUE(arithmetic.fill(order));
  EXPECT_EQ(device->allocated(), GpuArithmetic::bytes_needed(order.params));

  // Reserved memory is what the fill then uses; other params take their own.
  const int before = device->allocations();
  ASSERT_TRUE(arithmetic.reserve(order.params));
  ASSERT_TRUE(arithmetic.fill(order));
  EXPECT_EQ(device->allocations(), before);
  ASSERT_TRUE(arithmetic.reserve(order_of(10, 2, 1).params));
  EXPECT_EQ(device->allocated(), GpuArithmetic::bytes_needed(order_of(10, 2, 1).params));
}

TEST(GpuArithmetic, RefusesMoreStatesThanTheCardHoldsAndNamesTheBound) {
  Params params = capacity::vector_params(13);
  params.states = 2112;
  const std::uint64_t h200 = 139ull << 30;
  EXPECT_TRUE(GpuArithmetic::check_memory(params, h200, 0)) << "the most that section 3 asks of an H200";
  params.states = 3000;
  const auto refused = GpuArithmetic::check_memory(params, h200, 3);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("N (states) is 3000 of k = 8192"));
  EXPECT_THAT(refused.error().message, HasSubstr("GPU 3 has 149250113536"));
  // The bound named is exact.
  const auto at = refused.error().message.rfind("1 to ");
  ASSERT_NE(at, std::string::npos);
  params.states = static_cast<std::uint32_t>(std::stoul(refused.error().message.substr(at + 5)));
  EXPECT_TRUE(GpuArithmetic::check_memory(params, h200, 0));
  ++params.states;
  EXPECT_FALSE(GpuArithmetic::check_memory(params, h200, 0));
  EXPECT_THAT(GpuArithmetic::check_memory(params, 1 << 20, 0).error().message, HasSubstr("N must be 0"));

  GpuArithmetic small{std::make_unique<EmulatedDevice>(Machine::ampere, 4u << 20)};
  EXPECT_FALSE(small.fill(order_of(10, 5, 1)));
}

TEST(GpuArithmetic, TakesTheFasterPathThatTheDeviceHas) {
  Device device;
  device.compute_capability = 90;
  EXPECT_EQ(proof_path("auto", device).value(), ProofPath::wgmma);
  EXPECT_EQ(proof_path("mma", device).value(), ProofPath::mma);
  device.compute_capability = 120;
  EXPECT_EQ(proof_path("auto", device).value(), ProofPath::mma);
  EXPECT_THAT(proof_path("wgmma", device).error().message,
              HasSubstr("--path: wgmma needs compute capability"));
  EXPECT_THAT(proof_path("tcgen05", device).error().message, HasSubstr("--path: 'tcgen05' is not one of"));
}

}  // namespace
}  // namespace souk::gpu
