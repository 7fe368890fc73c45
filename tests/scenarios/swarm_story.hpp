#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/consensus/block.hpp"
#include "actors/tx_codec.hpp"
#include "scenarios/swarm/nodes.hpp"

/// A chain of four validators told to a checker by hand, block by block: the truth, and whatever a test makes
/// of it.
namespace souk::scenarios::swarm::test {

using namespace consensus;
using std::chrono::milliseconds;
using std::chrono::seconds;

inline Plan quiet_plan() {
  SwarmOptions options;
  options.allowed = sim::FaultSet::none();
  options.simpler = {Simpler::even_delays, Simpler::plain_timeouts};
  Plan plan = draw_plan(1, options);
  plan.knobs.powers = {100, 100, 100, 100};
  plan.knobs.spare_count = 0;
  plan.knobs.full_node_count = 0;
  plan.knobs.client_count = 2;
  plan.faults.byzantine.clear();
  return plan;
}

class Story {
 public:
  using Change = std::function<void(CheckerSetup&)>;
  explicit Story(const Change& change = [](CheckerSetup&) {})
      : plan(quiet_plan()), nodes(plan), checker(changed(nodes.checker_setup(), change)) {
    auto setup = nodes.checker_setup();
    schedule = ValidatorSchedule::genesis(setup.reference.validators);
  }

  static CheckerSetup changed(CheckerSetup setup, const Change& change) {
    change(setup);
    return setup;
  }

  Height next() const { return {static_cast<std::int64_t>(chain.size()) + 1}; }
  Time time_of(Height height) const { return genesis_time + seconds(height.value); }
  const ValidatorSet& set() const { return schedule.current; }
  /// The validator at `index` of the set, as an actor.
  ActorId actor_of(std::size_t index) const {
    for (std::uint32_t i = 0; i < 4; ++i) {
      if (nodes.key_of(i) == set()[index].key) return {i};
    }
    return no_actor;
  }
  ActorId actor_of(const Address& validator) const { return actor_of(*set().index_of(validator)); }

  Block next_block(const std::vector<SharedTx>& txs = {}) const {
    Block block;
    Header& h = block.header;
    h.chain_id = chain_id;
    h.height = next();
    h.time = time_of(next());
    if (!chain.empty()) {
      h.last_value = chain.back().commit.value;
      block.last_commit = chain.back().commit;
    }
    for (const SharedTx& tx : txs) block.txs.push_back(encode_tx(*tx));
    h.proposer = set().proposer();
    h.validators_hash = schedule.current.hash();
    h.next_validators_hash = schedule.next.hash();
    return finished(std::move(block));
  }
  /// With the hashes that say what is in it.
  static Block finished(Block block) {
    block.header.last_commit_hash = commit_hash(block.last_commit);
    block.header.data_hash = data_hash(block.txs);
    block.header.evidence_hash = evidence_hash(block.evidence);
    return block;
  }

  Signed signed_by(std::size_t index, const Statement& statement) const {
    return {statement, static_cast<std::uint32_t>(index), set()[index].address,
            KeyedHash::sign(set()[index].key, sign_bytes(chain_id, statement))};
  }
  /// Precommits of the first `signers` validators of the set.
  Commit commit_of(const ValueId& value, std::size_t signers = 4, Round round = 0) const {
    Commit commit{next(), round, value, std::vector<CommitSignature>(set().size())};
    for (std::size_t i = 0; i < signers; ++i) {
      const Signed s = signed_by(i, {Step::precommit, next(), round, value, no_round});
      commit.signatures[i] = {CommitSignature::Kind::for_value, s.validator, s.signature};
    }
    return commit;
  }
  CertifiedValue certified(const Block& block, std::size_t signers = 4) const {
    const SharedValue value = make_value(block, plan.knobs.block_limits);
    return {value, commit_of(value_id(value->header), signers)};
  }

  void tell(ActorId who, Observation what) {
    checker.on_effect(now, who, Observe{std::make_shared<const Observation>(std::move(what))});
  }
  void tell_decided(ActorId who, const CertifiedValue& proof, Round round = 0) {
    tell(who, {Decided{proof.commit.height, round, value_id(proof.value->header), proof.value->header.time,
                       now, false, std::make_shared<const CertifiedValue>(proof)}});
  }
  void tell_signing(ActorId who, const Statement& s) {
    checker.on_effect(now, who, MakeSignature{1, std::make_shared<const Bytes>(sign_bytes(chain_id, s))});
  }
  void tell_proposal(ActorId to, std::size_t by, Round round, const CertifiedValue& value,
                     Round valid_round = no_round) {
    const Statement s{Step::propose, next(), round, value.commit.value, valid_round};
    const Proposal proposal{signed_by(by, s), value.value->header, nullptr};
    checker.on_event(
        now, to,
        ValidatorEvent{PeerMessage{actor_of(by), std::make_shared<const Envelope>(Envelope{proposal})}});
  }

  /// The next block is decided by all four, and the story goes on after it.
  void decide(const Block& block) {
    const CertifiedValue proof = certified(block);
    for (std::uint32_t i = 0; i < 4; ++i) tell_decided({i}, proof);
    go_on(proof);
  }
  void decide() { decide(next_block()); }
  void go_on(const CertifiedValue& proof) {
    chain.push_back(proof);
    ASSERT_TRUE(schedule.roll({}).has_value());
    now += seconds(1);
  }

  /// The codes of what does not hold, in order, as "S1 S6".
  std::string verdict() const {
    std::string codes;
    for (const Violation& v : checker.violations())
      codes += (codes.empty() ? "" : " ") + std::string(code_of(v.invariant));
    return codes;
  }

  Plan plan;
  Nodes nodes;
  Checker checker;
  ValidatorSchedule schedule{std::nullopt, nodes.checker_setup().reference.validators,
                             nodes.checker_setup().reference.validators};
  std::vector<CertifiedValue> chain;
  Time now = genesis_time + seconds(1);
};

}  // namespace souk::scenarios::swarm::test
