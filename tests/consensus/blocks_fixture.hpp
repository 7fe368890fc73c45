#pragma once

#include <string>

#include "actors/base/rng.hpp"
#include "actors/consensus/block.hpp"
#include "tests/consensus/statements_fixture.hpp"

namespace souk::consensus::test {

inline Hash hash_named(const std::string& name) { return sha256(name); }

/// A block in which no two fields are alike, with `tx_bytes` bytes of one transaction.
inline Block sample_block(std::size_t tx_bytes = 100) {
  const ValidatorSet set = set_of({40, 30, 20, 10});
  Block block;
  block.last_commit = {{6}, 1, hash_named("last value"), {}};
  for (std::size_t i = 0; i < set.size(); ++i) {
    const Vote vote = vote_by(set, i, Step::precommit, 1, block.last_commit.value, {6});
    block.last_commit.signatures.push_back(
        i == 2 ? CommitSignature{}
               : CommitSignature{CommitSignature::Kind::for_value, vote.validator, vote.signature});
  }
  block.evidence.push_back({vote_by(set, 0, Step::prevote, 0, std::nullopt, {5}),
                            vote_by(set, 0, Step::prevote, 0, hash_named("b"), {5}), 40, 100});
  Rng rng(7, ActorId{0}, Purpose::test, 0);
  Bytes tx(tx_bytes);
  for (auto& byte : tx) byte = static_cast<std::uint8_t>(rng.next());
  block.txs = {Bytes{1, 2, 3}, tx};
  block.header = {{1, 2},
                  chain,
                  {7},
                  Time(std::chrono::seconds(1'700'000'000)),
                  block.last_commit.value,
                  commit_hash(block.last_commit),
                  data_hash(block.txs),
                  set.hash(),
                  hash_named("next validators"),
                  hash_named("params"),
                  hash_named("app"),
                  hash_named("results"),
                  evidence_hash(block.evidence),
                  set[1].address};
  return block;
}

}  // namespace souk::consensus::test
