#pragma once

#include <optional>
#include <vector>

#include "actors/consensus/core.hpp"
#include "actors/consensus/observation.hpp"

/// What a node knows of its peers: where they are, and how far they can be trusted to behave.
namespace souk::consensus {

/// Scores (consensus-node.md section 4): every fault costs points, which are forgiven with a half-life of 32
/// s; a peer below the limit is not heard for a while. Honest peers commit none of these, so that noise on a
/// link costs them little and a liar much.
class PeerBook {
 public:
  struct Peer {
    ActorId id;
    std::int32_t score = 0;  ///< <= 0, as of `scored_at`
    Time scored_at{};
    std::optional<Time> banned_until{};
    std::uint32_t bad_signatures = 0;     ///< since it was last banned, less those forgiven
    std::uint32_t good_signatures = 0;    ///< since one was last forgiven
    std::optional<Time> far_future_at{};  ///< last charged
    /// What it said last: it decides `height` and can send the blocks from `stored_from` on. 0 before it
    /// spoke.
    Height height{};
    Height stored_from{};
    std::uint32_t checking = 0;     ///< messages of it whose signatures are being checked
    std::uint32_t useless = 0;      ///< messages of no use since the last forget_useless()
    std::uint32_t future = 0;       ///< messages of it that are kept for later
    std::optional<Height> asked{};  ///< the first of the heights it was asked for
    Time asked_until{};
    std::optional<Time> answered_at{};  ///< a status of its was last answered with ours
  };

  PeerBook(std::vector<ActorId> peers, const PeerLimits& limits);

  /// Null for a stranger.
  Peer* find(ActorId id);
  std::vector<Peer>& all() { return peers_; }
  const std::vector<Peer>& all() const { return peers_; }
  static bool is_banned(const Peer& peer, Time now) { return peer.banned_until && now < *peer.banned_until; }

  /// Takes the points of a fault off. Returns the score after it, none if the fault is not charged now: a
  /// node that is behind hears of far heights from honest peers, so that costs at most a point a second.
  std::optional<std::int32_t> charge(Peer& peer, PeerFault::Kind kind, Time now);
  /// A message of it was genuine. Eight of them make up for a wrong signature: a link that changes a byte in
  /// hundred is not a liar, and who lies about one message in nine gains nothing.
  static void reward(Peer& peer);
  /// From time to time: stale and repeated messages are part of honest gossip too, only too many are not.
  void forget_useless();

 private:
  PeerLimits limits_;
  std::vector<Peer> peers_;   ///< ascending by id
  std::vector<ActorId> ids_;  ///< theirs, close together: each message begins with a search
};

}  // namespace souk::consensus
