#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/consensus/gossip.hpp"
#include "tests/consensus/blocks_fixture.hpp"

/// Messages of height 7 among a few validators, and one of them with its planner.
namespace souk::consensus::test {

using SharedEnvelope = std::shared_ptr<const Envelope>;

inline const BlockLimits small_parts{.part_bytes = 256};
inline constexpr Height here{7};

inline SharedEnvelope wrap(Message message) {
  return std::make_shared<const Envelope>(Envelope{std::move(message)});
}

inline const ValidatorSet& four() {
  static const ValidatorSet set = set_of({4, 3, 2, 1});
  return set;
}
/// A value of one part.
inline const SharedValue& value() {
  static const SharedValue v = make_value(sample_block(), {});
  return v;
}
/// A value of many.
inline const SharedValue& large_value() {
  static const SharedValue v = make_value(sample_block(2'000), small_parts);
  return v;
}
inline ValueId id_of(const SharedValue& v) { return value_id(v->header); }

inline SharedEnvelope proposal(std::size_t by, Round round, const SharedValue& v,
                               Round valid_round = no_round, Height height = here) {
  const Signed head = signed_by(four(), by, {Step::propose, height, round, id_of(v), valid_round});
  std::shared_ptr<const Part> only;
  if (v->header.part_count == 1) only = std::make_shared<const Part>(cut(*v, height, round, {})[0]);
  return wrap(Proposal{head, v->header, only});
}
inline SharedEnvelope prevote(std::size_t by, Round round, std::optional<ValueId> v, Height height = here) {
  return wrap(vote_by(four(), by, Step::prevote, round, v, height));
}
inline SharedEnvelope precommit(std::size_t by, Round round, std::optional<ValueId> v, Height height = here) {
  return wrap(vote_by(four(), by, Step::precommit, round, v, height));
}
inline Commit commit_of(std::initializer_list<std::size_t> signers, Round round, Height height) {
  Commit commit{height, round, id_of(value()), std::vector<CommitSignature>(four().size())};
  for (const std::size_t i : signers) {
    const Vote vote = vote_by(four(), i, Step::precommit, round, commit.value, height);
    commit.signatures[i] = {CommitSignature::Kind::for_value, vote.validator, vote.signature};
  }
  return commit;
}

/// Validator 0 of four(), whose peers are the actors 1, 2 and 3.
struct Node {
  explicit Node(GossipConfig config = {}) : planner({ActorId{1}, ActorId{2}, ActorId{3}}, config) {
    planner.enter_height(here, 4, nullptr);
  }
  GossipPlanner planner;

  std::vector<Outgoing> plan() {
    std::vector<Outgoing> out;
    planner.plan(out);
    return out;
  }
  /// What one peer is sent.
  std::vector<SharedEnvelope> plan_for(std::uint32_t peer) {
    std::vector<SharedEnvelope> sent;
    for (const Outgoing& o : plan())
      if (o.to == ActorId{peer}) sent.push_back(o.message);
    return sent;
  }
  /// A peer says the same so often, once a tick.
  void hear(std::uint32_t peer, const RoundStatus& status, int times) {
    for (int i = 0; i < times; ++i) {
      EXPECT_TRUE(planner.note_status(ActorId{peer}, status));
      planner.tick();
    }
  }
};

/// A peer that is at `round` and has nothing.
inline RoundStatus status_at(Round round, Step step = Step::propose, Height height = here) {
  RoundStatus status;
  status.height = height;
  status.round = round;
  status.step = step;
  status.prevotes = status.precommits = bits_of(4);
  return status;
}

using Sent = std::vector<SharedEnvelope>;

}  // namespace souk::consensus::test
