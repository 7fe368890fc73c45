#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "actors/base/bytes.hpp"
#include "actors/base/check.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/int8_product.hpp"
#include "actors/capacity/operands.hpp"
#include "actors/capacity/round.hpp"
#include "actors/capacity/sweep.hpp"
#include "actors/capacity/transcript.hpp"
#include "tests/capacity/proof_fixture.hpp"

/// Provers that cheat where a test tells them to, and are honest everywhere else: the attacks of section 3.
/// They keep every state, so that a trial with another seed costs only its openings.
namespace souk::capacity::cheats {

/// Overwrites X_t with something else than the round gives, and returns whether it did.
using Junk = std::function<bool(std::uint32_t t, std::span<std::uint8_t> state)>;
/// What the prover says is the value of segment `segment`, whose bytes are `bytes`.
using SweepAnswer = std::function<std::uint64_t(const SweepKey& key, std::uint64_t segment,
                                                std::span<const std::uint8_t> bytes)>;

struct Cheat {
  Junk junk{};
  SweepAnswer answer{};
  std::uint32_t junk_root = 0;  ///< the sweep whose root is made up, 0 for none
  /// Where the product does not lead to the committed leaf, opens sums that do, instead of the product.
  bool forges_sums = false;
  /// Opens the right sweep values, whatever it committed to.
  bool recants = false;
  /// What the first sweep starts from; the rule says m, which comes only after commit 1.
  Hash NonceChain::* sweeps_from = &NonceChain::m;
};

/// Fills `state` with copies of one row.
inline bool write_repeated_row(std::span<std::uint8_t> state, std::uint32_t k) {
  ChaCha8(repeated(0xaa)).fill(0, state.first(k));
  for (std::size_t i = 1; i < k; ++i) std::ranges::copy(state.first(k), state.subspan(i * k, k).begin());
  return true;
}
inline bool write_zeros(std::span<std::uint8_t> state) {
  std::ranges::fill(state, std::uint8_t{0});
  return true;
}
inline bool write_identity(std::span<std::uint8_t> state, std::uint32_t k) {
  write_zeros(state);
  for (std::size_t i = 0; i < k; ++i) state[i * k + i] = 1;
  return true;
}

/// 32 bytes that belong to `number` alone.
inline Hash numbered(std::uint32_t number) {
  std::array<std::uint8_t, 8> bytes{};
  store_little(number, bytes.data());
  return blake3(bytes);
}

/// A BLAKE3 tree over a power of two of full chunks, all levels kept.
class StateTree {
 public:
  explicit StateTree(std::span<const std::uint8_t> state) {
    levels_.emplace_back(state.size() / leaf_bytes);
    chunk_values(state, 0, levels_.back());
    while (levels_.back().size() > 2) {
      std::vector<Hash> level(levels_.back().size() / 2);
      parent_values(levels_.back(), level);
      levels_.push_back(std::move(level));
    }
  }
  Hash root() const { return parent_value(levels_.back()[0], levels_.back()[1], true); }
  /// Siblings of leaf `leaf`, those of the lowest `skipped` levels left out.
  std::vector<Hash> path(std::uint64_t leaf, std::size_t skipped = 0) const {
    std::vector<Hash> siblings;
    for (std::size_t level = skipped; level < levels_.size(); ++level)
      siblings.push_back(levels_[level][leaf >> level ^ 1]);
    return siblings;
  }

 private:
  std::vector<std::vector<Hash>> levels_;  ///< without the root
};

/// One commitment of a prover, honest but for `cheat`, and its openings for any seed.
class CheatingProver {
 public:
  explicit CheatingProver(const Challenge& challenge, Cheat cheat = {})
      : params_(challenge.params), cheat_(std::move(cheat)), bt_(params_.state_bytes()) {
    record_.challenge = challenge;
    record_.seed_block = counting(0x40);
    for (std::uint32_t i = 0; i < params_.validators; ++i) {
      const NonceChain chain = vector_nonces(i);
      record_.nonces.push_back({chain.n, chain.m, chain.z});
    }
    MatrixB(challenge.epoch, params_.k()).columns(0, bt_);
    fill();
    sweep();
  }

  const Record& record() const { return record_; }
  const Params& params() const { return params_; }
  /// X_t.
  std::span<const std::uint8_t> state(std::uint32_t t) const { return states_[t]; }
  /// h_t.
  const Hash& link(std::uint32_t t) const { return links_[t]; }
  const std::vector<std::int8_t>& bt() const { return bt_; }

  /// The record of the same proof under another L'.
  Record record_with(const Hash& seed_block) const {
    Record record = record_;
    record.seed_block = seed_block;
    return record;
  }

  /// The signed transcript for `seed`. roots: what to show instead of F_1..F_S, as many.
  Bytes transcript(const Hash& seed, std::optional<std::vector<Hash>> roots = std::nullopt) const {
    const Draws draws = draw_openings(params_, seed);
    Bytes out;
    out.reserve(transcript_bytes(params_, draws));
    append(out, challenge_id(record_.challenge));
    for (const StateTree& tree : trees_) append(out, tree.root());
    append(out, roots.value_or(roots_));
    for (const GemmDraw& draw : draws.gemms) write_gemm(out, draw);
    for (const CheckpointDraw& draw : draws.checkpoints) write_checkpoint(out, draw);
    for (const std::uint64_t leaf : draws.first_state_leaves) append(out, trees_[0].path(leaf));
    append(out, sign_as(record_.challenge.provider, signed_transcript_bytes(out)));
    return out;
  }
  const std::vector<Hash>& sweep_roots() const { return roots_; }

 private:
  static void append(Bytes& out, std::span<const std::uint8_t> bytes) {
    out.insert(out.end(), bytes.begin(), bytes.end());
  }
  static void append(Bytes& out, std::span<const Hash> hashes) {
    for (const Hash& hash : hashes) append(out, std::span<const std::uint8_t>(hash));
  }

  std::vector<Hash> nonces_of_all(Hash NonceChain::* link) const {
    std::vector<Hash> chosen;
    for (std::uint32_t i = 0; i < params_.validators; ++i) chosen.push_back(vector_nonces(i).*link);
    return chosen;
  }
  Commit commit(CommitKind kind, const Hash& value) const {
    const auto everybody = static_cast<std::uint8_t>((1u << params_.validators) - 1);
    Commit commit{challenge_id(record_.challenge), everybody, value, {}};
    commit.signature = sign_as(record_.challenge.provider, signed_bytes(kind, commit));
    return commit;
  }

  void fill() {
    const Hash key = first_state_key(challenge_id(record_.challenge), nonces_of_all(&NonceChain::n));
    states_.emplace_back(params_.state_bytes());
    fill_first_state(key, 0, states_.back());
    trees_.emplace_back(states_.back());
    links_ = {first_state_link(key, trees_.back().root())};
    for (std::uint32_t t = 1; t <= params_.rounds(); ++t) {
      std::vector<std::uint8_t> next(params_.state_bytes());
      if (!cheat_.junk || !cheat_.junk(t, next))
        run_round(RoundKeys(links_.back(), params_.k()), states_.back(), bt_, next);
      states_.push_back(std::move(next));
      trees_.emplace_back(states_.back());
      links_.push_back(next_state_link(links_.back(), trees_.back().root()));
    }
    record_.fill = commit(CommitKind::fill, links_.back());
  }

  std::vector<std::uint8_t> sweep_values(const Hash& link, const SweepAnswer& answer) const {
    const SweepKey key(link);
    std::vector<std::uint8_t> values(8 * params_.segments());
    for (std::uint64_t segment = 0; segment < params_.segments(); ++segment) {
      const auto bytes = segment_of(segment);
      store_little(answer ? answer(key, segment, bytes) : key.value(bytes), &values[8 * segment]);
    }
    return values;
  }
  std::span<const std::uint8_t> segment_of(std::uint64_t segment) const {
    const std::uint64_t t = params_.rounds_per_state * (1 + segment / params_.segments_per_state());
    return std::span(states_[t])
        .subspan(segment % params_.segments_per_state() * segment_bytes, segment_bytes);
  }

  void sweep() {
    Hash link =
        first_sweep_link(challenge_id(record_.challenge), links_.back(), nonces_of_all(cheat_.sweeps_from));
    for (std::uint32_t s = 1; s <= params_.sweeps; ++s) {
      const auto said = sweep_values(link, cheat_.answer);
      roots_.push_back(s == cheat_.junk_root ? numbered(s) : blake3(said));
      opened_values_.push_back(cheat_.recants ? sweep_values(link, {}) : said);
      chunks_.emplace_back(params_.sweep_leaves());
      chunk_values(opened_values_.back(), 0, chunks_.back());
      link = next_sweep_link(link, roots_.back());
    }
    record_.sweep = commit(CommitKind::sweep, link);
  }

  std::span<const std::uint8_t> leaf(std::uint32_t t, std::uint64_t leaf) const {
    return std::span(states_[t]).subspan(leaf * leaf_bytes, leaf_bytes);
  }

  /// Sums that the quantisation takes to `wanted`, whatever the product is.
  static std::vector<std::int32_t> forged_sums(const RoundKeys& keys, std::uint32_t i, std::uint32_t q,
                                               std::span<const std::uint8_t> wanted);
  std::vector<std::int32_t> sums_of(const RoundKeys& keys, const GemmDraw& draw,
                                    std::span<const std::int8_t> row) const;
  void write_gemm(Bytes& out, const GemmDraw& draw) const;
  void write_checkpoint(Bytes& out, const CheckpointDraw& draw) const;

  Params params_;
  Cheat cheat_;
  std::vector<std::int8_t> bt_;
  Record record_;
  std::vector<std::vector<std::uint8_t>> states_;  ///< X_0..X_R
  std::vector<StateTree> trees_;
  std::vector<Hash> links_;                               ///< h_0..h_R
  std::vector<Hash> roots_;                               ///< F_1..F_S
  std::vector<std::vector<std::uint8_t>> opened_values_;  ///< of each sweep
  std::vector<std::vector<Hash>> chunks_;                 ///< their chaining values
};

inline std::vector<std::int32_t> CheatingProver::forged_sums(const RoundKeys& keys, std::uint32_t i,
                                                             std::uint32_t q,
                                                             std::span<const std::uint8_t> wanted) {
  std::map<std::uint8_t, std::uint32_t> preimages;  // of Q
  for (std::uint32_t y = 0; preimages.size() < 256; ++y) preimages.emplace(quantise(y), y);
  const std::uint32_t factor = keys.row_factor(i);
  std::uint32_t inverse = factor;  // of an odd number mod 2^32, by Newton's steps: 3, 6, 12, 24, 48 bits
  for (int step = 0; step < 4; ++step) inverse *= 2 - factor * inverse;
  std::vector<std::int32_t> sums(leaf_bytes);
  for (std::uint32_t x = 0; x < leaf_bytes; ++x) {
    const std::uint32_t offsets = keys.row_offset(i) + keys.column_offset(q * leaf_bytes + x);
    sums[x] = static_cast<std::int32_t>((preimages.at(wanted[x]) - offsets) * inverse);
  }
  return sums;
}

inline std::vector<std::int32_t> CheatingProver::sums_of(const RoundKeys& keys, const GemmDraw& draw,
                                                         std::span<const std::int8_t> row) const {
  const std::size_t k = params_.k();
  std::vector<std::int32_t> sums(leaf_bytes);
  row_times_matrix(row, std::span(bt_).subspan(draw.q * leaf_bytes * k, leaf_bytes * k), sums);
  if (!cheat_.forges_sums) return sums;
  const auto committed = leaf(draw.t, draw.i * params_.leaves_per_row() + draw.q);
  std::array<std::uint8_t, leaf_bytes> output{};
  quantise_row(keys, draw.i, draw.q * leaf_bytes, sums, output);
  return std::ranges::equal(output, committed) ? sums : forged_sums(keys, draw.i, draw.q, committed);
}

inline void CheatingProver::write_gemm(Bytes& out, const GemmDraw& draw) const {
  const std::uint64_t width = params_.leaves_per_row();
  const RoundKeys keys(links_[draw.t - 1], params_.k());
  std::vector<std::int8_t> row;
  for (std::uint32_t q = 0; q < width; ++q) {
    const std::uint64_t source = keys.source_row(draw.i, q) * width + q;
    const auto input = leaf(draw.t - 1, source);
    append(out, input);
    append(out, trees_[draw.t - 1].path(source));
    for (const std::uint8_t byte : input) row.push_back(static_cast<std::int8_t>(byte));
  }
  for (const std::int32_t sum : sums_of(keys, draw, row)) encode_to(out, sum);
  append(out, trees_[draw.t].path(draw.i * width + draw.q));
}

inline void CheatingProver::write_checkpoint(Bytes& out, const CheckpointDraw& draw) const {
  append(out, segment_of(draw.segment));
  append(out, trees_[draw.t(params_)].path(4 * (draw.segment % params_.segments_per_state()), 2));
  const std::uint64_t chunk = draw.segment / 128;
  append(out, std::span(opened_values_[draw.s - 1]).subspan(chunk * leaf_bytes, leaf_bytes));
  append(out, tree_path(chunks_[draw.s - 1], chunk));
  GemmDraw link = draw.gemm(params_);
  for (std::uint32_t d = 0; d < draw.links(params_); ++d) {
    if (d > 0) link = link_below(params_, link, draw.below[d - 1], links_);
    write_gemm(out, link);
  }
}

/// The verifier's word on `prover`'s openings for the seed of `record`.
inline Verdict verdict_on(const CheatingProver& prover, const Record& record, const EpochCheck& check) {
  return verify_in_tests({record, prover.transcript(record_seed(record))}, check);
}

/// The rounds whose products the openings of `draws` show, twice where they show them twice.
inline std::vector<std::uint32_t> opened_rounds(const Params& params, const Draws& draws) {
  std::vector<std::uint32_t> rounds;
  for (const GemmDraw& draw : draws.gemms) rounds.push_back(draw.t);
  for (const CheckpointDraw& draw : draws.checkpoints) {
    for (std::uint32_t d = 0; d < draw.links(params); ++d) rounds.push_back(draw.t(params) - d);
  }
  return rounds;
}

/// How far `count` of `trials` is from what `probability` predicts, in standard deviations.
inline double sigmas_off(int count, int trials, double probability) {
  return std::abs(count - trials * probability) / std::sqrt(trials * probability * (1 - probability));
}

/// A challenge at k = 1024 with these sizes and the vectors' nonces.
inline Challenge small_challenge(std::uint8_t rounds_per_state, std::uint8_t depth, std::uint32_t states,
                                 std::uint16_t sweeps, std::uint16_t gemm_openings,
                                 std::uint16_t checkpoint_openings) {
  Params params = vector_params();
  params.rounds_per_state = rounds_per_state;
  params.depth = depth;
  params.states = states;
  params.sweeps = sweeps;
  params.gemm_openings = gemm_openings;
  params.checkpoint_openings = checkpoint_openings;
  return vector_challenge(params);
}

/// How each of `trials` seeds of one commitment ended.
struct Trials {
  int caught = 0;
  int surprises = 0;  ///< trials that did not end as `expected` says for their draws
};

/// Verifies `prover` under `trials` different L'. expected: what the verdict must be, by what the seed draws.
inline Trials run_trials(const CheatingProver& prover, int trials,
                         const std::function<Verdict(const Draws&)>& expected) {
  const EpochCheck check = epoch_check_of(prover.record().challenge);
  Trials result;
  for (int trial = 0; trial < trials; ++trial) {
    const Record record = prover.record_with(numbered(static_cast<std::uint32_t>(trial)));
    const Verdict verdict = verdict_on(prover, record, check);
    result.caught += verdict == Verdict::accepted ? 0 : 1;
    result.surprises += verdict == expected(draw_openings(prover.params(), record_seed(record))) ? 0 : 1;
  }
  return result;
}

}  // namespace souk::capacity::cheats
