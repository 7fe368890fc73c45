#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "actors/consensus/bits.hpp"
#include "actors/consensus/shelf.hpp"
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
/// Our own proposal, its parts and our own votes go to every peer at once. What a status does not show may
/// still be on its way, so only what is lacking in two statuses of a peer in a row is taken for lost: what is
/// ours is sent again, at each such status until it arrives. Messages of others (unless relay_at_once) are
/// passed on from the third such status on: whoever made them is the first to repeat them, and if all passed
/// them on, each loss would cost a message of everybody. Of the statuses between two ticks one counts, so
/// that nobody gets much for asking often.
///
/// So the caller: hold() what is counted; plan() after each event, which costs nothing unless one of these
/// concerns a peer; every `gossip` timeout tick() and, if the round is stuck, send status() to all peers and
/// plan(). Everything given to it is genuine (signatures checked); of two votes of an equivocator the first
/// is held, and Evidence carries both to the others, who must count them.
///
/// Memory per peer: 8 bits per validator and round held (round_slots of them, and the decided one), 2 bits of
/// its last status per validator, and 13 per part, in whole words: 0.8 KiB with 4 validators, 1.4 KiB with
/// 175, its last status included. A value: copies are independent (envelopes are shared and immutable).
class GossipPlanner {
 public:
  explicit GossipPlanner(std::vector<ActorId> peers, GossipConfig config = {});

  /// Height `height` begins, with so many validators, in round 0. `decided`: the commit of the height before,
  /// if there was one; its value's proposal and parts are kept for peers one behind.
  void enter_height(Height height, std::uint32_t validator_count, const Commit* decided);
  /// Where we are in it. `valid_round`: ours, whose prevotes a re-proposal will need.
  void enter(Round round, Step step, Round valid_round);

  /// A proposal, part or vote of this height that we now have, made by us or received `from` a peer; or a
  /// late precommit of the round that decided the height before. Anything else, of other heights, of rounds
  /// beyond the next or of values without a proposal is ignored.
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

  /// Appends what is to be sent now, to the peers that something happened for since the last plan.
  void plan(std::vector<Outgoing>& out);

  /// What we would tell peers about ourselves.
  RoundStatus status(Height stored_from) const;
  /// The last status of a peer, null before the first.
  const RoundStatus* status_of(ActorId peer) const;

 private:
  static constexpr std::size_t round_slots = 4;  ///< ours, the next, the valid one, and one before
  static constexpr std::size_t value_slots = 2;  ///< of the current proposal, and the valid value

  struct RoundSlot {
    Round round = no_round;  ///< no_round: free
    Shelf proposal;          ///< one place
    Shelf prevotes;
    Shelf precommits;
    void for_each_shelf(auto&& visit) {
      visit(proposal);
      visit(prevotes);
      visit(precommits);
    }
    const Proposal* proposed() const {
      return proposal.message(0) == nullptr ? nullptr : &std::get<Proposal>(proposal.message(0)->message);
    }
  };
  struct ValueSlot {
    std::optional<ValueId> id;  ///< none: free
    Shelf parts;
    void for_each_shelf(auto&& visit) { visit(parts); }
  };
  /// The decision of the height before.
  struct Last {
    Commit commit;
    RoundSlot round;
    ValueSlot value;
    bool is_filled = false;  ///< with the precommits of the commit that did not come as messages
  };
  struct Peer {
    RoundStatus status;
    Height height;          ///< the highest it is known to be at; its status may be older
    std::uint32_t age = 0;  ///< ticks since the status
    bool has_status = false;
    bool is_counted = false;  ///< a status of it since the last tick was
  };
  /// What one peer is planned to get.
  struct Plan;

  std::optional<std::size_t> find_peer(ActorId id) const;
  RoundSlot* find_round(Round round);
  const RoundSlot* find_round(Round round) const;
  ValueSlot* find_value(const ValueId& id);
  const ValueSlot* find_value(const ValueId& id) const;
  RoundSlot* slot_for(Round round, bool own);
  ValueSlot* slot_for(const ValueHeader& value);
  bool is_needed(const ValueId& id) const;

  void keep_last(const Commit& decided);
  void hold_proposal(const std::shared_ptr<const Envelope>& message, const Proposal& proposal, bool own);
  void hold_vote(const std::shared_ptr<const Envelope>& message, const Vote& vote, bool own);
  bool is_well_formed(const RoundStatus& status) const;
  void for_each_slot(auto&& visit);
  void apply_status(std::size_t peer);
  void show(std::size_t peer, RoundSlot& slot);
  void show(std::size_t peer, ValueSlot& slot);
  void make_due(std::size_t peer) { put(due_, static_cast<std::uint32_t>(peer)); }
  void make_all_due();
  /// Whether its status tells where the peer is now: recent, and it was not heard from a later height since.
  bool is_fresh(const Peer& peer) const {
    return peer.has_status && peer.age < 2 && peer.status.height == peer.height;
  }

  void plan_peer(std::size_t peer, std::vector<Outgoing>& out);
  void plan_proposals(Plan& plan);
  void plan_parts(Plan& plan);
  void plan_votes(Plan& plan);
  void plan_last(Plan& plan);
  void send(Plan& plan, Shelf& shelf, bool relays);
  void send_rarest_first(Plan& plan, Shelf& shelf, bool relays);
  /// Makes messages of those entries of the last commit that did not come as messages.
  void fill_last();

  GossipConfig config_;
  std::vector<ActorId> ids_;  ///< of the peers, ascending
  std::vector<Peer> peers_;   ///< in the same order
  Height height_;
  std::uint32_t validator_count_ = 0;
  Round round_ = 0;
  Step step_ = Step::propose;
  Round valid_round_ = no_round;
  std::array<RoundSlot, round_slots> rounds_;
  std::array<ValueSlot, value_slots> values_;
  std::optional<Last> last_;
  Bits due_;  ///< peers that something happened for since the last plan
};

}  // namespace souk::consensus
