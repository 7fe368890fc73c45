// The proof on a real GPU; skipped where there is none. The first thing bench/gpu/run_all asks of new
// hardware.
#include <gtest/gtest.h>

#include "actors/capacity/transcript.hpp"
#include "bench/gpu/gpu_arithmetic.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::gpu {
namespace {

using capacity::Challenge;
using capacity::hex_of;

class GpuProof : public testing::TestWithParam<ProofPath> {
 protected:
  void SetUp() override {
    const auto list = list_devices();
    ASSERT_TRUE(list) << list.error().message;
    if (list->devices.empty()) GTEST_SKIP() << "no GPU: " << list->why_none;
    const Device& device = list->devices.front();
    const auto path = proof_path(GetParam() == ProofPath::mma ? "mma" : "wgmma", device);
    if (!path) GTEST_SKIP() << path.error().message;
    auto made = gpu_arithmetic(device, *path);
    ASSERT_TRUE(made) << made.error().message;
    arithmetic = std::move(*made);
  }

  /// d_0..d_R of the vectors' challenge at k = 2^log_k.
  std::vector<Hash> state_hashes(std::uint8_t log_k) {
    const Challenge challenge = capacity::vector_challenge(capacity::vector_params(log_k));
    const auto nonces = capacity::masked_nonces(challenge, capacity::nonces(3, &capacity::NonceChain::n), 7);
    const Hash key = capacity::first_state_key(capacity::challenge_id(challenge), nonces);
    auto hashes = arithmetic->fill({challenge.params, challenge.epoch, key});
    EXPECT_TRUE(hashes) << hashes.error().message;
    return hashes ? *hashes : std::vector<Hash>(17);
  }

  std::unique_ptr<GpuArithmetic> arithmetic;
};

TEST_P(GpuProof, TheVectorsOfSection6AtK1024) {
  const Challenge challenge = capacity::vector_challenge();
  const capacity::Proof proof = capacity::prove(challenge, *arithmetic);
  EXPECT_EQ(hex_of(proof.record.fill.value),
            "3528b2f8e6d7a997d8965e3a605715310d997a4c7ea2846a9b6afc3c493d7c0e");
  EXPECT_EQ(hex_of(proof.record.sweep.value),
            "cd537d335dacc0a6080e8b6e215eb53d2df7b44b5010183b05f2dfa8d6a5e19e");
  const std::span<const std::uint8_t> transcript = proof.transcript;
  const auto body = transcript.first(transcript.size() - capacity::signature_bytes);
  EXPECT_EQ(hex_of(capacity::blake3(body)),
            "651619d43b794acf67f74f33897868f0d5bc3649afa6c5ec84ea916a5000c046");
}

TEST_P(GpuProof, TheVectorsOfSection6AtLargerK) {
  EXPECT_EQ(hex_of(state_hashes(11)[16]), "19d061f0375d67578566a023f67eb599220911a84dd48749f046b63dc58188d9");
  EXPECT_EQ(hex_of(state_hashes(12)[1]), "d0c303d30ac187614e9c5cfb31042140fec70c67d3edec1d89175161181b3e90");
  EXPECT_EQ(hex_of(state_hashes(13)[1]), "70bc34ab6f29b6b1a28ace88bee5270e0aa43a8c5cdd5b9e9b9f272b7431f44e");
}

INSTANTIATE_TEST_SUITE_P(OnThisGpu, GpuProof, testing::Values(ProofPath::mma, ProofPath::wgmma),
                         [](const auto& path) { return path.param == ProofPath::mma ? "mma" : "wgmma"; });

}  // namespace
}  // namespace souk::gpu
