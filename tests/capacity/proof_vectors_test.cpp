#include <gtest/gtest.h>

#include <array>

#include "actors/capacity/chains.hpp"
#include "actors/capacity/draws.hpp"
#include "actors/capacity/int8_product.hpp"
#include "actors/capacity/operands.hpp"
#include "actors/capacity/round.hpp"
#include "actors/capacity/sweep.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"

/// Every number of gpu-capacity.md section 6, computed.
namespace souk::capacity {
namespace {

std::vector<Hash> all_nonces(const Challenge& challenge, Hash NonceChain::* link, std::uint8_t mask = 7) {
  return masked_nonces(challenge, nonces(challenge.params.validators, link), mask);
}

Hash vector_key(const Challenge& challenge, std::uint8_t mask = 7) {
  return first_state_key(challenge_id(challenge), all_nonces(challenge, &NonceChain::n, mask));
}

/// d_0..d_R of a challenge.
std::vector<Hash> state_hashes(const Challenge& challenge) {
  CpuArithmetic arithmetic;
  return arithmetic.fill({challenge.params, challenge.epoch, vector_key(challenge)}).value();
}

TEST(ProofVectors, MixersAndShuffle) {
  EXPECT_EQ(mix(1), 0x514e28b7u);
  EXPECT_EQ(quantise(1), 0x2c);
  EXPECT_EQ(quantise(0x7fffffff), 0x43);
  EXPECT_EQ(quantise(0x80000000), 0xbc);
  EXPECT_EQ(quantise(0xffffffff), 0x87);
  const RoundKeys keys(counting(0), 8192);
  const std::array<std::uint32_t, 8> shifts{4317, 5237, 7711, 2511, 3777, 416, 6364, 83};
  for (std::uint32_t q = 0; q < 8; ++q) EXPECT_EQ(keys.shift(q), shifts[q]) << q;
}

TEST(ProofVectors, SweepValueOfASegment) {
  std::vector<std::uint8_t> segment(segment_bytes);
  for (std::size_t x = 0; x < segment.size(); ++x) segment[x] = static_cast<std::uint8_t>(x % 251);
  EXPECT_EQ(SweepKey(Hash{}).value(segment), 0xfed885951d8ea0a7u);
}

TEST(ProofVectors, ChallengeAndItsKeys) {
  const Challenge challenge = vector_challenge();
  EXPECT_EQ(hex_of(encode_params(challenge.params)), "020a0202080000000400040004000300");
  EXPECT_EQ(hex_of(challenge.validators[0].nonce),
            "5e12b45f4eaf51ec5df38d0f4ddd1938e03d06fcebf3b1fb1473b5bd823bf59f");
  EXPECT_EQ(encode_challenge(challenge).size(), 348u);
  EXPECT_EQ(hex_of(challenge_id(challenge)),
            "d4e4f245a271df70612cda44c1d44e2afa4aafa8266f38c240537abb91205915");
  EXPECT_EQ(hex_of(vector_key(challenge)),
            "b17e8e064338183b0aa105720a9fcbadf112671282e1936370888f99a4e99d5d");
  EXPECT_EQ(hex_of(vector_key(challenge, 3)),
            "fdd6a28496b14d419c1edc46afd2a52b9f3f88c0ffe5a4023970822c6986f224");
}

TEST(ProofVectors, MatrixStartsAsStated) {
  std::array<std::int8_t, 8> start{};
  MatrixB(counting(0), 1024).column_part(0, 0, start);
  EXPECT_EQ(hex_of({reinterpret_cast<const std::uint8_t*>(start.data()), start.size()}), "89d801db9ea738c7");
}

TEST(ProofVectors, StatesSweepsAndTranscriptAtK1024) {
  const Challenge challenge = vector_challenge();
  const std::vector<Hash> hashes = state_hashes(challenge);
  EXPECT_EQ(hex_of(hashes[0]), "1146e1cb6af6ce3be5ceb61cccd14612ec583f79073e164b81854af669d6b53d");
  EXPECT_EQ(hex_of(hashes[1]), "a2132e140916e4750747114c07d8f8e139dcec9d625a98da612cebbbd726257c");
  EXPECT_EQ(hex_of(hashes[16]), "e36f9967d2068e2ece1e2f31f72cca2d70367cc2be63d9920f7a136935329162");

  const Proof proof = prove(challenge);
  EXPECT_EQ(hex_of(proof.record.fill.value),
            "3528b2f8e6d7a997d8965e3a605715310d997a4c7ea2846a9b6afc3c493d7c0e");
  EXPECT_EQ(proof.record.fill.mask, 7);
  EXPECT_EQ(hex_of(proof.record.sweep.value),
            "cd537d335dacc0a6080e8b6e215eb53d2df7b44b5010183b05f2dfa8d6a5e19e");

  const Hash first_link = first_sweep_link(challenge_id(challenge), proof.record.fill.value,
                                           all_nonces(challenge, &NonceChain::m));
  EXPECT_EQ(hex_of(first_link), "6f89343077ae8da8e346bbe12aa8f3ccd1b089cfca2c358dadfe00e09bfdf0d3");
  std::array<std::uint8_t, 8> coefficient{};
  ChaCha8(first_link).fill(0, coefficient);
  EXPECT_EQ(hex_of(coefficient), "76b1cf168b660774");

  const std::span<const std::uint8_t> transcript = proof.transcript;
  const auto first_sweep = transcript.subspan(32 + 17 * 32, 32);
  EXPECT_EQ(hex_of(first_sweep), "aa999bfc752e8c06498693929ecacaff78ea3ced80f505bdf52c8a42c1b93630");

  const auto body = transcript.first(transcript.size() - signature_bytes);
  EXPECT_EQ(body.size(), 96'960u);
  EXPECT_EQ(hex_of(blake3(body)), "651619d43b794acf67f74f33897868f0d5bc3649afa6c5ec84ea916a5000c046");
}

TEST(ProofVectors, SeedAndDrawsAtK1024) {
  const Challenge challenge = vector_challenge();
  const Hash h16 = bytes_of_hex("3528b2f8e6d7a997d8965e3a605715310d997a4c7ea2846a9b6afc3c493d7c0e");
  const Hash g4 = bytes_of_hex("cd537d335dacc0a6080e8b6e215eb53d2df7b44b5010183b05f2dfa8d6a5e19e");
  const Hash seed =
      opening_seed(challenge_id(challenge), h16, g4, counting(0x40), all_nonces(challenge, &NonceChain::z));
  EXPECT_EQ(hex_of(seed), "8c63604db3cdf6fd232fdc47cc7b55da4a3af31a851d7d1fc50ceb2d172a2f6b");

  const Draws draws = draw_openings(challenge.params, seed);
  EXPECT_EQ(draws.gemms.size(), 4u);
  EXPECT_EQ(draws.gemms[0], (GemmDraw{11, 386, 0}));
  EXPECT_EQ(draws.checkpoints.size(), 4u);
  EXPECT_EQ(draws.checkpoints[0], (CheckpointDraw{4, 239, 1, {0, 0, 0}}));
  EXPECT_EQ(draws.first_state_leaves[0], 353u);
}

TEST(ProofVectors, StatesAtK2048) {
  const Challenge challenge = vector_challenge(vector_params(11));
  EXPECT_EQ(hex_of(vector_key(challenge)),
            "f4148fe066dcf2292a6ec2c822645eabbf7427c2ab8978d37ce50f538fc04497");
  EXPECT_EQ(hex_of(state_hashes(challenge)[16]),
            "19d061f0375d67578566a023f67eb599220911a84dd48749f046b63dc58188d9");
}

/// d_1 of the vectors' challenge at k = 2^log_k: one whole round.
Hash first_round_hash(std::uint8_t log_k) {
  const Challenge challenge = vector_challenge(vector_params(log_k));
  const std::size_t bytes = challenge.params.state_bytes();
  const Hash key = vector_key(challenge);
  std::vector<std::uint8_t> state(bytes);
  fill_first_state(key, 0, state);
  std::vector<std::int8_t> bt(bytes);
  MatrixB(challenge.epoch, challenge.params.k()).columns(0, bt);
  std::vector<std::uint8_t> next(bytes);
  run_round(RoundKeys(first_state_link(key, blake3(state)), challenge.params.k()), state, bt, next);
  return blake3(next);
}

TEST(ProofVectors, FirstRoundAtK4096) {
  EXPECT_EQ(hex_of(vector_key(vector_challenge(vector_params(12)))),
            "b5647075d2bcf48b8839344fc80c40bbc66c3adf0aeaa6424f83a9a5722fac67");
  EXPECT_EQ(hex_of(first_round_hash(12)), "d0c303d30ac187614e9c5cfb31042140fec70c67d3edec1d89175161181b3e90");
}

TEST(ProofVectors, FirstRoundAtK8192) {
  EXPECT_EQ(hex_of(vector_key(vector_challenge(vector_params(13)))),
            "c80217561a8b32d345925fbafa3e5b80cda9e60e03f9b2a6dc6c15318293e215");
  if (!is_available(Int8Path::avx2)) GTEST_SKIP() << "2^39 products take minutes without SIMD";
  EXPECT_EQ(hex_of(first_round_hash(13)), "70bc34ab6f29b6b1a28ace88bee5270e0aa43a8c5cdd5b9e9b9f272b7431f44e");
}

}  // namespace
}  // namespace souk::capacity
