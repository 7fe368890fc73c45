#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/base/time.hpp"
#include "actors/capacity/challenge.hpp"
#include "actors/capacity/commit.hpp"
#include "actors/capacity/session.hpp"

/// The prover's side of one challenge as a state machine (gpu-capacity.md section 5): first nonces, fill,
/// commit 1, second nonces, sweeps, commit 2, seed, openings. Pure: the work is done by the host (class
/// Prover on a GPU or CPU, or the simulator's model), which tells when it is finished.
namespace souk::capacity {

enum class ProverState : std::uint8_t {
  awaiting_first_nonces,   ///< until all came, or patience after a majority is over
  filling,                 ///< the host fills memory
  awaiting_second_nonces,  ///< commit 1 is out
  sweeping,                ///< the host sweeps
  awaiting_seed,           ///< commit 2 is out; memory must be kept
  opening,                 ///< the host makes the transcript
  done,                    ///< the transcript is out
  failed,                  ///< see failure()
};

/// A validator's n and m, as they came over the network.
struct FirstNonce {
  std::uint32_t validator = 0;  ///< index in the challenge
  Hash n{};
};
struct SecondNonce {
  std::uint32_t validator = 0;
  Hash m{};
};
/// The work of StartFill, StartSweeps and StartOpenings is done.
struct Filled {
  Commit commit;
};
struct Swept {
  Commit commit;
};
struct Opened {
  SharedBytes transcript;
};
/// The work in hand failed; `reason` is the device's one line.
struct WorkFailed {
  std::string reason;
};
using ProverEvent = std::variant<FirstNonce, Filled, SecondNonce, Swept, CommitsFinal, SecretFinal,
                                 BlockFinal, Opened, WorkFailed, Woken>;

using Nonces = std::vector<std::optional<Hash>>;
/// Fill memory with these n_i; answered by Filled or WorkFailed.
struct StartFill {
  Nonces nonces;
};
/// Sweep with these m_i; answered by Swept or WorkFailed.
struct StartSweeps {
  Nonces nonces;
};
/// Make the transcript; answered by Opened or WorkFailed. `block` is L', `nonces` are z_i.
struct StartOpenings {
  Hash block{};
  Nonces nonces;
};
/// To every validator, at once: their clocks run.
struct SendCommit {
  CommitKind kind{};
  Commit commit;
};
/// Put both commits on chain in one transaction.
struct PublishCommits {
  Commit fill;
  Commit sweep;
};
/// To every validator. `nonces` are the n and m that went in: a validator needs them where z stayed secret.
struct SendTranscript {
  SharedBytes transcript;
  std::vector<Revealed> nonces;
};
using ProverEffect =
    std::variant<StartFill, StartSweeps, StartOpenings, SendCommit, PublishCommits, SendTranscript>;
using ProverEffects = std::vector<ProverEffect>;

/// How long a prover waits. Its own work has no limit here: the validators' clocks are the limit.
struct ProverPatience {
  /// For the other validators once a majority's nonces came. Clocks are running: 20 ms are 1 % of two seconds
  /// of sweeps, and a validator that is left out costs the prover nothing.
  Duration nonces = std::chrono::milliseconds(20);
  /// In any one state, for validators or the chain: the memory could be rented out meanwhile.
  Duration stall = std::chrono::minutes(2);
};

/// One challenge from its publication to the transcript. A plain value; copy it to try what would happen.
class ProverSession {
 public:
  /// REQUIRES: a challenge that decode_challenge would give back. `now`: when it was published.
  ProverSession(Challenge challenge, Time now, ProverPatience patience = {});

  /// Takes `event`, which happened at `now`, and appends what is to be done. Returns whether anything
  /// changed: an event that is out of place, a false nonce or a repetition changes nothing and asks for
  /// nothing.
  bool on(const ProverEvent& event, Time now, ProverEffects& out);

  ProverState state() const { return state_; }
  /// When to deliver Woken, unless something else comes before; time_max if never.
  Time deadline() const;
  /// Why it failed: one line. Empty unless failed.
  const std::string& failure() const { return failure_; }

 private:
  /// Nonces of one kind, as they come.
  struct Gathering {
    Nonces nonces;
    Time patience_over = time_max;
    std::uint32_t count = 0;
  };

  bool handle(const FirstNonce& event, Time now, ProverEffects& out);
  bool handle(const Filled& event, Time now, ProverEffects& out);
  bool handle(const SecondNonce& event, Time now, ProverEffects& out);
  bool handle(const Swept& event, Time now, ProverEffects& out);
  bool handle(const CommitsFinal& event, Time now, ProverEffects& out);
  bool handle(const SecretFinal& event, Time now, ProverEffects& out);
  bool handle(const BlockFinal& event, Time now, ProverEffects& out);
  bool handle(const Opened& event, Time now, ProverEffects& out);
  bool handle(const WorkFailed& event, Time now, ProverEffects& out);
  bool handle(const Woken& event, Time now, ProverEffects& out);

  bool gather(std::uint32_t validator, const Hash& nonce, const Hash& anchor, Time now);
  bool is_gathered(Time now) const;
  bool is_stalled(Time now) const;
  bool start_if_gathered(Time now, ProverEffects& out);
  void open_if_ready(Time now, ProverEffects& out);
  void enter(ProverState state, Time now);
  void fail_with(std::string reason);
  std::vector<Revealed> nonces_used() const;

  Challenge challenge_;
  Hash id_;
  ProverPatience patience_;
  ProverState state_ = ProverState::awaiting_first_nonces;
  Time since_;  ///< when this state was entered
  Gathering gathering_;
  Nonces first_nonces_;
  Nonces second_nonces_;
  Commit fill_;
  Commit sweep_;
  SeedRound seed_round_;
  std::string failure_;
};

}  // namespace souk::capacity
