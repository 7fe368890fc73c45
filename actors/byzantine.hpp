#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "actors/validator.hpp"

/// A validator that breaks the rules (consensus-node.md section 5, the byzantine families).
namespace souk {

/// What it does wrong. A duplicate key needs no code: it is two validators with one key.
enum class Misdeed : std::uint8_t {
  double_vote,      ///< signs a second vote, and tells half of its peers that one, or carelessly all
  double_proposal,  ///< proposes two valid blocks, one to each half
  amnesia,          ///< votes for what is proposed, whatever it is locked on
  silent_proposer,  ///< never sends its proposals
  late_proposer,    ///< holds them back
  withheld_parts,   ///< proposes, and keeps the block's parts from half of its peers
  forged_parts,     ///< sends parts with a byte changed
  invalid_block,    ///< proposes blocks that break a rule: of the header, of transactions, of the last commit
  lunatic_header,   ///< proposes blocks with validators or a state that never were
  bad_timestamp,    ///< proposes blocks of the past or the future
  future_flood,     ///< votes for rounds and heights that are far off, and at times hundreds for the next
  lying_sync,       ///< claims heights it does not have, and answers with forged decisions
  false_polka,      ///< proposes another block with the valid round of a polka that never was
  withheld_precommits,  ///< locks others by its prevotes and lets nobody decide: neither a precommit for a
                        ///< value nor a decision leaves it
  out_of_turn,          ///< proposes a block of its own when it is another's turn
  two_faced,            ///< the attack: two blocks, and all votes for each to one half of the peers
};

struct ByzantineConfig {
  std::vector<Misdeed> misdeeds;
  Duration late = std::chrono::seconds(5);  ///< of late_proposer
  /// Probability that it misbehaves where it could; drawn from its own stream.
  double rate = 1;
};

/// Wraps a correct validator and alters what it says. Its signatures are genuine: the host signs what it asks
/// for. It copies, restarts and recovers as any actor.
class Byzantine {
 public:
  Byzantine(Validator inner, ByzantineConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  /// Timers that, posted to it as fired, make it begin or stop to misbehave. `amount`: of late_proposer.
  static TimerId begin(Misdeed misdeed, Duration amount = Duration{0});
  static TimerId end(Misdeed misdeed);

  const Validator& inner() const { return inner_; }
  /// How often it did each.
  const std::map<Misdeed, std::uint64_t>& done() const { return done_; }

 private:
  using Place = std::tuple<Height, consensus::Round, consensus::Step>;
  /// A statement it has the host sign besides those of `inner_`, and who is told.
  struct Forgery {
    consensus::Statement statement;
    std::optional<consensus::SharedValue> value{};  ///< of a proposal
    std::vector<ActorId> to;
    std::uint32_t copies = 1;  ///< each of them gets
  };
  enum class Timer : std::uint32_t { late = 900, begin = 901, end = 902 };

  bool command(TimerId timer, Effects& out);
  bool does(Misdeed misdeed) const;
  bool dares(Misdeed misdeed);
  bool tells_of_itself(const consensus::Message& message) const;
  bool note(const consensus::Proposal& proposal);
  std::uint64_t draw(std::uint64_t below);
  void signature_made(const SignatureMade& made, Effects& out);
  void alter(Effects& inner, Effects& out);
  void alter_signing(const MakeSignature& effect, Effects& out);
  void alter_send(Send&& send, Effects& out);
  void alter_proposal(ActorId to, const consensus::Proposal& proposal, Send&& send, Effects& out);
  void alter_part(ActorId to, const consensus::Part& part, Send&& send, Effects& out);
  std::optional<consensus::Statement> other_vote(const consensus::Statement& own) const;
  void forge_proposal(const consensus::Proposal& proposal, Misdeed misdeed, Effects& out);
  void flood(const consensus::Statement& own, Effects& out);
  void jump_in(const consensus::Proposal& proposal, Effects& out);
  void vote_for_both(const consensus::Proposal& proposal, Effects& out);
  void sign(Forgery forgery, Effects& out);
  void tell(ActorId to, consensus::Message message, Effects& out) const;
  std::vector<ActorId> half(bool second) const;
  bool in_second_half(ActorId peer) const;
  void forget();

  Validator inner_;
  ByzantineConfig config_;
  Context context_{};
  std::uint64_t draws_ = 0;
  std::uint64_t tickets_ = 0;
  std::map<std::uint64_t, Forgery> signing_;        ///< by ticket
  std::map<Place, std::vector<ActorId>> silenced_;  ///< own statements some peers do not get
  std::map<std::pair<Height, consensus::Round>, std::vector<consensus::Statement>> proposals_;  ///< seen
  std::map<Height, std::vector<consensus::ValueId>> supported_;  ///< two_faced: voted for already
  std::vector<Send> held_;                                       ///< late_proposer's
  std::map<Misdeed, std::uint64_t> done_;
  Effects scratch_;
};

}  // namespace souk
