#include "actors/capacity/prover.hpp"

#include <gtest/gtest.h>

#include <string>

#include "actors/capacity/chains.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"

namespace souk::capacity {
namespace {

Params tiny_params() {
  Params params = vector_params();
  params.rounds_per_state = 3;
  params.states = 3;
  params.sweeps = 2;
  return params;
}

Sign sign_with(const Challenge& challenge) {
  return [key = challenge.provider](std::span<const std::uint8_t> message) { return sign_as(key, message); };
}

TEST(Prover, RefusesNoncesThatDoNotLeadToTheirAnchors) {
  const Challenge challenge = vector_challenge(tiny_params());
  CpuArithmetic arithmetic;
  Prover prover(challenge, arithmetic, sign_with(challenge));
  auto n = nonces(3, &NonceChain::n);
  n[1] = repeated(1);
  const auto refused = prover.fill(n);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "nonce of validator 2 does not lead to its anchor");
  EXPECT_FALSE(prover.fill(nonces(3, &NonceChain::m))) << "m where n belongs";
}

TEST(Prover, NeedsTheNoncesOfAMajority) {
  const Challenge challenge = vector_challenge(tiny_params());
  CpuArithmetic arithmetic;
  Prover prover(challenge, arithmetic, sign_with(challenge));
  EXPECT_FALSE(prover.fill(nonces(3, &NonceChain::n, 4)));
  EXPECT_FALSE(prover.fill(nonces(2, &NonceChain::n)));
  ASSERT_TRUE(prover.fill(nonces(3, &NonceChain::n, 5)));
  EXPECT_FALSE(prover.sweep(nonces(3, &NonceChain::m, 1)));
  EXPECT_TRUE(prover.sweep(nonces(3, &NonceChain::m, 3)));
}

TEST(Prover, ItsTranscriptHasTheLengthThatParamsAndSeedGive) {
  for (std::uint8_t depth = 1; depth <= 4; ++depth) {
    Params params = tiny_params();
    params.depth = depth;
    const Proof proof = prove(vector_challenge(params));
    EXPECT_EQ(proof.transcript.size(),
              transcript_bytes(params, draw_openings(params, record_seed(proof.record))));
    EXPECT_EQ(verify_simply(proof), "accepted") << int{depth};
  }
}

TEST(Prover, ProvesAgainAfterAnotherChallenge) {
  CpuArithmetic arithmetic;
  const Challenge first = vector_challenge(tiny_params());
  Challenge second = first;
  second.gpu = 1;
  const Proof once = prove(first, arithmetic);
  EXPECT_EQ(verify_simply(prove(second, arithmetic)), "accepted");
  EXPECT_EQ(prove(first, arithmetic).transcript, once.transcript) << "nothing is left of the proof between";
}

TEST(CpuArithmetic, RefusesWhatDoesNotFitBeforeAllocating) {
  Params params = vector_params(14);
  params.states = 4000;
  CpuArithmetic arithmetic;
  const auto refused = arithmetic.fill({params, {}, {}});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("N (states) = 4000 of k = 16384"), std::string::npos)
      << refused.error().message;
}

TEST(CpuArithmetic, OpensEveryStateAlsoThoseItDoesNotKeep) {
  const Params params = tiny_params();
  CpuArithmetic arithmetic;
  const std::vector<Hash> hashes = arithmetic.fill({params, counting(0), counting(1)}).value();
  std::vector<LeafRequest> requests;
  const std::uint64_t last = params.leaves() - 1;
  for (std::uint32_t t = 0; t <= params.rounds(); ++t) {
    requests.push_back({t, t * 97});
    requests.push_back({t, last});
  }
  const auto openings = arithmetic.open_leaves(requests).value();
  ASSERT_EQ(openings.size(), requests.size());
  for (std::size_t n = 0; n < requests.size(); ++n) {
    const LeafRequest& request = requests[n];
    const Hash value = chunk_value(openings[n].leaf, request.leaf);
    EXPECT_EQ(root_of_path(value, request.leaf, params.leaves(), openings[n].path), hashes[request.t])
        << request.t << ' ' << request.leaf;
    EXPECT_NE(root_of_path(value, request.leaf ^ 1, params.leaves(), openings[n].path), hashes[request.t]);
  }
}

TEST(CpuArithmetic, OpensTheLastChunkOfAnUnevenSweepTree) {
  const Params params = tiny_params();  // M = 6 chunks: the last two have shorter paths
  CpuArithmetic arithmetic;
  ASSERT_TRUE(arithmetic.fill({params, counting(0), counting(1)}));
  const Hash link = repeated(5);
  const Hash root = arithmetic.sweep(link).value();
  std::vector<SweepRequest> requests;
  for (std::uint64_t chunk = 0; chunk < params.sweep_leaves(); ++chunk) requests.push_back({link, chunk});
  const auto openings = arithmetic.open_sweeps(requests).value();
  for (std::uint64_t chunk = 0; chunk < params.sweep_leaves(); ++chunk) {
    EXPECT_EQ(openings[chunk].path.size(), chunk < 4 ? 3u : 2u);
    EXPECT_EQ(root_of_path(chunk_value(openings[chunk].chunk, chunk), chunk, params.sweep_leaves(),
                           openings[chunk].path),
              root);
  }
}

}  // namespace
}  // namespace souk::capacity
