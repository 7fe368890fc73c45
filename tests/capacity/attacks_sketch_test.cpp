#include <gtest/gtest.h>

#include <bit>
#include <set>

#include "tests/capacity/cheats.hpp"

/// Section 3 F1: whoever keeps a few words of each segment answers every sweep of version 1, whose value was
/// a polynomial of the segment's words in one odd key. The multilinear form of version 2 has no such sketch.
namespace souk::capacity::cheats {
namespace {

constexpr std::size_t words = segment_bytes / 8;
constexpr std::size_t terms = 33;
using Words = std::array<std::uint64_t, words>;
using Sketch = std::array<std::uint64_t, terms>;

Words words_of(std::span<const std::uint8_t> segment) {
  Words u{};
  for (std::size_t w = 0; w < words; ++w) u[w] = load_little(&segment[8 * w]);
  return u;
}

// Version 1, as far as the attack needs it: f = sum of u_w kappa^w mod 2^64, kappa odd, from the last root.

std::uint64_t version1_key(const Hash& root) { return load_little(root.data()) | 1; }

std::uint64_t version1_value(const Words& u, std::uint64_t kappa) {
  std::uint64_t value = 0;
  for (std::size_t w = words; w-- > 0;) value = value * kappa + u[w];
  return value;
}

/// How many low bits of coefficient m count mod 2^64: 2^m m! has 2m - popcount(m) factors of 2.
constexpr unsigned bits_kept(unsigned m) {
  const unsigned lost = 2 * m - static_cast<unsigned>(std::popcount(m));
  return lost < 64 ? 64 - lost : 0;
}

/// The first coefficients c_m of the same polynomial written as sum of c_m (x - 1)(x - 3)..(x - (2m - 1)):
/// remainders of divisions by x - 1, then x - 3, .. For odd x the m-th product is a multiple of 2^m m!, which
/// is 0 mod 2^64 from m = 33 on, so that these 33 are all there is, and of each only the bits that count.
Sketch sketch_of(Words u) {
  Sketch coefficients{};
  for (std::size_t m = 0; m < terms; ++m) {
    for (std::size_t w = words - 1; w-- > m;) u[w] += (2 * m + 1) * u[w + 1];
    coefficients[m] = u[m] & (~std::uint64_t{0} >> (64 - bits_kept(static_cast<unsigned>(m))));
  }
  return coefficients;
}

std::uint64_t sketched_value(const Sketch& coefficients, std::uint64_t kappa) {
  std::uint64_t value = 0;
  for (std::size_t m = terms; m-- > 0;) value = value * (kappa - (2 * m + 1)) + coefficients[m];
  return value;
}

/// A segment of 33 words and otherwise zeros with this sketch: the products multiplied out.
std::vector<std::uint8_t> short_segment(const Sketch& coefficients) {
  Sketch u{};
  for (std::size_t m = terms; m-- > 0;) {
    for (std::size_t w = terms; w-- > 0;) u[w] = (w > 0 ? u[w - 1] : 0) - (2 * m + 1) * u[w];
    u[0] += coefficients[m];
  }
  std::vector<std::uint8_t> bytes(segment_bytes);
  for (std::size_t w = 0; w < terms; ++w) store_little(u[w], &bytes[8 * w]);
  return bytes;
}

std::vector<std::span<const std::uint8_t>> segments_of(std::span<const std::uint8_t> state) {
  std::vector<std::span<const std::uint8_t>> segments;
  for (std::size_t at = 0; at < state.size(); at += segment_bytes)
    segments.push_back(state.subspan(at, segment_bytes));
  return segments;
}

/// F_1.. of version-1 sweeps, each keyed by the root before it.
template <class Segment, class Value>
std::vector<Hash> version1_roots(const std::vector<Segment>& segments, int sweeps, Value value) {
  std::vector<Hash> roots{numbered(0)};  // stands for h_R, from which the first key came
  std::vector<std::uint8_t> values(8 * segments.size());
  for (int s = 0; s < sweeps; ++s) {
    const std::uint64_t kappa = version1_key(roots.back());
    for (std::size_t n = 0; n < segments.size(); ++n) store_little(value(segments[n], kappa), &values[8 * n]);
    roots.push_back(blake3(values));
  }
  return roots;
}

const CheatingProver& honest_prover() {
  static const CheatingProver prover(small_challenge(1, 1, 2, 4, 0, 8));
  return prover;
}

TEST(Sketch, HoldsAllThatVersion1SeesOfASegmentIn1137Bits) {
  unsigned bits = 0;
  for (unsigned m = 0; m < terms; ++m) bits += bits_kept(m);
  EXPECT_EQ(bits, 1137u);
  EXPECT_EQ(bits_kept(terms - 1), 1u);
  EXPECT_EQ(bits_kept(terms), 0u) << "the next coefficient counts for nothing";
}

TEST(Sketch, AnswersEveryVersion1Sweep) {
  constexpr int sweeps = 8;
  std::vector<Words> memory;
  std::vector<Sketch> sketches;
  for (const auto segment : segments_of(honest_prover().state(1))) {
    memory.push_back(words_of(segment));
    sketches.push_back(sketch_of(memory.back()));
  }
  const auto honest = version1_roots(memory, sweeps, version1_value);
  const auto cheated = version1_roots(sketches, sweeps, sketched_value);
  EXPECT_EQ(honest, cheated);
  EXPECT_EQ(std::set<Hash>(honest.begin(), honest.end()).size(), sweeps + 1u);
}

TEST(Sketch, OfVersion1IsASegmentThatNoVersion1KeyTellsFromTheRightOne) {
  ChaCha8 keys(numbered(1));
  for (const auto segment : segments_of(honest_prover().state(2))) {
    const Words right = words_of(segment);
    const Words wrong = words_of(short_segment(sketch_of(right)));
    const std::uint64_t kappa = keys.next_word() | 1;
    ASSERT_EQ(version1_value(wrong, kappa), version1_value(right, kappa));
  }
}

TEST(Sketch, AnswersNothingOfAVersion2Sweep) {
  int right = 0;
  for (std::uint32_t s = 0; s < 4; ++s) {
    const SweepKey key(numbered(s));
    for (const auto segment : segments_of(honest_prover().state(1)))
      right += key.value(short_segment(sketch_of(words_of(segment)))) == key.value(segment) ? 1 : 0;
  }
  EXPECT_EQ(right, 0);
}

TEST(Sketch, ProverFillsHonestlyAndIsRejectedAtItsFirstCheckpoint) {
  // It keeps 33 words of 512, answers from them, and runs the fill again for the openings.
  Cheat cheat;
  cheat.answer = [](const SweepKey& key, std::uint64_t, std::span<const std::uint8_t> bytes) {
    return key.value(short_segment(sketch_of(words_of(bytes))));
  };
  const CheatingProver prover(honest_prover().record().challenge, cheat);
  ASSERT_EQ(prover.record().fill, honest_prover().record().fill);
  const Trials result = run_trials(prover, 40, [](const Draws&) { return Verdict::sweep_value; });
  EXPECT_EQ(result.surprises, 0);
}

/// Rank over GF(2) of rows of 512 bits.
int rank_of(std::vector<std::array<std::uint64_t, words / 64>> rows) {
  int rank = 0;
  for (std::size_t column = 0; column < words; ++column) {
    const auto has_bit = [column](const auto& row) { return (row[column / 64] >> column % 64 & 1) != 0; };
    const auto pivot = std::find_if(rows.begin() + rank, rows.end(), has_bit);
    if (pivot == rows.end()) continue;
    std::iter_swap(rows.begin() + rank, pivot);
    for (auto row = rows.begin() + rank + 1; row != rows.end(); ++row) {
      if (!has_bit(*row)) continue;
      for (std::size_t n = 0; n < row->size(); ++n) (*row)[n] ^= rows[static_cast<std::size_t>(rank)][n];
    }
    ++rank;
  }
  return rank;
}

/// The lowest bit of a sweep's value is a sum over GF(2) of the words' lowest bits: which of them each of 540
/// sweeps takes. coefficient(s, w): the factor of word w in sweep s.
template <class Coefficient>
int rank_of_540_sweeps(Coefficient coefficient) {
  std::vector<std::array<std::uint64_t, words / 64>> rows(540);
  for (std::uint32_t s = 0; s < rows.size(); ++s) {
    for (std::size_t w = 0; w < words; ++w) rows[s][w / 64] |= (coefficient(s, w) & 1) << w % 64;
  }
  return rank_of(rows);
}

TEST(SweepKeys, SeeOneBitOf512InVersion1) {
  EXPECT_EQ(rank_of_540_sweeps([](std::uint32_t s, std::size_t w) {
              Words unit{};
              unit[w] = 1;
              return version1_value(unit, version1_key(numbered(s)));
            }),
            1);
}

TEST(SweepKeys, SeeAll512BitsInVersion2) {
  std::optional<SweepKey> key;
  EXPECT_EQ(rank_of_540_sweeps([&](std::uint32_t s, std::size_t w) {
              if (w == 0) key.emplace(numbered(s));
              std::array<std::uint8_t, segment_bytes> unit{};
              unit[8 * w] = 1;
              return key->value(unit);
            }),
            512);
}

TEST(SweepKeys, AgreeOnTwoSegmentsAtMostHalfTheTime) {
  // The segments hardest to tell apart differ by 2^63 in one word: then half of the coefficients are even.
  const auto segment = segments_of(honest_prover().state(1)).front();
  std::vector<std::uint8_t> other(segment.begin(), segment.end());
  other[8 * 77 + 7] ^= 0x80;
  constexpr int keys = 2000;
  int agree = 0;
  for (std::uint32_t s = 0; s < keys; ++s) {
    const SweepKey key(numbered(s));
    agree += key.value(segment) == key.value(other) ? 1 : 0;
  }
  EXPECT_LE(sigmas_off(agree, keys, 0.5), 3) << agree;
}

}  // namespace
}  // namespace souk::capacity::cheats
