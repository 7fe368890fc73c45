#include "actors/consensus/peer_book.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace souk::consensus {
namespace {

using Kind = PeerFault::Kind;

constexpr Duration half_life = std::chrono::seconds(32);

/// Points a fault costs. One that a corrupted byte can cause costs little; one that takes a decision to cheat
/// costs enough to be dropped at the second or third time.
std::int32_t points(Kind kind) {
  switch (kind) {
    case Kind::malformed: return 10;
    case Kind::oversized: return 20;
    case Kind::bad_signature: return 10;
    case Kind::wrong_chain: return 20;
    case Kind::not_a_validator: return 10;
    case Kind::far_future: return 1;
    case Kind::bad_part: return 10;
    case Kind::bad_block: return 40;
    case Kind::bad_commit: return 40;
    case Kind::bad_evidence: return 20;
    case Kind::unsolicited: return 5;
    case Kind::flood: return 20;
  }
  return 0;
}

/// What is left of `score` after `passed`: halved each whole half-life, linear in between.
std::int32_t forgiven(std::int32_t score, Duration passed) {
  const std::int64_t halvings = std::min<std::int64_t>(passed / half_life, 31);
  const std::int64_t left = std::int64_t{score} / (std::int64_t{1} << halvings);
  const Duration rest = passed % half_life;
  return static_cast<std::int32_t>(left -
                                   left * (rest.count() / 1'000'000) / (2 * (half_life.count() / 1'000'000)));
}

}  // namespace

PeerBook::PeerBook(std::vector<ActorId> peers, const PeerLimits& limits) : limits_(limits) {
  std::sort(peers.begin(), peers.end());
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  for (ActorId id : peers) peers_.push_back({.id = id});
  ids_ = std::move(peers);
}

PeerBook::Peer* PeerBook::find(ActorId id) {
  const auto at = std::lower_bound(ids_.begin(), ids_.end(), id);
  return at == ids_.end() || *at != id ? nullptr : &peers_[static_cast<std::size_t>(at - ids_.begin())];
}

std::optional<std::int32_t> PeerBook::charge(Peer& peer, Kind kind, Time now) {
  if (kind == Kind::far_future) {
    if (peer.far_future_at && now - *peer.far_future_at < std::chrono::seconds(1)) return std::nullopt;
    peer.far_future_at = now;
  }
  peer.score = forgiven(peer.score, now - peer.scored_at) - points(kind);
  peer.scored_at = now;
  if (kind == Kind::bad_signature) ++peer.bad_signatures;
  if (peer.score <= limits_.score_drop || peer.bad_signatures >= limits_.bad_signatures_max) {
    peer.banned_until = now + limits_.ban;
    peer.bad_signatures = 0;
  }
  return peer.score;
}

void PeerBook::reward(Peer& peer) {
  if (++peer.good_signatures < 8) return;
  peer.good_signatures = 0;
  if (peer.bad_signatures > 0) --peer.bad_signatures;
  peer.score = std::min(0, peer.score + points(Kind::bad_signature));
}

void PeerBook::forget_useless() {
  for (Peer& peer : peers_) peer.useless = 0;
}

}  // namespace souk::consensus
