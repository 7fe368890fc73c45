#include "actors/capacity/verifier.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "actors/base/bytes.hpp"
#include "actors/base/check.hpp"
#include "actors/capacity/blake3.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/round.hpp"
#include "actors/capacity/sweep.hpp"
#include "actors/capacity/transcript.hpp"

namespace souk::capacity {
namespace {

constexpr std::size_t max_width = (1u << 14) / leaf_bytes;  // W at the largest k
constexpr std::size_t max_siblings = 2 * 14 - 10;           // p at the largest k

using OptionalHash = std::optional<Hash>;

/// Fills in the links that later ones imply. Errors: a link that does not lead to the next, or to `anchor`.
Result<Revealed> complete(Revealed nonces, const Hash& anchor) {
  const auto implies = [](const OptionalHash& from, OptionalHash& to) {
    if (!from) return true;
    const Hash next = next_nonce(*from);
    if (to && *to != next) return false;
    to = next;
    return true;
  };
  OptionalHash end = anchor;
  if (!implies(nonces.z, nonces.m)) return fail("z does not lead to m");
  if (!implies(nonces.m, nonces.n)) return fail("m does not lead to n");
  if (!implies(nonces.n, end)) return fail("n does not lead to its anchor");
  return nonces;
}

/// One kind of link of every validator, as masked_nonces takes them.
std::vector<OptionalHash> links_of(const Record& record, OptionalHash Revealed::* link) {
  std::vector<OptionalHash> links;
  for (std::size_t i = 0; i < record.nonces.size(); ++i)
    links.push_back(complete(record.nonces[i], record.challenge.validators[i].nonce).value().*link);
  return links;
}

std::uint8_t present(std::span<const OptionalHash> links) {
  std::uint32_t mask = 0;
  for (std::size_t i = 0; i < links.size(); ++i) mask |= links[i] ? 1u << i : 0u;
  return static_cast<std::uint8_t>(mask);
}

Result<void> check_mask(const Record& record, const Commit& commit, OptionalHash Revealed::* link,
                        const char* name) {
  if (!is_mask_valid(commit.mask, record.challenge.params.validators))
    return fail(std::string(name) + " is " + std::to_string(commit.mask) +
                ", it must have the bits of more than half of the validators and no others");
  if ((commit.mask & ~present(links_of(record, link))) != 0)
    return fail(std::string(name) + " names a validator whose nonce is not known");
  return {};
}

Verdict check_params_of(const Challenge& challenge, const VerifierOptions& options) {
  const bool is_sound = check_params(challenge.params, options.scope).has_value() &&
                        challenge.validators.size() == challenge.params.validators;
  const bool is_class = !options.class_row || is_of_class(challenge.params, *options.class_row);
  return is_sound && is_class ? Verdict::accepted : Verdict::params;
}

/// Reads one transcript of the right length, front to back, up to the first check that fails.
class Openings {
 public:
  Openings(const Record& record, std::span<const std::uint8_t> transcript, const EpochCheck& check,
           const Hash& choice, std::uint32_t direct)
      : record_(record),
        params_(record.challenge.params),
        in_(transcript),
        check_(check),
        draws_(draw_openings(params_, record_seed(record))),
        width_(params_.leaves_per_row()) {
    choose_direct(choice, direct);
  }

  const Draws& draws() const { return draws_; }

  Verdict run(const Hash& id, const Hash& first_key, const Hash& first_sweep) {
    if (in_.hash() != id) return Verdict::id;
    if (!read_state_chain(first_key)) return Verdict::h_chain;
    if (!read_sweep_chain(first_sweep)) return Verdict::g_chain;
    for (const GemmDraw& draw : draws_.gemms) {
      if (const Verdict verdict = gemm(draw); verdict != Verdict::accepted) return verdict;
    }
    for (const CheckpointDraw& draw : draws_.checkpoints) {
      if (const Verdict verdict = checkpoint(draw); verdict != Verdict::accepted) return verdict;
    }
    for (const std::uint64_t leaf : draws_.first_state_leaves) {
      if (!first_state_leaf(first_key, leaf)) return Verdict::x0;
    }
    SOUK_CHECK(in_.remaining() == signature_bytes);
    return Verdict::accepted;
  }

 private:
  /// `direct` different ones of all GEMM openings, or all of them if there are fewer.
  void choose_direct(const Hash& choice, std::uint32_t direct) {
    std::uint64_t openings = draws_.gemms.size();
    for (const CheckpointDraw& draw : draws_.checkpoints) openings += draw.links(params_);
    ChaCha8 stream(choice);
    while (direct_.size() < std::min<std::uint64_t>(direct, openings)) {
      const std::uint64_t drawn = stream.next_below(openings);
      if (std::ranges::find(direct_, drawn) == direct_.end()) direct_.push_back(drawn);
    }
  }

  bool read_state_chain(const Hash& first_key) {
    state_hashes_.resize(std::size_t{params_.rounds()} + 1);
    in_.hashes(state_hashes_);
    links_ = {first_state_link(first_key, state_hashes_[0])};
    links_.reserve(state_hashes_.size());
    for (std::size_t t = 1; t < state_hashes_.size(); ++t)
      links_.push_back(next_state_link(links_.back(), state_hashes_[t]));
    return links_.back() == record_.fill.value;
  }

  bool read_sweep_chain(const Hash& first_sweep) {
    sweep_hashes_.resize(params_.sweeps);
    in_.hashes(sweep_hashes_);
    sweep_links_ = {first_sweep};
    for (const Hash& hash : sweep_hashes_) sweep_links_.push_back(next_sweep_link(sweep_links_.back(), hash));
    return sweep_links_.back() == record_.sweep.value;
  }

  /// Whether the next `siblings` hashes lead from `value`, leaf `leaf` of `leaves`, to `root`.
  bool leads_to(const Hash& root, const Hash& value, std::uint64_t leaf, std::uint64_t leaves,
                std::size_t siblings) {
    std::array<Hash, 64> path;
    SOUK_CHECK(siblings <= path.size());
    const std::span<Hash> used = std::span(path).first(siblings);
    in_.hashes(used);
    return root_of_path(value, leaf, leaves, used) == root;
  }
  bool is_leaf_of_state(std::uint32_t t, const Hash& value, std::uint64_t leaf) {
    return leads_to(state_hashes_[t], value, leaf, params_.leaves(), params_.path_length());
  }

  Verdict gemm(const GemmDraw& draw) {
    const RoundKeys keys(links_[draw.t - 1], params_.k());
    if (!read_inputs(keys, draw)) return Verdict::input_path;
    if (!sums_are_right(draw)) return Verdict::freivalds;
    std::array<std::uint8_t, leaf_bytes> output{};
    quantise_row(keys, draw.i, draw.q * leaf_bytes, sums_, output);
    const std::uint64_t leaf = draw.i * width_ + draw.q;
    return is_leaf_of_state(draw.t, chunk_value(output, leaf), leaf) ? Verdict::accepted
                                                                     : Verdict::output_path;
  }

  /// Reads Z[i] of an opening; whether each of its leaves is in X_{t-1}. All W at once: side by side they
  /// hash several times faster than one after another.
  bool read_inputs(const RoundKeys& keys, const GemmDraw& draw) {
    const std::size_t siblings = params_.path_length();
    std::array<ChunkAt, max_width> chunks;
    std::array<Hash, max_width> hashes;
    std::array<OpenedLeaf, max_width> opened;
    row_.resize(params_.k());
    for (std::uint32_t q = 0; q < width_; ++q) {
      const auto bytes = in_.take(leaf_bytes);
      std::memcpy(&row_[q * leaf_bytes], bytes.data(), bytes.size());
      const std::span<Hash> path = std::span(paths_).subspan(q * siblings, siblings);
      in_.hashes(path);
      opened[q].leaf = keys.source_row(draw.i, q) * width_ + q;
      opened[q].path = path;
      chunks[q] = {bytes.data(), opened[q].leaf};
    }
    const std::span<Hash> used = std::span(hashes).first(width_);
    chunk_values(std::span(chunks).first(width_), used);
    for (std::size_t q = 0; q < width_; ++q) opened[q].value = hashes[q];
    roots_of_paths(std::span(opened).first(width_), params_.leaves(), used);
    return std::ranges::all_of(used, [&](const Hash& root) { return root == state_hashes_[draw.t - 1]; });
  }

  bool sums_are_right(const GemmDraw& draw) {
    const auto bytes = in_.take(leaf_bytes * sizeof(std::int32_t));
    for (std::size_t x = 0; x < leaf_bytes; x += 2) {
      const std::uint64_t two = load_little(&bytes[4 * x]);
      sums_[x] = static_cast<std::int32_t>(static_cast<std::uint32_t>(two));
      sums_[x + 1] = static_cast<std::int32_t>(static_cast<std::uint32_t>(two >> 32));
    }
    if (!check_.holds(row_, draw.q, sums_)) return false;
    if (std::ranges::find(direct_, gemms_read_++) == direct_.end()) return true;
    // Freivalds' check binds nobody who has learned this validator's r; these sums are made again.
    std::array<std::int32_t, leaf_bytes> again{};
    check_.matrix().multiply_row(row_, draw.q, again);
    return again == sums_;
  }

  Verdict checkpoint(const CheckpointDraw& draw) {
    const std::uint64_t index = draw.segment % params_.segments_per_state();
    const auto segment = in_.take(segment_bytes);
    std::array<Hash, 4> leaves;
    for (std::size_t e = 0; e < leaves.size(); ++e)
      leaves[e] = chunk_value(segment.subspan(e * leaf_bytes, leaf_bytes), 4 * index + e);
    const Hash subtree = parent_value(parent_value(leaves[0], leaves[1], false),
                                      parent_value(leaves[2], leaves[3], false), false);
    if (!leads_to(state_hashes_[draw.t(params_)], subtree, index, params_.segments_per_state(),
                  params_.path_length() - 2))
      return Verdict::segment_path;

    const auto values = in_.take(leaf_bytes);
    if (SweepKey(sweep_links_[draw.s - 1]).value(segment) != load_little(&values[8 * (draw.segment % 128)]))
      return Verdict::sweep_value;
    const std::uint64_t chunk = draw.segment / 128;
    const std::uint64_t chunks = params_.sweep_leaves();
    if (!leads_to(sweep_hashes_[draw.s - 1], chunk_value(values, chunk), chunk, chunks,
                  path_length(chunks, chunk)))
      return Verdict::sweep_path;
    return chain_below(draw);
  }

  Verdict chain_below(const CheckpointDraw& draw) {
    GemmDraw link = draw.gemm(params_);
    for (std::uint32_t d = 0; d < draw.links(params_); ++d) {
      if (d > 0) link = link_below(params_, link, draw.below[d - 1], links_);
      if (const Verdict verdict = gemm(link); verdict != Verdict::accepted) return verdict;
    }
    return Verdict::accepted;
  }

  bool first_state_leaf(const Hash& key, std::uint64_t leaf) {
    std::array<std::uint8_t, leaf_bytes> bytes{};
    fill_first_state(key, leaf * leaf_bytes, bytes);
    return is_leaf_of_state(0, chunk_value(bytes, leaf), leaf);
  }

  const Record& record_;
  const Params& params_;
  TranscriptReader in_;
  const EpochCheck& check_;
  const Draws draws_;
  const std::uint64_t width_;          ///< W
  std::vector<std::uint64_t> direct_;  ///< which GEMM openings, counted from 0, are computed again
  std::uint64_t gemms_read_ = 0;
  std::vector<Hash> state_hashes_;                      ///< d_0..d_R
  std::vector<Hash> links_;                             ///< h_0..h_R
  std::vector<Hash> sweep_hashes_;                      ///< F_1..F_S
  std::vector<Hash> sweep_links_;                       ///< G_0..G_S
  std::vector<std::int8_t> row_;                        ///< Z[i] of the opening being read
  std::array<Hash, max_width * max_siblings> paths_{};  ///< of its leaves
  std::array<std::int32_t, leaf_bytes> sums_{};
};

bool are_signed(const Record& record, std::span<const std::uint8_t> transcript,
                const VerifySignature& verify_signature) {
  const Hash& provider = record.challenge.provider;
  const auto body = transcript.first(transcript.size() - signature_bytes);
  Signature signature{};
  std::ranges::copy(transcript.last(signature_bytes), signature.begin());
  return verify_signature(provider, signed_bytes(CommitKind::fill, record.fill), record.fill.signature) &&
         verify_signature(provider, signed_bytes(CommitKind::sweep, record.sweep), record.sweep.signature) &&
         verify_signature(provider, signed_transcript_bytes(body), signature);
}

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  static constexpr std::array<std::string_view, 15> names{
      "accepted",    "params",       "nonce",       "length",     "signature",
      "id",          "h-chain",      "g-chain",     "input-path", "freivalds",
      "output-path", "segment-path", "sweep-value", "sweep-path", "x0"};
  return names.at(static_cast<std::size_t>(verdict));
}

Result<void> check_nonces(const Record& record) {
  if (record.nonces.size() != record.challenge.validators.size())
    return fail("nonces of " + std::to_string(record.nonces.size()) + " validators, the challenge has " +
                std::to_string(record.challenge.validators.size()));
  for (std::size_t i = 0; i < record.nonces.size(); ++i) {
    const auto completed = complete(record.nonces[i], record.challenge.validators[i].nonce);
    if (!completed) return fail("validator " + std::to_string(i + 1) + ": " + completed.error().message);
  }
  if (auto mask = check_mask(record, record.fill, &Revealed::n, "mask1"); !mask) return mask;
  return check_mask(record, record.sweep, &Revealed::m, "mask2");
}

Hash record_seed(const Record& record) {
  const std::vector<OptionalHash> secrets = links_of(record, &Revealed::z);
  return opening_seed(challenge_id(record.challenge), record.fill.value, record.sweep.value,
                      record.seed_block, masked_nonces(record.challenge, secrets, present(secrets)));
}

Verdict verify(const Record& record, std::span<const std::uint8_t> transcript, const EpochCheck& check,
               const Hash& choice, const VerifySignature& verify_signature, const VerifierOptions& options) {
  const Challenge& challenge = record.challenge;
  if (const Verdict params = check_params_of(challenge, options); params != Verdict::accepted) return params;
  if (!check_nonces(record)) return Verdict::nonce;
  SOUK_CHECK(check.epoch() == challenge.epoch && check.k() == challenge.params.k());

  Openings openings(record, transcript, check, choice, options.direct);
  if (transcript.size() != transcript_bytes(challenge.params, openings.draws())) return Verdict::length;
  if (!are_signed(record, transcript, verify_signature)) return Verdict::signature;
  const Hash id = challenge_id(challenge);
  if (record.fill.id != id || record.sweep.id != id) return Verdict::id;

  const Hash first_key =
      first_state_key(id, masked_nonces(challenge, links_of(record, &Revealed::n), record.fill.mask));
  const Hash first_sweep = first_sweep_link(
      id, record.fill.value, masked_nonces(challenge, links_of(record, &Revealed::m), record.sweep.mask));
  return openings.run(id, first_key, first_sweep);
}

}  // namespace souk::capacity
