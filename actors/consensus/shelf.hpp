#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "actors/consensus/bits.hpp"

/// Part of the gossip planner (gossip.hpp).
namespace souk::consensus {

/// Messages of one kind by place (votes by validator, parts by index), and for each peer which of them it
/// has, which it was sent, and how long it has shown that it lacks them. All in words of 64 places.
class Shelf {
 public:
  /// Empties it, for so many places and peers.
  void reset(std::uint32_t places, std::size_t peers) {
    held_ = own_ = bits_of(places);
    messages_.assign(places, nullptr);
    marks_.assign(peers * mark_kinds * held_.words.size(), 0);
  }
  std::uint32_t places() const { return held_.count; }
  const Bits& held() const { return held_; }
  const std::shared_ptr<const Envelope>& message(std::uint32_t place) const { return messages_[place]; }

  /// Keeps the first message at a place. Own ones are for everybody at once.
  void hold(std::uint32_t place, std::shared_ptr<const Envelope> message, bool own) {
    if (own) put(own_, place);
    if (has(held_, place)) return;
    put(held_, place);
    messages_[place] = std::move(message);
  }
  void overwrite(std::uint32_t place, std::shared_ptr<const Envelope> message) {
    put(held_, place);
    messages_[place] = std::move(message);
  }
  /// All that is held is ours to send.
  void own_all() { own_ = held_; }

  /// The peer has what is at `place`.
  void note(std::size_t peer, std::uint32_t place) { row(peer, arrived)[place / 64] |= bit(place); }
  void note_sent(std::size_t peer, std::uint32_t place) { row(peer, sent)[place / 64] |= bit(place); }
  /// The peer shows exactly these.
  void show(std::size_t peer, const Bits& shown) {
    std::copy(shown.words.begin(), shown.words.end(), row(peer, arrived));
  }
  /// Another status of the peer came, in which it lacks what is held and not known to have arrived. What it
  /// lacked in the status before too did not arrive, so that it may be sent again.
  void count_lacking(std::size_t peer) {
    for (std::size_t w = 0; w < held_.words.size(); ++w) {
      const std::uint64_t lacking = held_.words[w] & ~row(peer, arrived)[w];
      std::uint64_t& low = row(peer, count_low)[w];
      std::uint64_t& high = row(peer, count_high)[w];
      const std::uint64_t next_high = lacking & (low | high);  // 0, 1, 2, 3, 3 ...
      low = lacking & (~low | high);
      high = next_high;
      row(peer, sent)[w] &= ~high;
    }
  }
  /// What no peer is known to have is sent again to it.
  void give_up_all(std::size_t peers) {
    for (std::size_t peer = 0; peer < peers; ++peer) {
      for (std::size_t w = 0; w < held_.words.size(); ++w) row(peer, sent)[w] &= row(peer, arrived)[w];
    }
  }

  /// What is offered to a peer: ours; that and what it lacked in three statuses in a row; or all.
  enum class Which : std::uint8_t { own, own_and_long_lacking, all };
  /// Calls visit(place) for what is offered, the peer is not known to have, and it was not sent.
  template <class Visit>
  void for_each_lacking(std::size_t peer, Which which, Visit&& visit) const {
    for (std::size_t w = 0; w < held_.words.size(); ++w) {
      std::uint64_t offered = which == Which::all ? held_.words[w] : own_.words[w];
      if (which == Which::own_and_long_lacking) offered |= row(peer, count_low)[w] & row(peer, count_high)[w];
      offered &= held_.words[w] & ~(row(peer, arrived)[w] | row(peer, sent)[w]);
      for (; offered != 0; offered &= offered - 1)
        visit(static_cast<std::uint32_t>(64 * w) + static_cast<std::uint32_t>(std::countr_zero(offered)));
    }
  }
  /// Of how many peers it is known that they have, or were sent, what is at `place`.
  std::uint32_t spread(std::uint32_t place, std::size_t peers) const {
    std::uint32_t count = 0;
    for (std::size_t peer = 0; peer < peers; ++peer)
      count += ((row(peer, arrived)[place / 64] | row(peer, sent)[place / 64]) & bit(place)) != 0 ? 1 : 0;
    return count;
  }

 private:
  /// The last two are the bits of a number: in how many statuses in a row the peer lacked it, 3 meaning more
  /// too.
  enum Mark : std::size_t { arrived, sent, count_low, count_high };
  static constexpr std::size_t mark_kinds = 4;

  static std::uint64_t bit(std::uint32_t place) { return std::uint64_t{1} << place % 64; }
  std::uint64_t* row(std::size_t peer, Mark mark) {
    return marks_.data() + (peer * mark_kinds + mark) * held_.words.size();
  }
  const std::uint64_t* row(std::size_t peer, Mark mark) const {
    return marks_.data() + (peer * mark_kinds + mark) * held_.words.size();
  }

  std::vector<std::shared_ptr<const Envelope>> messages_;
  Bits held_;
  Bits own_;
  std::vector<std::uint64_t> marks_;  ///< by peer, mark and word
};

}  // namespace souk::consensus
