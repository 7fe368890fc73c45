#include "actors/capacity/verifier.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>
#include <tuple>

#include "actors/capacity/chacha8.hpp"
#include "actors/capacity/mod61.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::capacity {
namespace {

/// Both verifiers say `verdict`.
void expect_verdict(const Proof& proof, Verdict verdict, const std::string& why) {
  const EpochCheck check = epoch_check_of(proof.record.challenge);
  EXPECT_EQ(verdict_name(verify_in_tests(proof, check)), verdict_name(verdict)) << why;
  EXPECT_EQ(verify_simply(proof), verdict_name(verdict)) << why;
}

/// Fewer states and openings than the vectors', for tests that make many proofs.
Params small_params() {
  Params params = vector_params();
  params.states = 2;
  params.sweeps = 2;
  params.gemm_openings = 2;
  params.checkpoint_openings = 2;
  return params;
}

/// Signs what a cheating provider has changed.
void sign_again(Proof& proof) {
  const Hash& key = proof.record.challenge.provider;
  proof.record.fill.signature = sign_as(key, signed_bytes(CommitKind::fill, proof.record.fill));
  proof.record.sweep.signature = sign_as(key, signed_bytes(CommitKind::sweep, proof.record.sweep));
  const std::span<std::uint8_t> transcript = proof.transcript;
  const auto body = transcript.first(transcript.size() - signature_bytes);
  std::ranges::copy(sign_as(key, signed_transcript_bytes(body)), transcript.last(signature_bytes).begin());
}

TEST(Verifier, AcceptsAnHonestProof) { expect_verdict(prove(vector_challenge()), Verdict::accepted, ""); }

TEST(Verifier, AcceptsEveryMaskOfAMajority) {
  for (const Masks masks : {Masks{3, 6, 7}, Masks{5, 3, 1}, Masks{7, 5, 0}}) {
    const Proof proof = prove(vector_challenge(small_params()), masks);
    EXPECT_EQ(proof.record.fill.mask, masks.fill);
    expect_verdict(proof, Verdict::accepted, std::to_string(masks.fill));
  }
}

TEST(Verifier, AcceptsFiveValidatorsAnyThreeOfThemInTime) {
  Params params = small_params();
  params.validators = 5;
  expect_verdict(prove(vector_challenge(params), {0b10101, 0b01110, 0b00111}), Verdict::accepted, "");
}

TEST(Verifier, AcceptsRowsOfTwoLeavesAndChainsThatEndAtTheFirstState) {
  Params params = vector_params(11);
  params.rounds_per_state = 1;
  params.depth = 4;
  params.states = 3;  // 24 chunks of sweep values: an uneven tree
  params.sweeps = 2;
  params.checkpoint_openings = 12;
  expect_verdict(prove(vector_challenge(params)), Verdict::accepted, "");
}

TEST(Verifier, AcceptsOneStateOfOneRound) {
  Params params = small_params();
  params.rounds_per_state = 1;
  params.states = 1;
  params.sweeps = 1;
  expect_verdict(prove(vector_challenge(params)), Verdict::accepted, "");
}

TEST(Verifier, RejectsParamsOutsideTheClass) {
  Proof proof = prove(vector_challenge(small_params()));
  const EpochCheck check = epoch_check_of(proof.record.challenge);
  const auto verdict = [&](const Params& row, Scope scope) {
    const VerifierOptions options{scope, row, 4};
    return verify(proof.record, proof.transcript, check, repeated(1), is_signed_by, options);
  };
  Params row = small_params();
  EXPECT_EQ(verdict(row, Scope::tests), Verdict::accepted);
  EXPECT_EQ(verdict(row, Scope::market), Verdict::params) << "k = 1024 is for tests";
  row.states = 1;
  EXPECT_EQ(verdict(row, Scope::tests), Verdict::params) << "more states than the class has";
  row.states = 3;
  EXPECT_EQ(verdict(row, Scope::tests), Verdict::accepted) << "fewer states than the class has";
  row.depth = 3;
  EXPECT_EQ(verdict(row, Scope::tests), Verdict::params) << "a lower depth than the class has";
}

TEST(Verifier, RejectsOtherLengthsBeforeReading) {
  const Proof honest = prove(vector_challenge(small_params()));
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{63}, honest.transcript.size() - 1, honest.transcript.size() + 1}) {
    Proof proof = honest;
    proof.transcript.resize(length);
    expect_verdict(proof, Verdict::length, std::to_string(length));
  }
}

TEST(Verifier, RejectsNoncesThatDoNotLeadToTheirAnchors) {
  const Proof honest = prove(vector_challenge(small_params()), {3, 3, 3});
  Proof proof = honest;
  proof.record.nonces[0].z = repeated(9);
  expect_verdict(proof, Verdict::nonce, "z of another chain");
  proof = honest;
  proof.record.nonces[1].m = repeated(9);
  expect_verdict(proof, Verdict::nonce, "m that z does not lead to");
  proof = honest;
  proof.record.nonces[2].n = repeated(9);
  expect_verdict(proof, Verdict::nonce, "n of another chain, though no mask has it");
}

TEST(Verifier, RejectsMasksThatAreNoMajorityOrNameNobody) {
  const Proof honest = prove(vector_challenge(small_params()), {3, 3, 3});
  for (const std::uint8_t mask : std::to_array<std::uint8_t>({0, 1, 4, 0b1011, 0b10000111, 255})) {
    Proof proof = honest;
    proof.record.fill.mask = mask;
    sign_again(proof);
    expect_verdict(proof, Verdict::nonce, "mask1 " + std::to_string(mask));
    proof = honest;
    proof.record.sweep.mask = mask;
    sign_again(proof);
    expect_verdict(proof, Verdict::nonce, "mask2 " + std::to_string(mask));
  }
  Proof proof = honest;
  proof.record.fill.mask = 5;
  expect_verdict(proof, Verdict::nonce, "validator 3's nonce is not known");
}

TEST(Verifier, AWithheldSecretAsksForOtherOpenings) {
  Proof proof = prove(vector_challenge(small_params()));
  proof.record.nonces[1] = {NonceChain(repeated(0x42)).n, NonceChain(repeated(0x42)).m, {}};
  expect_verdict(proof, Verdict::input_path, "the transcript answers the seed with all secrets");
}

// --- Replay: what was proven once proves nothing else ------------------------------------------------------

struct Replay {
  const char* what;
  void (*change)(Challenge& challenge);
  Verdict as_it_is;  ///< commits and transcript unchanged
};

const Replay replays[] = {
    {"another epoch", [](Challenge& c) { c.epoch[0] ^= 1; }, Verdict::id},
    {"another provider key", [](Challenge& c) { c.provider[0] ^= 1; }, Verdict::signature},
    {"another GPU of the host", [](Challenge& c) { c.gpu = 1; }, Verdict::id},
    {"another chain", [](Challenge& c) { c.chain = chain_hash("gpoc-other"); }, Verdict::id},
    {"a later height", [](Challenge& c) { c.height = 2; }, Verdict::id},
    {"another scheduling block", [](Challenge& c) { c.block[31] ^= 0x80; }, Verdict::id},
    {"another validator", [](Challenge& c) { c.validators[2].validator[0] ^= 1; }, Verdict::id},
};

TEST(Verifier, RejectsAProofOfAnotherChallenge) {
  const Proof honest = prove(vector_challenge(small_params()));
  for (const Replay& replay : replays) {
    Proof proof = honest;
    replay.change(proof.record.challenge);
    expect_verdict(proof, replay.as_it_is, replay.what);
  }
}

TEST(Verifier, RejectsAProofOfAnotherChallengeUnderTheNewId) {
  const Proof honest = prove(vector_challenge(small_params()));
  for (const Replay& replay : replays) {
    Proof proof = honest;
    replay.change(proof.record.challenge);
    const Hash id = challenge_id(proof.record.challenge);
    proof.record.fill.id = id;
    proof.record.sweep.id = id;
    std::ranges::copy(id, proof.transcript.begin());
    sign_again(proof);
    expect_verdict(proof, Verdict::h_chain, replay.what);
  }
}

TEST(Verifier, RejectsAProofUnderOtherNonces) {
  const Proof honest = prove(vector_challenge(small_params()));
  Proof proof = honest;
  const NonceChain fresh(repeated(0x99));
  proof.record.challenge.validators[0].nonce = fresh.anchor;
  proof.record.nonces[0] = {fresh.n, fresh.m, fresh.z};
  expect_verdict(proof, Verdict::id, "as it is");
  const Hash id = challenge_id(proof.record.challenge);
  proof.record.fill.id = id;
  proof.record.sweep.id = id;
  std::ranges::copy(id, proof.transcript.begin());
  sign_again(proof);
  expect_verdict(proof, Verdict::h_chain, "under the new id");
}

TEST(Verifier, RejectsACommitInTheOtherOnesPlace) {
  Proof proof = prove(vector_challenge(small_params()));
  std::swap(proof.record.fill, proof.record.sweep);
  expect_verdict(proof, Verdict::signature, "the tags differ");
}

// --- Direct recomputation ---------------------------------------------------------------------------------

/// Small a and b with a r0 + b r1 = 0 mod p61, by Euclid's algorithm stopped half-way.
std::pair<std::int64_t, std::int64_t> small_relation(std::uint64_t r0, std::uint64_t r1) {
  std::uint64_t inverse = 1;  // r1^(p61 - 2)
  for (std::uint64_t base = r1, exponent = p61 - 2; exponent > 0; exponent /= 2) {
    if (exponent % 2 == 1) inverse = multiply61(inverse, base);
    base = multiply61(base, base);
  }
  auto large = static_cast<std::int64_t>(p61);
  auto b = static_cast<std::int64_t>(p61 - multiply61(r0, inverse));  // with a = 1
  std::int64_t a_before = 0;
  std::int64_t a = 1;
  while (b > std::int64_t{1} << 30) {
    const std::int64_t quotient = large / b;
    std::tie(large, b) = std::pair(b, large - quotient * b);
    std::tie(a_before, a) = std::pair(a, a_before - quotient * a);
  }
  return {a, b};
}

/// A proof whose first sums are wrong, made by somebody who knows r of epoch_check_of.
Proof forged_with_leaked_r() {
  Proof proof = prove(vector_challenge(small_params()));
  ChaCha8 stream(repeated(0x55));
  const std::uint64_t r0 = stream.next_word() >> 3;
  const std::uint64_t r1 = stream.next_word() >> 3;
  const auto [a, b] = small_relation(r0, r1);
  EXPECT_EQ(add61(multiply61(residue61(a), r0), multiply61(residue61(b), r1)), 0u);
  const Params& params = proof.record.challenge.params;
  const std::size_t sums = 32 * (1 + params.rounds() + 1 + params.sweeps) + 1024 + 32 * params.path_length();
  const auto change = [&](std::size_t at, std::int64_t by) {
    std::uint32_t word = 0;
    for (std::size_t n = 4; n-- > 0;) word = word << 8 | proof.transcript[at + n];
    const std::int64_t value = static_cast<std::int32_t>(word) + by;
    EXPECT_EQ(value, static_cast<std::int32_t>(value)) << "the forged sum must fit";
    for (std::size_t n = 0; n < 4; ++n)
      proof.transcript[at + n] = static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * n));
  };
  change(sums, a);
  change(sums + 4, b);
  sign_again(proof);
  return proof;
}

TEST(Verifier, SumsForgedWithALeakedRAreCaughtWhenComputedAgain) {
  const Proof proof = forged_with_leaked_r();
  const EpochCheck check = epoch_check_of(proof.record.challenge);
  const auto verdict = [&](std::uint32_t direct, std::uint8_t choice) {
    const VerifierOptions options{Scope::tests, {}, direct};
    return verify(proof.record, proof.transcript, check, repeated(choice), is_signed_by, options);
  };
  EXPECT_EQ(verdict(0, 0), Verdict::output_path) << "Freivalds' check alone does not see it";
  EXPECT_EQ(verdict(100, 0), Verdict::freivalds) << "all openings computed again";
  const EpochCheck other(proof.record.challenge.epoch, 1024, repeated(0x56));
  EXPECT_EQ(verify(proof.record, proof.transcript, other, repeated(0), is_signed_by, {Scope::tests, {}, 0}),
            Verdict::freivalds)
      << "another validator's r sees it";

  // 2 + 2 * 2 GEMM openings, 4 of them chosen: this one in two thirds of the choices.
  int caught = 0;
  for (int choice = 0; choice < 256; ++choice)
    caught += verdict(4, static_cast<std::uint8_t>(choice)) == Verdict::freivalds ? 1 : 0;
  EXPECT_NEAR(caught, 256 * 2 / 3.0, 3 * std::sqrt(256 * 2 / 9.0));
}

}  // namespace
}  // namespace souk::capacity
