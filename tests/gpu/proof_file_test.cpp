#include "bench/gpu/proof_file.hpp"

#include <gtest/gtest.h>

#include "bench/gpu/keys.hpp"
#include "bench/gpu/test_challenge.hpp"

namespace souk::gpu {
namespace {

TestChallenge made(std::uint64_t seed = 3) {
  ChallengeArguments arguments;
  arguments.seed = seed;
  return make_test_challenge(arguments).value();
}

ProofFile some_proof() {
  ProofFile proof;
  proof.fill.id.fill(1);
  proof.sweep.value.fill(2);
  proof.transcript = {9, 8, 7};
  return proof;
}

std::string error_of(const Bytes& bytes) {
  const auto file = decode_challenge_file(bytes);
  return file ? "" : file.error().message;
}

TEST(ProofFile, ComesBackAsItWas) {
  EXPECT_EQ(decode_challenge_file(encode_file(made())).value(), made());
  EXPECT_EQ(decode_proof_file(encode_file(some_proof())).value(), some_proof());
}

TEST(ProofFile, CutAnywhereIsRefused) {
  const Bytes whole = encode_file(made());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(decode_challenge_file(std::span(whole).first(size))) << size;
  const Bytes proof = encode_file(some_proof());
  EXPECT_FALSE(decode_proof_file(std::span(proof).first(100)));
}

TEST(ProofFile, WithAFieldThatItDoesNotHaveIsRefused) {
  Bytes bytes = encode_file(some_proof());
  bytes.insert(bytes.end(), {0x22, 0x01, 0x00});  // field 4, one byte
  ASSERT_FALSE(decode_proof_file(bytes));
  EXPECT_EQ(decode_proof_file(bytes).error().message, "is not a proof file of souk-gpu");
}

TEST(ProofFile, OfSecretsThatAreNotTheChallengesIsRefused) {
  TestChallenge file = made();
  file.secrets[1][0] ^= 1;
  EXPECT_EQ(error_of(encode_file(file)), "secrets: number 2 does not lead to its validator's anchor");
  file = made();
  file.secrets.pop_back();
  EXPECT_EQ(error_of(encode_file(file)), "secrets: there are 2, there must be 3");
  file = made();
  file.provider_seed[0] ^= 1;
  EXPECT_EQ(error_of(encode_file(file)), "provider_seed: is not of the challenge's provider key");
}

TEST(ProofFile, IsNeverLargerThanItsBound) {
  ChallengeArguments arguments;
  arguments.validators = 5;
  EXPECT_LE(encode_file(make_test_challenge(arguments).value()).size(), max_challenge_file_bytes);
  ProofFile proof = some_proof();
  proof.transcript.resize(capacity::max_transcript_bytes);
  EXPECT_LE(encode_file(proof).size(), max_proof_file_bytes);
}

TEST(Keys, SignWhatOnlyTheirOwnPublicKeyConfirms) {
  const Hash seed = random_hash();
  const Bytes message{1, 2, 3};
  const auto signature = signer(seed)(message);
  EXPECT_TRUE(signature_check()(public_key(seed), message, signature));
  EXPECT_FALSE(signature_check()(public_key(random_hash()), message, signature));
  EXPECT_FALSE(signature_check()(public_key(seed), Bytes{1, 2, 4}, signature));
}

TEST(Keys, FollowRfc8032) {  // section 7.1, test 1
  Hash seed{0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
            0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60};
  EXPECT_EQ(to_hex(public_key(seed)), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_EQ(to_hex(signer(seed)({})).substr(0, 32), "e5564300c360ac729086e2cc806e828a");
}

}  // namespace
}  // namespace souk::gpu
