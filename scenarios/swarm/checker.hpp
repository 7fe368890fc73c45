#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "actors/consensus/core.hpp"
#include "actors/consensus/observation.hpp"
#include "runtime/host.hpp"
#include "scenarios/swarm/accountability.hpp"
#include "scenarios/swarm/invariant.hpp"
#include "scenarios/swarm/reference.hpp"

/// Watches a cluster and holds it to the invariants. It sees what collectors see: events, and effects as they
/// are carried out.
namespace souk::scenarios::swarm {

/// What the checker must know of an actor.
struct Watched {
  enum class Kind : std::uint8_t { node, client };
  std::string name;
  Kind kind = Kind::node;
  bool honest = true;     ///< false: Byzantine, nothing it says is held against the cluster
  bool stricter = false;  ///< refuses blocks that the others take; may stop when they decide one
  bool remembers = true;  ///< false: its disk may forget unnoticed, so it may sign twice
  std::optional<consensus::PublicKey> key{};
  ActorId attached = no_actor;  ///< of a client: the node it talks to
};

/// Bounds of what Observation::QueueSizes reports.
struct QueueBounds {
  std::uint32_t pending_checks = 4'096;
  std::uint32_t votes = 4'096;
  std::uint32_t future_messages = 4'096;
  std::uint32_t parts = 8'192;
  std::uint32_t evidence = 1'024;
};

struct CheckerSetup {
  ReferenceSetup reference;
  std::vector<Watched> actors;  ///< by ActorId
  consensus::TimeBounds time_bounds;
  QueueBounds queues;
  std::size_t violations_max = 20;  ///< kept; the first is what matters
  bool collect_statements = false;  ///< keep what fork() needs
};

/// Two decisions of one height, with what honest nodes were sent there.
struct ForkFound {
  Fork fork;
  consensus::ValidatorSet set;
};

class Checker final : public runtime::Collector {
 public:
  explicit Checker(CheckerSetup setup);

  void on_event(Time at, ActorId who, const Event& event) override;
  void on_effect(Time at, ActorId who, const Effect& effect) override;

  // What only the one who runs the world knows. Times are true ones.

  /// A node was started on its disk, which holds blocks up to `decided`. `intact`: no fault touched what was
  /// durable. `app_hash`: the node's after them.
  void came_back(Time at, ActorId who, std::optional<Height> decided, const Hash& app_hash, bool intact);
  /// Sizes of a node's mempool against its bounds.
  void mempool_is(Time at, ActorId who, std::size_t txs, std::size_t txs_max, std::size_t bytes,
                  std::size_t bytes_max);
  /// Votes that an honest node holds: two of them that contradict each other must come into a block.
  void votes_are(ActorId who, const std::vector<consensus::Vote>& votes);
  /// Compares a node's whole state with the reference's, if they are at the same height.
  void state_is(Time at, ActorId who, Height height, const Hash& state_hash);
  /// From here on L1 to L3 hold: a new height must come within `within`.
  void healed(Time at, Duration within);
  /// The liveness phase is over: what should have happened did. `decided`: of each honest node that is up.
  /// `catch_up`: how long they had for it; zero if too short to ask for it.
  void lived(Time at, const std::map<ActorId, Height>& decided, Duration catch_up);
  /// The run is over: nothing that was reported final is lost, and the guilty are punished.
  void ended(Time at, const std::map<ActorId, Height>& decided);
  /// Everything is about to be restarted: whatever was reported so far must be there at the end.
  void cold_restart();
  void report(Violation violation);

  const std::vector<Violation>& violations() const { return violations_; }
  /// The first violation of S1, if statements were collected.
  const std::optional<ForkFound>& fork() const { return fork_; }
  const consensus::RuleCounts& rules() const { return rules_; }
  const Reference& reference() const { return reference_; }
  Height highest() const { return highest_; }  ///< decided by anybody honest
  const QueueBounds& queue_maxima() const { return maxima_; }
  std::uint64_t txs_submitted() const { return txs_.size(); }
  std::uint64_t txs_told() const { return told_count_; }
  std::size_t mempool_max() const { return mempool_max_; }
  std::uint64_t decisions() const { return decisions_; }
  const std::map<consensus::PeerFault::Kind, std::uint64_t>& peer_faults() const { return faults_; }
  /// Honest nodes that stopped signing, and why.
  const std::vector<std::pair<ActorId, std::string>>& halted() const { return halted_; }
  std::int64_t rounds_total() const { return rounds_total_; }  ///< over heights, of who decided first

 private:
  using Place = std::tuple<Height, consensus::Round, consensus::Step>;
  /// What a key was seen to sign, of its last heights.
  struct Signer {
    std::map<Place, consensus::Statement> said;
    Height lock_height;
    consensus::Round lock_round = consensus::no_round;
    consensus::ValueId lock_value{};
  };
  struct Submitted {
    ActorId client;
    Time at;
    Height height;         ///< of the chain then
    bool refused = false;  ///< by a mempool
  };
  /// What a client was told.
  struct Answer {
    Time at;
    ActorId client;
    TxKey tx;
    Height height;
    std::uint32_t code = 0;
  };
  /// Proposals by height, round and value: who made them, and their block time.
  struct Proposed {
    Time time;
    std::set<Address> by;
    std::map<ActorId, Time> seen;  ///< when each node first saw it, by its own clock
  };

  void violated(Invariant invariant, Height height, Time at, std::vector<ActorId> who, std::string what);
  const Watched& watched(ActorId who) const { return setup_.actors.at(who.value); }
  bool is_honest(ActorId who) const { return watched(who).honest; }
  bool may_lie(const Address& validator) const { return !loyal_.contains(validator); }

  void observed(Time at, ActorId who, const consensus::Observation& observation);
  void decided(Time at, ActorId who, const consensus::Decided& decided);
  void applied(Time at, ActorId who, const consensus::Applied& applied);
  void caught(Time at, ActorId who, const consensus::Evidence& evidence);
  void sizes(Time at, ActorId who, const consensus::QueueSizes& sizes);

  void signs(Time at, ActorId who, const consensus::Statement& statement);
  void check_single(Time at, ActorId who, Signer& signer, const consensus::Statement& s);
  void check_proposer(Time at, ActorId who, const consensus::Statement& s);
  void check_lock(Time at, ActorId who, const Signer& signer, const consensus::Statement& s);
  void check_polka(Time at, ActorId who, const consensus::Statement& s);
  void check_timely(Time at, ActorId who, const consensus::Statement& s);
  bool could_be_polka(Height height, consensus::Round round, const consensus::ValueId& value) const;
  void collect_statement(const consensus::Message& message);
  void forked(const consensus::Decided& decided);
  void proposal_seen(Time at, ActorId who, const consensus::Proposal& proposal);

  void submitted(Time at, ActorId client, const SharedTx& tx);
  void told(Time at, ActorId client, const TxDecided& decided);
  void collect(Time at, ActorId who, const std::vector<Reference::Finding>& findings);
  void check_proven(Time at, const std::map<ActorId, Height>& decided);
  void check_inclusions(Time at);
  void check_answers(bool all);
  /// Whether proposals and prevotes of `height` are still known; a node far behind may be at one that is not.
  bool is_remembered(Height height) const { return height.value > highest_.value - 80; }
  void forget(Height below);
  Address reference_proposer(Height height, consensus::Round round) const;

  CheckerSetup setup_;
  Reference reference_;
  std::set<Address> loyal_;  ///< addresses of keys that never sign twice
  std::vector<Violation> violations_;
  std::set<std::pair<Invariant, Height>> known_;  ///< reported once a height

  std::map<Height, std::pair<consensus::ValueId, ActorId>> first_;  ///< decision, and who was first
  std::vector<std::optional<Height>> reported_;                     ///< highest decided, by actor
  std::map<Height, std::pair<Hash, ActorId>> app_hashes_;
  std::map<Height, std::set<std::tuple<std::uint32_t, consensus::Statement, consensus::Signature>>>
      statements_;
  std::map<Height, consensus::Commit> commits_;  ///< of first_, with statements_
  std::optional<ForkFound> fork_;
  std::map<consensus::PublicKey, Signer> signers_;
  std::map<std::tuple<Height, consensus::Round, consensus::ValueId>, std::set<Address>> prevotes_;
  std::map<std::tuple<Height, consensus::Round, consensus::ValueId>, Proposed> proposals_;
  /// Of which a node has the evidence or both statements, since it was started; the chain's height then.
  std::map<Equivocation, std::map<ActorId, Height>> known_to_;
  std::map<Address, Height> caught_;  ///< proven guilty to somebody honest; the chain's height then
  std::map<TxKey, Submitted> txs_;
  std::map<std::pair<ActorId, std::uint64_t>, TxKey> keys_;  ///< by client and number
  std::size_t inclusions_checked_ = 0;
  std::vector<Answer> answers_;  ///< not held against the chain yet
  std::uint64_t told_count_ = 0;
  std::size_t mempool_max_ = 0;
  std::map<consensus::PeerFault::Kind, std::uint64_t> faults_;
  std::vector<std::pair<ActorId, std::string>> halted_;
  Height state_of_{-1};  ///< of which state_hash_ is the reference's
  Hash state_hash_{};
  Height highest_before_cold_;

  consensus::RuleCounts rules_{};
  Height highest_;
  Time healed_at_ = time_max;
  Height healed_height_;
  Time new_height_due_ = time_max;
  QueueBounds maxima_{0, 0, 0, 0, 0};
  std::uint64_t decisions_ = 0;
  std::int64_t rounds_total_ = 0;
};

}  // namespace souk::scenarios::swarm
