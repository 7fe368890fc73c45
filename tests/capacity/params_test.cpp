#include "actors/capacity/params.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/capacity/challenge.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::capacity {
namespace {

Params market_params() {
  Params params;
  params.states = 2112;  // an H200
  return params;
}

TEST(Params, DerivedSizesFollowFromKAndN) {
  const Params params = market_params();
  EXPECT_EQ(params.k(), 8192u);
  EXPECT_EQ(params.rounds(), 4224u);
  EXPECT_EQ(params.leaves_per_row(), 8u);
  EXPECT_EQ(params.leaves(), 65'536u);
  EXPECT_EQ(params.path_length(), 16u);
  EXPECT_EQ(params.segments(), 2112u * 16'384);
  EXPECT_EQ(params.sweep_leaves(), 2112u * 128);
  EXPECT_EQ(params.total_bytes(), 141'733'920'768u);
}

TEST(Params, SixteenBytesBothWays) {
  Params params = market_params();
  params.states = 0x00010203;
  params.sweeps = 0x0102;
  params.gemm_openings = 0x0304;
  params.checkpoint_openings = 0x0506;
  const EncodedParams bytes = encode_params(params);
  EXPECT_EQ(hex_of(bytes), "020d0202030201000201040306050300");
  EXPECT_EQ(decode_params(bytes), params);
}

TEST(Params, EveryBoundIsKeptAndNamed) {
  struct Case {
    const char* field;
    void (*change)(Params& params);
    bool holds;
  };
  const Case cases[] = {
      {"version", [](Params& p) { p.version = 1; }, false},
      {"kl", [](Params& p) { p.log_k = 11; }, false},
      {"kl", [](Params& p) { p.log_k = 12; }, true},
      {"kl", [](Params& p) { p.log_k = 14; }, true},
      {"kl", [](Params& p) { p.log_k = 15; }, false},
      {"kl", [](Params& p) { p.log_k = 255; }, false},
      {"rho", [](Params& p) { p.rounds_per_state = 0; }, false},
      {"rho", [](Params& p) { p.rounds_per_state = 16; }, true},
      {"rho", [](Params& p) { p.rounds_per_state = 17; }, false},
      {"D (", [](Params& p) { p.depth = 0; }, false},
      {"D (", [](Params& p) { p.depth = 4; }, true},
      {"D (", [](Params& p) { p.depth = 5; }, false},
      {"N (", [](Params& p) { p.states = 0; }, false},
      {"N (", [](Params& p) { p.states = (1u << 17) + 1; }, false},
      {"R (", [](Params& p) { p.states = 32'769; }, false},
      {"R (", [](Params& p) { p.states = 32'768; }, true},
      {"S (", [](Params& p) { p.sweeps = 0; }, false},
      {"S (", [](Params& p) { p.sweeps = 256; }, true},
      {"S (", [](Params& p) { p.sweeps = 257; }, false},
      {"s_u", [](Params& p) { p.gemm_openings = 513; }, false},
      {"s_u", [](Params& p) { p.gemm_openings = 512; }, true},
      {"s_c", [](Params& p) { p.checkpoint_openings = 513; }, false},
      {"V (", [](Params& p) { p.validators = 4; }, false},
      {"V (", [](Params& p) { p.validators = 5; }, true},
      {"transcript", [](Params& p) { p.checkpoint_openings = 512, p.depth = 4; }, false},
  };
  for (const Case& c : cases) {
    Params params = market_params();
    c.change(params);
    const auto checked = check_params(params, Scope::market);
    EXPECT_EQ(checked.has_value(), c.holds) << c.field;
    if (!checked) {
      EXPECT_NE(checked.error().message.find(c.field), std::string::npos) << checked.error().message;
    }
  }
}

TEST(Params, SmallMatricesAreForTests) {
  EXPECT_TRUE(check_params(vector_params(10), Scope::tests));
  EXPECT_TRUE(check_params(vector_params(11), Scope::tests));
  EXPECT_FALSE(check_params(vector_params(9), Scope::tests));
  const auto refused = check_params(vector_params(10), Scope::market);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "params: kl (log2 of the matrix size) is 10, it must be 12 to 14");
}

TEST(Params, NoSeedGivesALongerTranscriptThanTheBound) {
  for (std::uint32_t states = 1; states <= 9; ++states) {
    Params params = vector_params();
    params.rounds_per_state = 1;
    params.depth = 3;
    params.states = states;
    for (std::uint8_t seed = 0; seed < 20; ++seed)
      EXPECT_LE(transcript_bytes(params, draw_openings(params, repeated(seed))), longest_transcript(params));
  }
}

TEST(Params, RecommendedOnesStayWithinSixteenMebibytes) {
  Params registration = market_params();
  registration.gemm_openings = 128;
  registration.checkpoint_openings = 64;
  registration.validators = 5;
  EXPECT_TRUE(check_params(registration, Scope::market));
  Params dispute = market_params();
  dispute.gemm_openings = 256;
  dispute.checkpoint_openings = 128;
  EXPECT_TRUE(check_params(dispute, Scope::market));
}

// --- Challenges -------------------------------------------------------------------------------------------

TEST(Challenge, BytesBothWays) {
  Params params = vector_params();
  params.validators = 5;
  for (const Challenge& challenge : {vector_challenge(), vector_challenge(params)}) {
    const auto decoded = decode_challenge(encode_challenge(challenge), Scope::tests);
    ASSERT_TRUE(decoded);
    EXPECT_EQ(*decoded, challenge);
  }
}

TEST(Challenge, OtherLengthsAreRefused) {
  const Bytes bytes = encode_challenge(vector_challenge());
  for (const std::size_t length : {0u, 1u, 155u, 156u, 347u}) {
    EXPECT_FALSE(decode_challenge(std::span(bytes).first(length), Scope::tests)) << length;
  }
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_challenge(longer, Scope::tests));
  longer.resize(challenge_bytes(5));
  EXPECT_FALSE(decode_challenge(longer, Scope::tests)) << "V = 3 in the length of V = 5";
  longer.resize(std::size_t{1} << 20);
  const auto refused = decode_challenge(longer, Scope::tests);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "challenge: 1048576 bytes, it must have 348 or 476");
}

TEST(Challenge, AMaskIsAMajorityOfTheValidators) {
  for (unsigned mask = 0; mask < 256; ++mask) {
    const int bits = std::popcount(mask);
    EXPECT_EQ(is_mask_valid(static_cast<std::uint8_t>(mask), 3), mask < 8 && bits >= 2) << mask;
    EXPECT_EQ(is_mask_valid(static_cast<std::uint8_t>(mask), 5), mask < 32 && bits >= 3) << mask;
  }
}

TEST(Commit, BytesBothWays) {
  Commit commit{repeated(1), 5, repeated(2), {}};
  commit.signature.fill(3);
  const Bytes bytes = encode_commit(commit);
  EXPECT_EQ(bytes.size(), commit_bytes);
  EXPECT_EQ(decode_commit(bytes).value(), commit);
  EXPECT_FALSE(decode_commit(std::span(bytes).first(128)));
  const Bytes covered = signed_bytes(CommitKind::sweep, commit);
  EXPECT_EQ(covered.size(), 9u + 65);
  EXPECT_EQ(std::string(covered.begin(), covered.begin() + 9), "gpoc/2/v2");
}

}  // namespace
}  // namespace souk::capacity
