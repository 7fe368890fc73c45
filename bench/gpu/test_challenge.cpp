#include "bench/gpu/test_challenge.hpp"

#include <bit>

#include "actors/capacity/blake3.hpp"
#include "actors/capacity/chacha8.hpp"
#include "bench/gpu/keys.hpp"

namespace souk::gpu {
namespace {

using capacity::Params;

/// Hands out the pseudo-random 32-byte strings of one challenge, in order.
class Source {
 public:
  explicit Source(const Hash& key) : stream_(key) {}
  Hash next() {
    Hash hash{};
    stream_.fill(offset_, hash);
    offset_ += hash.size();
    return hash;
  }

 private:
  capacity::ChaCha8 stream_;
  std::uint64_t offset_ = 0;
};

Hash source_key(const std::optional<std::uint64_t>& seed) {
  if (!seed) return random_hash();
  capacity::Blake3 hash;
  hash.add("souk-gpu test challenge ");
  hash.add(std::to_string(*seed));
  return hash.finish();
}

/// Options that would not survive being narrowed to the field's width; the rest is check_params' part.
Result<void> check_ranges(const ChallengeArguments& a) {
  struct Range {
    const char* option;
    std::uint64_t value, low, high;
  };
  for (const Range& r : {Range{"--rho", a.rho, 1, 16}, Range{"--depth", a.depth, 1, 4},
                         Range{"--states", a.states, 1, 1u << 17}, Range{"--sweeps", a.sweeps, 1, 256},
                         Range{"--gemm-openings", a.gemm_openings, 0, 512},
                         Range{"--checkpoint-openings", a.checkpoint_openings, 0, 512},
                         Range{"--gpu", a.gpu, 0, UINT32_MAX}}) {
    if (r.value < r.low || r.value > r.high)
      return fail(std::string(r.option) + ": " + std::to_string(r.value) + " is not within " +
                  std::to_string(r.low) + ".." + std::to_string(r.high));
  }
  if (!std::has_single_bit(a.k) || a.k < 1024 || a.k > 16'384)
    return fail("--k: " + std::to_string(a.k) + " is not one of 1024, 2048, 4096, 8192, 16384");
  if (a.validators != 3 && a.validators != 5)
    return fail("--validators: " + std::to_string(a.validators) + " is not 3 or 5");
  return {};
}

Params params_of(const ChallengeArguments& a) {
  Params params;
  params.log_k = static_cast<std::uint8_t>(std::countr_zero(a.k));
  params.rounds_per_state = static_cast<std::uint8_t>(a.rho);
  params.depth = static_cast<std::uint8_t>(a.depth);
  params.states = static_cast<std::uint32_t>(a.states);
  params.sweeps = static_cast<std::uint16_t>(a.sweeps);
  params.gemm_openings = static_cast<std::uint16_t>(a.gemm_openings);
  params.checkpoint_openings = static_cast<std::uint16_t>(a.checkpoint_openings);
  params.validators = static_cast<std::uint16_t>(a.validators);
  return params;
}

}  // namespace

Result<TestChallenge> make_test_challenge(const ChallengeArguments& arguments) {
  if (const auto ranges = check_ranges(arguments); !ranges) return Unexpected{ranges.error()};
  const Params params = params_of(arguments);
  if (const auto checked = capacity::check_params(params, capacity::Scope::tests); !checked)
    return Unexpected{checked.error()};

  Source source(source_key(arguments.seed));
  TestChallenge file;
  capacity::Challenge& challenge = file.challenge;
  challenge.chain = capacity::chain_hash(arguments.chain_id);
  challenge.height = arguments.height;
  challenge.block = source.next();
  challenge.epoch = source.next();
  challenge.gpu = static_cast<std::uint32_t>(arguments.gpu);
  challenge.params = params;
  file.seed_block = source.next();
  file.provider_seed = source.next();
  challenge.provider = public_key(file.provider_seed);
  for (std::uint64_t i = 0; i < arguments.validators; ++i) {
    const Hash validator = public_key(source.next());
    file.secrets.push_back(source.next());
    challenge.validators.push_back({validator, capacity::NonceChain(file.secrets.back()).anchor});
  }
  return file;
}

}  // namespace souk::gpu
