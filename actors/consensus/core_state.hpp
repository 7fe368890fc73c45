#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "actors/consensus/core.hpp"
#include "actors/consensus/evidence_pool.hpp"
#include "actors/consensus/gossip.hpp"
#include "actors/consensus/observation.hpp"
#include "actors/consensus/parts.hpp"
#include "actors/consensus/peer_book.hpp"
#include "actors/consensus/round_machine.hpp"
#include "actors/consensus/sign_guard.hpp"
#include "actors/consensus/wal.hpp"

/// Inside of Core; only core*.cpp include it.
///
/// What one event does is always: the checks at the door (core_messages), an input to the rules, and then
/// evaluate() until no rule is enabled (core_rounds). Every input is appended to `log_` before it counts; the
/// log reaches the file together with the next statement that is signed, in one synced record, so that what
/// the statement rests on is durable with it. What was never flushed was, to the others, never received.
///
/// Order of effects, and what a crash between two of them leaves (consensus-node.md section 1.10):
///   sign     Persist{wal, sync}: inputs since the last flush and OwnStatement (C1 before it, C4: the lock is
///            in those inputs) > MakeSignature > Persist{store}: SignedCopy; later, answered by
///            SignatureMade, Send to each peer (C2, C3: replay asks for the same signature and sends the same
///            bytes).
///   decide   Persist{store, sync}: CertifiedValue, one frame, all or nothing (C5, C8: before it the log of
///   the
///            height is whole, and peers have the decision) > apply in the application, which is rebuilt from
///            the store (C6, C7) > Persist{wal, fresh}: FileHead and EndHeight, unsynced: with the old file
///            in its place the store is ahead, which is known by the heights, and the old inputs are not used
///            (C6, C10) > Observe (C9).
///   catch    Persist{store, sync}: Evidence > Observe, Send to each peer, again every `rebroadcast` until a
///            block holds it.
namespace souk::consensus {

using SharedEnvelope = std::shared_ptr<const Envelope>;
using SharedBytes = std::shared_ptr<const Bytes>;

/// Collects the signatures that verify_evidence and the like would check, so that the host checks them.
class CheckCollector final : public SignatureVerifier {
 public:
  bool verify(const PublicKey& key, std::span<const std::uint8_t> bytes,
              const Signature& signature) const override;
  std::vector<SignatureCheck>& checks() { return checks_; }

 private:
  mutable std::vector<SignatureCheck> checks_;
};

struct Core::State {
  explicit State(CoreConfig c);

  enum class Timer : std::uint32_t {
    propose = timer_kind_min,
    prevote,
    precommit,
    height,  ///< the grid allows the height to begin
    build,   ///< the clock is past the last block's time
    gossip,
    upkeep,  ///< what is due however short rounds and heights are
  };

  /// A value somebody proposed in this height, or that a peer says was decided.
  struct Candidate {
    PartAssembler parts;
    std::shared_ptr<const Block> block;  ///< null until opened
    Judgement judgement = Judgement::unknown;
    bool checking = false;  ///< its signatures are being checked
    ActorId from;           ///< who is charged if it is invalid
  };
  /// Beside each of `facts_`.
  struct KnownProposal {
    Statement statement;
    std::optional<Signed> head;  ///< none: stands for a decision learnt from a peer
  };

  // What waits for the host's answer about signatures.
  struct MessageCheck {
    ActorId from;
    SharedEnvelope message;
    Time arrived;
  };
  struct BlockCheck {
    ValueId value;
  };
  struct SyncCheck {
    ActorId from;
    SharedEnvelope message;
  };
  using Check = std::variant<MessageCheck, BlockCheck, SyncCheck>;

  /// The height before, for votes that come late and for the next last commit.
  struct Last {
    Height height;
    Time time;
    ValueId value{};
    Round round = 0;
    VoteKeeper votes;
  };
  struct Armed {
    Height height;
    Round round = no_round;  ///< no_round: not set
    Time due{};
  };
  struct Asked {
    Statement statement;
    std::uint32_t index = 0;  ///< ours in the set of its height
  };
  struct SyncedBlock {
    ActorId from;
    SharedEnvelope message;  ///< CertifiedValue
  };

  // ---- core_rounds.cpp
  void start_height(Turn& turn);
  void wait_for_grid(Turn& turn);
  void begin_round_zero(Turn& turn);
  void start_round(Round round, Turn& turn);
  void evaluate(Turn& turn);
  void perform(const Taken& taken, Turn& turn);
  void arm(Step step, Turn& turn);
  Duration timeout_of(Step step, Round round) const;
  void on_timeout(Step step, Turn& turn);
  void say(const Statement& statement, Turn& turn);
  void ask_signature(const Statement& statement, Turn& turn);
  void on_signature(const Asked& asked, const Signature& signature, Turn& turn);
  void count_rule(Rule rule, Turn& turn);
  bool may_sign() const;

  // ---- core_messages.cpp
  void receive(ActorId from, const SharedEnvelope& message, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const Vote& vote, const SharedEnvelope& m, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const Proposal& proposal, const SharedEnvelope& m, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const Part& part, const SharedEnvelope& m, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const RoundStatus& status, const SharedEnvelope& m, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const SyncRequest& request, const SharedEnvelope& m, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const CertifiedValue& block, const SharedEnvelope& m, Turn& turn);
  void receive_one(PeerBook::Peer& peer, const Evidence& evidence, const SharedEnvelope& m, Turn& turn);
  bool keep_for_later(PeerBook::Peer& peer, const SharedEnvelope& m, Turn& turn);
  void late_vote(PeerBook::Peer& peer, const Vote& vote, const SharedEnvelope& m, Turn& turn);
  void check_message(PeerBook::Peer& peer, const SharedEnvelope& m, const Signed& head, const PublicKey& key,
                     Turn& turn);
  bool is_being_checked(const Signed& head) const;
  void checked(const MessageCheck& check, bool valid, Turn& turn);
  void charge(ActorId peer, PeerFault::Kind kind, Turn& turn);
  void charge(PeerBook::Peer& peer, PeerFault::Kind kind, Turn& turn);
  void useless(PeerBook::Peer& peer, const Message& message, Turn& turn);
  std::uint64_t verify(std::vector<SignatureCheck> checks, Check what, Turn& turn);
  SharedBytes bytes_of(const Statement& statement);

  // ---- core_inputs.cpp: what counts, from a peer, from us or from the log
  void count_vote(const SharedEnvelope& m, std::optional<ActorId> from, Turn& turn);
  void count_proposal(const SharedEnvelope& m, std::optional<ActorId> from, Time arrived, Turn& turn);
  void count_part(const SharedEnvelope& m, std::optional<ActorId> from, Turn& turn);
  void caught(const Signed& a, const Signed& b, Turn& turn);
  void keep_evidence(const SharedEnvelope& evidence, Turn& turn);
  bool is_named(const Statement& vote) const;
  bool is_timely(const ValueHeader& header, Round round, Time arrived) const;
  Candidate* candidate(const ValueId& value);
  void add_facts(const Statement& statement, std::optional<Signed> head, bool timely);

  // ---- core_blocks.cpp
  void build(Turn& turn);
  Block next_block(Turn& turn);
  Header expected_header(Time time, const Address& proposer) const;
  void propose(const ValueId& value, Round valid_round, Turn& turn);
  void judge(Candidate& candidate, Turn& turn);
  Result<void> check_block(const Block& block, const Application& app,
                           std::vector<SignatureCheck>& checks) const;
  Result<void> check_header(const Block& block) const;
  Result<void> check_last_commit(const Block& block, std::vector<SignatureCheck>& checks) const;
  Result<void> check_evidence(const Block& block, std::vector<SignatureCheck>& checks) const;
  void judged(const ValueId& value, bool valid, const std::string& why, Turn& turn);

  // ---- core_decide.cpp
  void decide(Turn& turn);
  void apply(const Block& block, const ValueId& value, Round round, Turn& turn);
  void enter_height(Height next);
  std::vector<Offence> offences_of(const Block& block) const;
  void halt(std::string why, Turn& turn);

  // ---- core_sync.cpp
  void on_gossip_timer(Turn& turn);
  void on_upkeep_timer(Turn& turn);
  void arm_upkeep(Turn& turn) const;
  void send_plan(Turn& turn);
  void send(ActorId to, const SharedEnvelope& message, Turn& turn) const;
  void broadcast(const SharedEnvelope& message, Turn& turn) const;
  void tell_status(Turn& turn);
  SharedEnvelope status() const;
  void ask_blocks(Turn& turn);
  bool try_synced(Turn& turn);
  void serve(const PeerBook::Peer& peer, Height from, Turn& turn) const;
  void synced_checked(const SyncCheck& check, bool valid, Turn& turn);
  void drop_synced(ActorId from);
  void learn_decision(Turn& turn);
  void feed_commit(const Commit& commit, Turn& turn);
  Height stored_from() const;

  // ---- core_recovery.cpp
  Result<void> recover(const Disk& disk, Application& app);
  Result<void> recover_store(std::span<const std::uint8_t> bytes, Application& app);
  Result<void> recover_block(const CertifiedValue& certified, Turn& turn);
  Result<void> recover_log(std::span<const std::uint8_t> bytes, Application& app);
  Result<void> replay(const WalRecord& record, Turn& turn);
  void resume(Turn& turn);
  void judge_again(Turn& turn);
  void refuse_through(Height height, std::string why);
  void check_against_copy();
  Result<void> check_head(const FileHead& head, std::string_view file) const;
  Result<void> judge_log(const FileEnd& end, std::optional<Height> of, std::string misfit,
                         std::span<const std::uint8_t> bytes);
  bool is_said(const Statement& statement) const;

  // ---- the log
  void log(const WalRecord& record);
  void flush_log(bool sync, Turn& turn);
  void begin_log(Turn& turn);
  void begin_store(Turn& turn);

  template <class What>
  void observe(What what, Turn& turn) const {
    if (!config_.observe || replaying_) return;
    turn.out.push_back(Observe{std::make_shared<const Observation>(Observation{std::move(what)})});
  }
  template <class M>
  static SharedEnvelope wrap(M message) {
    return std::make_shared<const Envelope>(Envelope{std::move(message)});
  }

  QueueSizes queues() const;
  Height height() const { return machine_.height(); }

  CoreConfig config_;
  PeerBook peers_;
  GossipPlanner planner_;

  // The chain as decided.
  ValidatorSchedule schedule_;  ///< current: of height()
  Hash validators_hash_{};
  Hash next_validators_hash_{};
  AppState app_state_;
  std::optional<Last> last_;
  ValidatorHistory history_;
  EvidencePool evidence_;
  std::deque<std::shared_ptr<const CertifiedValue>>
      blocks_;  ///< ascending, without gaps, the last is decided

  // The height being decided.
  RoundMachine machine_;
  VoteKeeper votes_;
  ProposerOrder proposers_;
  std::optional<std::uint32_t> index_;  ///< our place in the set
  std::vector<ProposalFacts> facts_;
  std::vector<KnownProposal> proposals_;  ///< as long as facts_
  std::vector<Candidate> candidates_;
  RoundMachine::Choice told_locked_;
  RoundMachine::Choice told_valid_;
  bool is_building_ = false;      ///< the rules asked for a new value, there is none yet
  std::array<Armed, 3> armed_{};  ///< by step
  std::vector<std::pair<Statement, SharedBytes>> bytes_;  ///< sign bytes made in this height

  // Signing.
  SignGuard guard_;
  std::optional<Height> silent_through_;    ///< signs nothing up to it
  std::map<std::uint64_t, Asked> signing_;  ///< by ticket

  // Waiting.
  std::map<std::uint64_t, Check> checks_;  ///< by ticket
  std::uint64_t next_ticket_ = 1;
  std::vector<std::pair<ActorId, SharedEnvelope>> later_;  ///< of the next height, or parts before a proposal
  std::map<Height, SyncedBlock> synced_;                   ///< blocks from peers, not looked at yet
  bool is_syncing_ = false;  ///< the commit of a synced block of this height is being checked
  SharedEnvelope learnt_;    ///< a CertifiedValue of this height whose commit holds; null before
  std::uint32_t ticks_in_round_ = 0;
  std::size_t next_server_ = 0;  ///< whom to ask first
  Time answers_until_{};         ///< so long blocks may come that were asked for before a crash

  Bytes log_;  ///< frames not yet appended
  RuleCounts rules_{};
  std::optional<std::string> halted_;

  // Recovery.
  bool replaying_ = false;
  std::vector<Statement> wanted_;  ///< statements that replay came to
  std::vector<Statement> logged_;  ///< statements that the log holds, of this height
  std::optional<Statement> copy_;  ///< of the store
  std::string silence_;            ///< why, if silent_through_
  Bytes kept_wal_;                 ///< to be written anew: the clean part of a torn file
  Bytes kept_store_;
  bool rewrite_wal_ = false;
  bool rewrite_store_ = false;
  bool is_store_damaged_ = false;
  bool is_recovered_ = false;

  std::vector<Outgoing> plan_;  ///< scratch
};

}  // namespace souk::consensus
