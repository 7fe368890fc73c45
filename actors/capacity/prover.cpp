#include "actors/capacity/prover.hpp"

#include <algorithm>
#include <string>

#include "actors/base/check.hpp"
#include "actors/capacity/chains.hpp"
#include "actors/capacity/operands.hpp"
#include "actors/capacity/round.hpp"
#include "actors/capacity/transcript.hpp"

namespace souk::capacity {
namespace {

template <class T>
void sort_unique(std::vector<T>& requests) {
  std::ranges::sort(requests);
  requests.erase(std::ranges::unique(requests).begin(), requests.end());
}

template <class Request, class Opening>
const Opening& opening_of(const std::vector<Request>& requests, const std::vector<Opening>& openings,
                          const Request& wanted) {
  const auto found = std::ranges::lower_bound(requests, wanted);
  SOUK_CHECK(found != requests.end() && *found == wanted);
  return openings[static_cast<std::size_t>(found - requests.begin())];
}

void append(Bytes& out, std::span<const std::uint8_t> bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void append(Bytes& out, std::span<const Hash> hashes) {
  for (const Hash& hash : hashes) append(out, std::span<const std::uint8_t>(hash));
}

/// The first of the four leaves of a segment.
LeafRequest segment_start(const Params& params, const CheckpointDraw& draw) {
  return {draw.t(params), 4 * (draw.segment % params.segments_per_state())};
}

}  // namespace

/// Everything a transcript needs from the arithmetic, fetched in two calls.
struct Prover::Fetched {
  std::vector<LeafRequest> leaf_requests;
  std::vector<LeafOpening> leaf_openings;
  std::vector<SweepRequest> sweep_requests;
  std::vector<SweepOpening> sweep_openings;

  const LeafOpening& leaf(const LeafRequest& wanted) const {
    return opening_of(leaf_requests, leaf_openings, wanted);
  }
  const SweepOpening& sweep(const SweepRequest& wanted) const {
    return opening_of(sweep_requests, sweep_openings, wanted);
  }
};

Prover::Prover(Challenge challenge, Arithmetic& arithmetic, Sign sign)
    : challenge_(std::move(challenge)),
      arithmetic_(arithmetic),
      sign_(std::move(sign)),
      id_(challenge_id(challenge_)) {}

Result<std::uint8_t> Prover::mask_of(std::span<const std::optional<Hash>> nonces, int links) const {
  if (nonces.size() != challenge_.validators.size())
    return fail("nonces: " + std::to_string(nonces.size()) + " given, the challenge has " +
                std::to_string(challenge_.validators.size()) + " validators");
  std::uint8_t mask = 0;
  for (std::size_t i = 0; i < nonces.size(); ++i) {
    if (!nonces[i]) continue;
    Hash link = *nonces[i];
    for (int n = 0; n < links; ++n) link = next_nonce(link);
    if (link != challenge_.validators[i].nonce)
      return fail("nonce of validator " + std::to_string(i + 1) + " does not lead to its anchor");
    mask = static_cast<std::uint8_t>(mask | 1u << i);
  }
  return mask;
}

Commit Prover::signed_commit(CommitKind kind, std::uint8_t mask, const Hash& value) const {
  Commit commit{id_, mask, value, {}};
  commit.signature = sign_(signed_bytes(kind, commit));
  return commit;
}

Result<Commit> Prover::fill(std::span<const std::optional<Hash>> nonces) {
  links_.clear();
  sweep_hashes_.clear();
  const auto mask = mask_of(nonces, 1);
  if (!mask) return fail(mask.error().message);
  if (!is_mask_valid(*mask, challenge_.params.validators))
    return fail("nonces: a fill needs those of more than half of the validators");
  const Hash key = first_state_key(id_, masked_nonces(challenge_, nonces, *mask));
  auto hashes = arithmetic_.fill({challenge_.params, challenge_.epoch, key});
  if (!hashes) return fail(hashes.error().message);
  SOUK_CHECK(hashes->size() == std::size_t{challenge_.params.rounds()} + 1);
  state_hashes_ = std::move(*hashes);
  links_ = {first_state_link(key, state_hashes_[0])};
  for (std::size_t t = 1; t < state_hashes_.size(); ++t)
    links_.push_back(next_state_link(links_.back(), state_hashes_[t]));
  return signed_commit(CommitKind::fill, *mask, links_.back());
}

Result<Commit> Prover::sweep(std::span<const std::optional<Hash>> nonces) {
  SOUK_CHECK(!links_.empty());
  sweep_hashes_.clear();
  const auto mask = mask_of(nonces, 2);
  if (!mask) return fail(mask.error().message);
  if (!is_mask_valid(*mask, challenge_.params.validators))
    return fail("nonces: the sweeps need those of more than half of the validators");
  sweep_links_ = {first_sweep_link(id_, links_.back(), masked_nonces(challenge_, nonces, *mask))};
  for (std::uint32_t s = 1; s <= challenge_.params.sweeps; ++s) {
    const auto hash = arithmetic_.sweep(sweep_links_.back());
    if (!hash) return fail(hash.error().message);
    sweep_hashes_.push_back(*hash);
    sweep_links_.push_back(next_sweep_link(sweep_links_.back(), *hash));
  }
  return signed_commit(CommitKind::sweep, *mask, sweep_links_.back());
}

std::vector<GemmDraw> Prover::chain_of(const CheckpointDraw& draw) const {
  std::vector<GemmDraw> chain{draw.gemm(challenge_.params)};
  for (std::uint32_t d = 1; d < draw.links(challenge_.params); ++d)
    chain.push_back(link_below(challenge_.params, chain.back(), draw.below[d - 1], links_));
  return chain;
}

Result<Prover::Fetched> Prover::fetch(const Draws& draws) {
  const Params& params = challenge_.params;
  Fetched fetched;
  const auto request_gemm = [&](const GemmDraw& draw) {
    const RoundKeys keys(links_[draw.t - 1], params.k());
    const std::uint64_t width = params.leaves_per_row();
    for (std::uint32_t q = 0; q < width; ++q)
      fetched.leaf_requests.push_back({draw.t - 1, keys.source_row(draw.i, q) * width + q});
    fetched.leaf_requests.push_back({draw.t, draw.i * width + draw.q});
  };
  for (const GemmDraw& draw : draws.gemms) request_gemm(draw);
  for (const CheckpointDraw& draw : draws.checkpoints) {
    const LeafRequest first = segment_start(params, draw);
    for (std::uint64_t e = 0; e < 4; ++e) fetched.leaf_requests.push_back({first.t, first.leaf + e});
    fetched.sweep_requests.push_back({sweep_links_[draw.s - 1], draw.segment / 128});
    for (const GemmDraw& link : chain_of(draw)) request_gemm(link);
  }
  for (const std::uint64_t leaf : draws.first_state_leaves) fetched.leaf_requests.push_back({0, leaf});
  sort_unique(fetched.leaf_requests);
  sort_unique(fetched.sweep_requests);

  auto leaves = arithmetic_.open_leaves(fetched.leaf_requests);
  if (!leaves) return fail(leaves.error().message);
  auto sweeps = arithmetic_.open_sweeps(fetched.sweep_requests);
  if (!sweeps) return fail(sweeps.error().message);
  fetched.leaf_openings = std::move(*leaves);
  fetched.sweep_openings = std::move(*sweeps);
  SOUK_CHECK(fetched.leaf_openings.size() == fetched.leaf_requests.size());
  SOUK_CHECK(fetched.sweep_openings.size() == fetched.sweep_requests.size());
  return fetched;
}

void Prover::write_gemm(Bytes& out, const GemmDraw& draw, const Fetched& fetched) const {
  const Params& params = challenge_.params;
  const std::uint64_t width = params.leaves_per_row();
  const RoundKeys keys(links_[draw.t - 1], params.k());
  std::vector<std::int8_t> row;
  for (std::uint32_t q = 0; q < width; ++q) {
    const LeafOpening& input = fetched.leaf({draw.t - 1, keys.source_row(draw.i, q) * width + q});
    append(out, input.leaf);
    append(out, input.path);
    for (const std::uint8_t byte : input.leaf) row.push_back(static_cast<std::int8_t>(byte));
  }
  std::vector<std::int32_t> sums(leaf_bytes);
  MatrixB(challenge_.epoch, params.k()).multiply_row(row, draw.q, sums);
  for (const std::int32_t sum : sums) encode_to(out, sum);
  append(out, fetched.leaf({draw.t, draw.i * width + draw.q}).path);
}

void Prover::write_checkpoint(Bytes& out, const CheckpointDraw& draw, const Fetched& fetched) const {
  const LeafRequest first = segment_start(challenge_.params, draw);
  for (std::uint64_t e = 0; e < 4; ++e) append(out, fetched.leaf({first.t, first.leaf + e}).leaf);
  // A segment is a subtree of four leaves: the two siblings inside it follow from its bytes.
  append(out, std::span(fetched.leaf(first).path).subspan(2));
  const SweepOpening& value = fetched.sweep({sweep_links_[draw.s - 1], draw.segment / 128});
  append(out, value.chunk);
  append(out, value.path);
  for (const GemmDraw& link : chain_of(draw)) write_gemm(out, link, fetched);
}

Result<Bytes> Prover::transcript(const Hash& block, std::span<const std::optional<Hash>> nonces) {
  SOUK_CHECK(sweep_hashes_.size() == challenge_.params.sweeps);
  const auto mask = mask_of(nonces, 3);
  if (!mask) return fail(mask.error().message);
  const Hash seed =
      opening_seed(id_, links_.back(), sweep_links_.back(), block, masked_nonces(challenge_, nonces, *mask));
  const Draws draws = draw_openings(challenge_.params, seed);
  const auto fetched = fetch(draws);
  if (!fetched) return fail(fetched.error().message);

  Bytes out;
  out.reserve(transcript_bytes(challenge_.params, draws));
  append(out, id_);
  append(out, state_hashes_);
  append(out, sweep_hashes_);
  for (const GemmDraw& draw : draws.gemms) write_gemm(out, draw, *fetched);
  for (const CheckpointDraw& draw : draws.checkpoints) write_checkpoint(out, draw, *fetched);
  for (const std::uint64_t leaf : draws.first_state_leaves) append(out, fetched->leaf({0, leaf}).path);
  append(out, sign_(signed_transcript_bytes(out)));
  SOUK_CHECK(out.size() == transcript_bytes(challenge_.params, draws));
  return out;
}

}  // namespace souk::capacity
