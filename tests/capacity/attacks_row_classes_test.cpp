#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

#include "tests/capacity/cheats.hpp"

/// Section 3 F2: version 1 moved leaves by multiples of 128 rows, so that 128 classes of rows never met and
/// cards could share a proof over a slow link, exchanging hashes only. Version 2 moves them by anything.
namespace souk::capacity::cheats {
namespace {

constexpr std::uint32_t classes = 128;
constexpr std::uint32_t version1_mask = ~(classes - 1);

using SourceRow = std::uint32_t (*)(const RoundKeys&, std::uint32_t i, std::uint32_t q);
std::uint32_t version1_source(const RoundKeys& keys, std::uint32_t i, std::uint32_t q) {
  return (i + (keys.shift(q) & version1_mask)) & (keys.k() - 1);
}
std::uint32_t version2_source(const RoundKeys& keys, std::uint32_t i, std::uint32_t q) {
  return keys.source_row(i, q);
}

/// Some rows of a state, and the means to advance them on their own.
class Rows {
 public:
  Rows(std::vector<std::uint32_t> rows, std::uint32_t k, const Hash& key) : rows_(std::move(rows)), k_(k) {
    bytes_.resize(rows_.size() * k_);
    place_.assign(k_, absent);
    for (std::size_t n = 0; n < rows_.size(); ++n) {
      place_[rows_[n]] = n;
      fill_first_state(key, std::uint64_t{rows_[n]} * k_, std::span(bytes_).subspan(n * k_, k_));
    }
  }

  /// One version-1 round. REQUIRES: every row it needs is among these.
  void advance(const RoundKeys& keys, std::span<const std::int8_t> bt) {
    std::vector<std::int8_t> z(bytes_.size());
    for (std::size_t n = 0; n < rows_.size(); ++n) {
      for (std::uint32_t q = 0; q < k_ / leaf_bytes; ++q) {
        const std::size_t place = place_[version1_source(keys, rows_[n], q)];
        SOUK_CHECK(place != absent);
        std::memcpy(&z[n * k_ + q * leaf_bytes], &bytes_[place * k_ + q * leaf_bytes], leaf_bytes);
      }
    }
    std::vector<std::int32_t> sums(bytes_.size());
    multiply(z, bt, sums, rows_.size(), k_, k_);
    for (std::size_t n = 0; n < rows_.size(); ++n)
      quantise_row(keys, rows_[n], 0, std::span(sums).subspan(n * k_, k_),
                   std::span(bytes_).subspan(n * k_, k_));
  }

  /// BLAKE3 subtrees over each `run` rows that follow each other.
  std::vector<Hash> subtrees(std::uint32_t run) const {
    std::vector<Hash> nodes(bytes_.size() / leaf_bytes);
    const std::uint32_t width = k_ / leaf_bytes;
    for (std::size_t n = 0; n < rows_.size(); ++n)
      chunk_values(std::span(bytes_).subspan(n * k_, k_), std::uint64_t{rows_[n]} * width,
                   std::span(nodes).subspan(n * width, width));
    for (std::size_t covered = 1; covered < run * width; covered *= 2) {
      std::vector<Hash> level(nodes.size() / 2);
      parent_values(nodes, level);
      nodes = std::move(level);
    }
    return nodes;
  }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  static constexpr std::size_t absent = SIZE_MAX;
  std::vector<std::uint32_t> rows_;  ///< ascending
  std::uint32_t k_;
  std::vector<std::size_t> place_;  ///< of row i in bytes_
  std::vector<std::uint8_t> bytes_;
};

/// Which of `cards` holds row i when each takes an equal run of classes.
std::uint32_t holder(std::uint32_t i, std::uint32_t cards) { return i % classes / (classes / cards); }

std::vector<std::uint32_t> rows_of(std::uint32_t card, std::uint32_t cards, std::uint32_t k) {
  std::vector<std::uint32_t> rows;
  for (std::uint32_t i = 0; i < k; ++i) {
    if (holder(i, cards) == card) rows.push_back(i);
  }
  return rows;
}

TEST(RowClasses, LetFourCardsShareAVersion1ProofByExchangingHashesOnly) {
  constexpr std::uint32_t k = 2048;
  constexpr std::uint32_t cards = 4;
  constexpr std::uint32_t run = classes / cards;  // rows that follow each other on a card
  const Hash key = numbered(1);
  std::vector<std::int8_t> bt(std::size_t{k} * k);
  MatrixB(counting(0), k).columns(0, bt);

  std::vector<std::uint32_t> all(k);
  std::iota(all.begin(), all.end(), 0u);
  Rows whole(all, k, key);
  std::vector<Rows> parts;
  for (std::uint32_t card = 0; card < cards; ++card) parts.emplace_back(rows_of(card, cards, k), k, key);

  Hash link = first_state_link(key, blake3(whole.bytes()));
  for (int t = 1; t <= 3; ++t) {
    const RoundKeys keys(link, k);
    whole.advance(keys, bt);
    std::vector<Hash> nodes(k / run);
    for (std::uint32_t card = 0; card < cards; ++card) {
      parts[card].advance(keys, bt);
      const std::vector<Hash> sent = parts[card].subtrees(run);
      ASSERT_EQ(sent.size() * sizeof(Hash), 512u) << "bytes that a card sends a round, of its 1 MiB";
      for (std::size_t n = 0; n < sent.size(); ++n) nodes[n * cards + card] = sent[n];
    }
    const Hash d = blake3(whole.bytes());
    ASSERT_EQ(tree_root(nodes), d) << "round " << t;
    link = next_state_link(link, d);
  }
}

/// Share of all input leaves that come from another card's rows, over 64 rounds.
double foreign_share(SourceRow source, std::uint32_t cards, std::uint32_t k) {
  std::uint64_t foreign = 0;
  std::uint64_t leaves = 0;
  for (std::uint32_t t = 0; t < 64; ++t) {
    const RoundKeys keys(numbered(t), k);
    for (std::uint32_t i = 0; i < k; ++i) {
      for (std::uint32_t q = 0; q < k / leaf_bytes; ++q, ++leaves)
        foreign += holder(source(keys, i, q), cards) == holder(i, cards) ? 0u : 1u;
    }
  }
  return static_cast<double>(foreign) / static_cast<double>(leaves);
}

TEST(RowClasses, NeedNoForeignRowsInVersion1AndNearlyAllInVersion2) {
  for (const std::uint32_t cards : {2u, 4u, 8u, 128u}) {
    SCOPED_TRACE(cards);
    EXPECT_EQ(foreign_share(version1_source, cards, 8192), 0);
    // A leaf moved by a random number of rows stays with its card with probability 1 / cards. 512 offsets.
    EXPECT_NEAR(foreign_share(version2_source, cards, 8192), 1 - 1.0 / cards, 0.05);
  }
  EXPECT_GT(foreign_share(version2_source, 128, 8192), 0.98);
}

/// Gives each row of the next state to the card that holds most of its input leaves, as far as each card's
/// equal share of rows goes; rows with most at stake first. Returns how many leaves must be sent.
std::uint64_t reassign(const RoundKeys& keys, std::vector<std::uint32_t>& owner, std::uint32_t cards) {
  const std::uint32_t k = keys.k();
  const std::uint32_t width = k / leaf_bytes;
  std::vector<std::uint32_t> held(std::size_t{k} * cards);  // [row][card]
  for (std::uint32_t i = 0; i < k; ++i) {
    for (std::uint32_t q = 0; q < width; ++q) ++held[i * cards + owner[keys.source_row(i, q)]];
  }
  std::vector<std::uint32_t> next(k, cards);
  std::vector<std::uint32_t> room(cards, (k + cards - 1) / cards);
  std::uint64_t sent = 0;
  for (std::uint32_t wanted = width + 1; wanted-- > 0;) {
    for (std::size_t n = 0; n < held.size(); ++n) {
      const auto i = static_cast<std::uint32_t>(n / cards);
      const auto card = static_cast<std::uint32_t>(n % cards);
      if (held[n] != wanted || next[i] != cards || room[card] == 0) continue;
      next[i] = card;
      --room[card];
      sent += width - wanted;
    }
  }
  owner = std::move(next);
  return sent;
}

/// Bytes that each card receives in a round, once the rows are mixed.
double received_by_each(std::uint32_t k, std::uint32_t cards) {
  std::vector<std::uint32_t> owner(k);
  for (std::uint32_t i = 0; i < k; ++i) owner[i] = i * cards / k;
  constexpr std::uint32_t mixing = 8;
  constexpr std::uint32_t counted = 16;
  std::uint64_t sent = 0;
  for (std::uint32_t t = 0; t < mixing + counted; ++t) {
    const std::uint64_t leaves = reassign(RoundKeys(numbered(t), k), owner, cards);
    if (t >= mixing) sent += leaves;
  }
  return static_cast<double>(sent * leaf_bytes) / counted / cards;
}

TEST(RowClasses, CostMegabytesARoundInVersion2HoweverRowsAreHandedOn) {
  // Section 3 F2's table, by the same kind of greedy assignment; version 1 took 2 kB.
  struct Row {
    std::uint32_t k, cards;
    double megabytes;
  };
  for (const Row& row : {Row{8192, 2, 12.2}, Row{8192, 3, 11.0}, Row{8192, 8, 5.7}, Row{4096, 2, 2.6},
                         Row{4096, 3, 2.3}, Row{4096, 8, 1.2}}) {
    SCOPED_TRACE(std::to_string(row.k) + " by " + std::to_string(row.cards));
    EXPECT_NEAR(received_by_each(row.k, row.cards) / 1e6, row.megabytes, 0.05 * row.megabytes);
  }
}

}  // namespace
}  // namespace souk::capacity::cheats
