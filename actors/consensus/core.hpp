#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "actors/consensus/application.hpp"
#include "actors/consensus/evidence.hpp"
#include "actors/consensus/rules.hpp"
#include "actors/effects.hpp"

/// Consensus of one validator over all heights, without input or output (consensus-node.md section 1): the
/// events of an actor in, its effects out.
namespace souk::consensus {

struct QueueSizes;  // actors/consensus/observation.hpp

/// timeoutX(r) = base + r delta, anew each height. Defaults of CometBFT (section 1.2).
struct Timeouts {
  Duration propose = std::chrono::seconds(3);
  Duration prevote = std::chrono::seconds(1);
  Duration precommit = std::chrono::seconds(1);
  Duration delta = std::chrono::milliseconds(500);
  Duration rebroadcast = std::chrono::seconds(2);    ///< own last votes of a stuck round, evidence: again
  Duration gossip = std::chrono::milliseconds(250);  ///< anti-entropy
};

/// Proposer-based timestamps (section 1.8): a fresh proposal is prevoted only if
/// -precision <= now - time <= message_delay 1.1^round + precision.
struct TimeBounds {
  Duration precision = std::chrono::milliseconds(505);
  Duration message_delay = std::chrono::seconds(15);
};

/// Bounds of what peers can make a node hold (section 4).
struct PeerLimits {
  std::uint32_t pending_checks_max = 4'096;      ///< messages whose signatures are being checked
  std::uint32_t future_height_per_peer_max = 0;  ///< 0: twice the set's size
  std::int32_t score_drop = -100;                ///< a peer below is no longer heard for `ban`
  Duration ban = std::chrono::minutes(10);
  std::uint32_t bad_signatures_max = 8;
};

struct CoreConfig {
  std::string chain_id = "souk";
  ValidatorSet genesis;
  Height first{1};
  Time genesis_time{};
  std::optional<PublicKey> key;  ///< none: follows, never votes
  std::vector<ActorId> peers;
  Timeouts timeouts;
  TimeBounds time_bounds;
  BlockLimits block_limits;
  PeerLimits peer_limits;
  EvidenceAge evidence_age;
  /// Height h does not begin before genesis_time + h * block_time: heights keep to the grid of a chain with
  /// one validator as long as deciding takes less than a block. Zero: as fast as it goes.
  Duration block_time{};
  std::uint64_t app_version = 1;
  std::uint32_t stored_blocks_max = 0;  ///< for peers that are behind; 0: all
  bool observe = false;                 ///< tell Observe what happens
};

/// What a restarted node finds on its disk: the bytes of its two files, as far as they can be read.
struct Disk {
  std::span<const std::uint8_t> wal;
  std::span<const std::uint8_t> store;
};

/// One event's surroundings.
struct Turn {
  const Context& context;
  Application& app;
  Effects& out;
};

/// See above. A value: copying it copies everything.
class Core {
 public:
  explicit Core(CoreConfig config);
  Core(const Core&);
  Core& operator=(const Core&);
  Core(Core&&) noexcept;
  Core& operator=(Core&&) noexcept;
  ~Core();

  /// A node that comes back: applies the stored blocks to `app`, which is at genesis, and the write-ahead log
  /// to itself. A torn tail of either file is cut off; anything else that does not fit is an error, with the
  /// record and the reason, or leaves the node signing nothing until others have decided the height at which
  /// it may have signed (section 1.9). Nothing is sent before start().
  static Result<Core> recover(CoreConfig config, Application& app, const Disk& disk);

  /// First event after construction or recovery.
  void start(Turn turn);
  void handle(const PeerMessage& e, Turn turn);
  void handle(const SignaturesVerified& e, Turn turn);
  void handle(const SignatureMade& e, Turn turn);
  /// Whether the timer was one of consensus (its kind is at least timer_kind_min).
  bool handle(const TimerFired& e, Turn turn);
  static constexpr std::uint32_t timer_kind_min = 1'000;

  const CoreConfig& config() const;
  Height height() const;  ///< being decided
  Round round() const;
  Step step() const;
  /// Last decided, none before the first.
  std::optional<Height> decided() const;
  const ValidatorSchedule& validators() const;
  std::uint32_t proposer(Round round) const;
  const RuleCounts& rules() const;
  bool is_signing() const;  ///< false: follower, or not before the height is over
  std::optional<std::string> halted() const;
  /// What is held now.
  QueueSizes queues() const;
  /// The votes that are held, of the height being decided and of the one before.
  std::vector<Vote> votes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace souk::consensus
