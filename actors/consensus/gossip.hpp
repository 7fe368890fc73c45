#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/consensus/bits.hpp"
#include "actors/consensus/types.hpp"

/// Who is sent what (consensus-node.md section 1.11).
namespace souk::consensus {

struct GossipConfig {
  /// False where every validator is linked to every other: whoever made a message sends it to all at once,
  /// and the others pass it on only if it did not arrive. True: pass on at once.
  bool relay_at_once = false;
  std::uint32_t burst_max = 256;  ///< messages to one peer in one plan
};

struct Outgoing {
  ActorId to;
  std::shared_ptr<const Envelope> message;  ///< one copy for all
};

/// Holds what can be passed on at the height being decided, remembers what each peer has, and plans what to
/// send: what each peer lacks, the most valuable first: proposal, parts (rarest first), the prevotes its
/// proposal rests on, the votes of its round and of ours, and the decision before to a peer that is one
/// height behind. Peers further behind are for block sync.
///
/// Our own proposal, its parts and our own votes go to every peer at once. Messages of others go (unless
/// relay_at_once) only after a tick in which they did not arrive: to a peer whose status, received since the
/// tick before last, does not show them. A message is sent to a peer once; again only if a status received
/// after the next tick shows that it did not arrive.
///
/// So the caller: hold() what is counted; plan() after each event; every `gossip` timeout tick() and, if the
/// round is stuck, send status() to all peers and plan(). Everything given to it is genuine (signatures
/// checked); of two votes of an equivocator the first is held, and Evidence carries both to the others, who
/// must count them.
///
/// Memory per peer: 12 bits per validator and round held (round_slots = 4 of them), 2 bits of its last status
/// per validator and 7 per part: 0.2 KiB with 4 validators, 1.5 KiB with 175. A value: copies are independent
/// (envelopes are shared and immutable).
class GossipPlanner {
 public:
  explicit GossipPlanner(std::vector<ActorId> peers, GossipConfig config = {});

  /// Height `height` begins, with so many validators, in round 0. `decided`: the commit of the height before,
  /// if there was one; its value's proposal and parts are kept for peers one behind.
  void enter_height(Height height, std::uint32_t validator_count, const Commit* decided);
  /// Where we are in it. `valid_round`: ours, whose prevotes a re-proposal will need.
  void enter(Round round, Step step, Round valid_round);

  /// A proposal, part or vote of this height that we now have, made by us or received `from` a peer. Anything
  /// else, of other heights or of rounds that are not held is ignored.
  void hold(const std::shared_ptr<const Envelope>& message, std::optional<ActorId> from);
  /// `peer` sent us this, so it has it; for what we had already.
  void note_received(ActorId peer, const Message& message);
  /// Where `peer` is and what it has. False if its bits are not over our validators or the value's parts: its
  /// sender is at fault and nothing is noted.
  bool note_status(ActorId peer, const RoundStatus& status);
  /// One `gossip` timeout passed.
  void tick();
  /// What peers have not shown to have will be sent again: our own, while a round is stuck.
  void rebroadcast();

  /// Appends what is to be sent now. Costs nothing if nothing happened since the last plan.
  void plan(std::vector<Outgoing>& out);

  /// What we would tell peers about ourselves.
  RoundStatus status(Height stored_from) const;
  /// The last status of a peer, null before the first.
  const RoundStatus* status_of(ActorId peer) const;
};

}  // namespace souk::consensus
