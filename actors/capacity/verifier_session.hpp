#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

#include "actors/base/time.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/commit.hpp"
#include "actors/capacity/session.hpp"
#include "actors/capacity/timing.hpp"
#include "actors/capacity/verifier.hpp"

/// One validator's side of one challenge as a state machine (gpu-capacity.md section 5): echoes, first nonce,
/// commit 1, second nonce, commit 2, finality, secret, transcript, verdict. Pure: the host sends, checks
/// signatures of what comes in, and runs verify() or the simulator's model.
namespace souk::capacity {

enum class VerifierState : std::uint8_t {
  probing,              ///< before the challenge: round trips are measured
  filling,              ///< n is out, the clock of the fill runs
  sweeping,             ///< commit 1 came, m is out, the clock of the sweeps runs
  awaiting_finality,    ///< commit 2 came; the prover must get both on chain
  awaiting_seed,        ///< the chain goes on; z is told once block H2 + 1 is final
  awaiting_transcript,  ///< the prover knows the seed and has 30 s
  checking,             ///< the host runs the verifier
  accepted,
  failed,  ///< see the report
};

/// The host spawned the session, some seconds before the challenge.
struct ProbingStarted {};
/// The prover sent an echo back.
struct EchoReturned {
  std::uint32_t number = 0;
};
/// The block after L is committed: every validator sends its nonce now.
struct ChallengeOpened {};
/// A commit came from the prover, signature checked.
struct CommitReceived {
  CommitKind kind{};
  Commit commit;
};
/// The transcript came from the prover; `nonces`: the n and m that it used, as it says.
struct TranscriptReceived {
  SharedBytes transcript;
  std::vector<Revealed> nonces;
};
/// The answer to CheckTranscript.
struct Checked {
  Verdict verdict{};
};
using VerifierEvent = std::variant<ProbingStarted, EchoReturned, ChallengeOpened, CommitReceived,
                                   CommitsFinal, SecretFinal, BlockFinal, TranscriptReceived, Checked, Woken>;

/// How a session ended.
enum class Outcome : std::uint8_t {
  accepted,
  silent,       ///< something that was due after tau0 did not come in time
  equivocated,  ///< two different commits of one kind, both signed
  rejected,     ///< the verdict says why
};
/// What one validator says about one proof: for the chain, for medians, for the score.
struct Report {
  std::uint32_t validator = 0;
  Outcome outcome{};
  VerifierState stage{};           ///< where it ended
  std::optional<Verdict> verdict;  ///< if a transcript was checked
  Stamps stamps;
  friend bool operator==(const Report&, const Report&) = default;
};

/// To the prover, answered by EchoReturned.
struct SendEcho {
  std::uint32_t number = 0;
};
/// To the prover, at once: the clock runs.
struct SendFirstNonce {
  Hash n{};
};
struct SendSecondNonce {
  Hash m{};
};
/// Put z on chain.
struct PublishSecret {
  Hash z{};
};
/// Validator `validator` did not reveal in time and is to be slashed.
struct AccuseMissing {
  std::uint32_t validator = 0;
};
/// Run the verifier; answered by Checked.
struct CheckTranscript {
  Record record;
  SharedBytes transcript;
};
using VerifierEffect = std::variant<SendEcho, SendFirstNonce, SendSecondNonce, PublishSecret, AccuseMissing,
                                    CheckTranscript, Report>;
using VerifierEffects = std::vector<VerifierEffect>;

struct VerifierLimits {
  std::uint32_t echo_count = 16;  ///< at least RoundTrips::count_min, or nobody is credited anything
  /// Longest fill and longest sweeps. No class needs more than 7 s for both (section 8).
  Duration fill_max = std::chrono::seconds(60);
  Duration sweep_max = std::chrono::seconds(60);
  /// From commit 2 to its final block: ten blocks of 6 s, so that a full mempool is no failure.
  Duration finality_max = std::chrono::seconds(60);
  Duration opening_max = std::chrono::seconds(30);  ///< from the seed to the transcript (section 5)
};

/// One validator and one challenge, from the echoes to the report. A plain value.
class VerifierSession {
 public:
  /// validator: its index in the challenge; secret: its z, drawn by the host and kept where a restart finds
  /// it, because the anchor is on chain. REQUIRES: the secret leads to the challenge's anchor.
  VerifierSession(Challenge challenge, std::uint32_t validator, const Hash& secret,
                  VerifierLimits limits = {});

  /// Takes `event`, which happened at `now`, and appends what is to be done. Returns whether anything
  /// changed: an event that is out of place, malformed or a repetition changes nothing and asks for nothing.
  /// What comes at a deadline or later is silence.
  bool on(const VerifierEvent& event, Time now, VerifierEffects& out);

  VerifierState state() const { return state_; }
  /// When to deliver Woken, unless something else comes before; time_max if never.
  Time deadline() const { return deadline_; }
  const Stamps& stamps() const { return stamps_; }

 private:
  bool handle(const ProbingStarted& event, Time now, VerifierEffects& out);
  bool handle(const EchoReturned& event, Time now, VerifierEffects& out);
  bool handle(const ChallengeOpened& event, Time now, VerifierEffects& out);
  bool handle(const CommitReceived& event, Time now, VerifierEffects& out);
  bool handle(const CommitsFinal& event, Time now, VerifierEffects& out);
  bool handle(const SecretFinal& event, Time now, VerifierEffects& out);
  bool handle(const BlockFinal& event, Time now, VerifierEffects& out);
  bool handle(const TranscriptReceived& event, Time now, VerifierEffects& out);
  bool handle(const Checked& event, Time now, VerifierEffects& out);
  bool handle(const Woken& event, Time now, VerifierEffects& out);

  bool is_over() const { return state_ == VerifierState::accepted || state_ == VerifierState::failed; }
  bool was_opened() const { return stamps_.first_nonce.has_value(); }
  void send_echo(Time now, VerifierEffects& out);
  void take_fill(const Commit& commit, Time now, VerifierEffects& out);
  void take_sweep(const Commit& commit, Time now);
  bool contradicts(CommitKind kind, const Commit& commit) const;
  void settle_seed(Time now, VerifierEffects& out);
  void check(VerifierEffects& out);
  std::vector<Revealed> known_nonces() const;
  void end(Outcome outcome, std::optional<Verdict> verdict, VerifierEffects& out);

  Challenge challenge_;
  Hash id_;
  std::uint32_t validator_;
  NonceChain nonces_;
  VerifierLimits limits_;
  VerifierState state_ = VerifierState::probing;
  Time deadline_ = time_max;
  RoundTrips round_trips_;
  std::uint32_t echo_number_ = 0;  ///< of the echo under way; they start from 1
  std::optional<Time> echo_sent_;  ///< none under way
  Stamps stamps_;
  std::optional<Commit> fill_;
  std::optional<Commit> sweep_;
  SeedRound seed_round_;
  bool seed_settled_ = false;
  bool revealed_ = false;
  std::optional<TranscriptReceived> transcript_;  ///< may come before this validator knows the seed
};

/// What the chain makes of the validators' reports, at most one of each. Errors: fewer than (V + 1) / 2
/// accepted, too few clocks.
Result<CapacityVector> conclude(const Params& params, std::span<const Report> reports);

}  // namespace souk::capacity
