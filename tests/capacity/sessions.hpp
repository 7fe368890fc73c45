#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "actors/capacity/blake3.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/session.hpp"

/// A small challenge with known secrets, for tests of the two sessions.
namespace souk::capacity::test {

using namespace std::chrono_literals;

inline Time at(Duration d) { return Time{1'700'000'000s + d}; }

inline Hash hash_of(std::uint8_t x) {
  Hash hash;
  hash.fill(x);
  return hash;
}

/// z of validator i.
inline Hash secret(std::uint32_t i) { return hash_of(static_cast<std::uint8_t>(0x41 + i)); }

inline Challenge challenge(std::uint32_t validators = 3) {
  Challenge c;
  c.chain = chain_hash("gpoc-test");
  c.height = 1;
  c.block = hash_of(0x20);
  c.epoch = hash_of(0xee);
  c.provider = hash_of(0x22);
  c.params.log_k = 10;
  c.params.rounds_per_state = 2;
  c.params.states = 2;
  c.params.sweeps = 2;
  c.params.gemm_openings = 4;
  c.params.checkpoint_openings = 4;
  c.params.validators = static_cast<std::uint16_t>(validators);
  for (std::uint32_t i = 0; i < validators; ++i)
    c.validators.push_back({hash_of(static_cast<std::uint8_t>(0x31 + i)), NonceChain(secret(i)).anchor});
  return c;
}

inline Commit commit(std::uint8_t value, std::uint8_t mask = 7, const Challenge& c = challenge()) {
  return {challenge_id(c), mask, hash_of(value), {}};
}
inline Commit fill_commit() { return commit(0xf1); }
inline Commit sweep_commit() { return commit(0x5e); }

/// The block that made both commits final.
inline constexpr Height committed_at{100};
inline CommitsFinal commits_final() { return {committed_at, fill_commit(), sweep_commit()}; }
inline BlockFinal block_final(std::int64_t after) {
  return {committed_at + Blocks{after}, hash_of(static_cast<std::uint8_t>(after))};
}
inline SecretFinal secret_final(std::uint32_t validator, std::int64_t after = 2) {
  return {committed_at + Blocks{after}, validator, secret(validator)};
}

}  // namespace souk::capacity::test
