#include "actors/consensus/block.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/consensus/merkle.hpp"

namespace souk::consensus {
namespace {

/// Leaves made one after the other in one buffer.
class LeafWriter {
 public:
  explicit LeafWriter(std::size_t count) { leaves_.reserve(count); }
  template <class T>
  void add(const T& x) {
    scratch_.clear();
    encode_to(scratch_, x);
    leaves_.push_back(merkle_leaf(scratch_));
  }
  Hash root() && { return merkle_root(std::move(leaves_)); }

 private:
  Bytes scratch_;
  std::vector<Hash> leaves_;
};

/// The leaves over the slices of a payload.
std::vector<Hash> part_leaves(std::span<const std::uint8_t> payload, const BlockLimits& limits) {
  std::vector<Hash> leaves;
  leaves.reserve(payload.size() / limits.part_bytes + 1);
  for (std::size_t at = 0; at < payload.size(); at += limits.part_bytes)
    leaves.push_back(
        merkle_leaf(payload.subspan(at, std::min<std::size_t>(limits.part_bytes, payload.size() - at))));
  return leaves;
}

}  // namespace

Hash block_hash(const Header& header) {
  LeafWriter leaves(field_count<Header>);
  with_fields(header, [&leaves](const auto&... field) { (leaves.add(field), ...); });
  return std::move(leaves).root();
}

Hash data_hash(const std::vector<Bytes>& txs) {
  std::vector<Hash> leaves;
  leaves.reserve(txs.size());
  for (const Bytes& tx : txs) leaves.push_back(merkle_leaf(sha256(tx)));
  return merkle_root(std::move(leaves));
}

Hash commit_hash(const Commit& commit) {
  LeafWriter leaves(commit.signatures.size() + 1);
  leaves.add(std::pair(std::pair(commit.height, commit.round), commit.value));
  for (const CommitSignature& signature : commit.signatures) leaves.add(signature);
  return std::move(leaves).root();
}

Hash evidence_hash(const std::vector<Evidence>& evidence) {
  LeafWriter leaves(evidence.size());
  for (const Evidence& e : evidence) leaves.add(e);
  return std::move(leaves).root();
}

Result<void> check_roots(const Block& block) {
  const Header& header = block.header;
  if (header.last_commit_hash != commit_hash(block.last_commit))
    return fail("last_commit_hash is not that of the commit in the block");
  if (header.data_hash != data_hash(block.txs))
    return fail("data_hash is not that of the transactions in the block");
  if (header.evidence_hash != evidence_hash(block.evidence))
    return fail("evidence_hash is not that of the evidence in the block");
  return {};
}

std::uint32_t part_count_of(std::uint32_t byte_count, const BlockLimits& limits) {
  SOUK_CHECK(limits.part_bytes > 0);
  return static_cast<std::uint32_t>((std::uint64_t{byte_count} + limits.part_bytes - 1) / limits.part_bytes);
}

SharedValue make_value(const Block& block, const BlockLimits& limits) {
  Bytes payload = encode(block);
  SOUK_CHECK(payload.size() <= limits.bytes_max);
  const auto byte_count = static_cast<std::uint32_t>(payload.size());
  const ValueHeader header{block.header.time, block_hash(block.header), byte_count,
                           part_count_of(byte_count, limits), merkle_root(part_leaves(payload, limits))};
  return std::make_shared<const Value>(Value{header, std::move(payload)});
}

bool is_payload_of_header(const Value& value, const BlockLimits& limits) {
  return value.payload.size() == value.header.byte_count &&
         merkle_root(part_leaves(value.payload, limits)) == value.header.part_root;
}

std::vector<Part> cut(const Value& value, Height height, Round round, const BlockLimits& limits) {
  const auto payload = std::span(value.payload);
  MerkleProofs tree = merkle_proofs(part_leaves(payload, limits));
  SOUK_CHECK(tree.root == value.header.part_root && tree.proofs.size() == value.header.part_count);
  const ValueId id = value_id(value.header);
  std::vector<Part> parts;
  parts.reserve(tree.proofs.size());
  for (std::uint32_t i = 0; i < tree.proofs.size(); ++i) {
    const std::size_t at = std::size_t{i} * limits.part_bytes;
    const auto slice = payload.subspan(at, std::min<std::size_t>(limits.part_bytes, payload.size() - at));
    parts.push_back({height, round, id, i, Bytes(slice.begin(), slice.end()), std::move(tree.proofs[i])});
  }
  return parts;
}

Result<Block> open_value(const Value& value) {
  auto block = decode<Block>(value.payload);
  if (!block) return fail("the payload is no block: " + block.error().message);
  if (block->header.time != value.header.time) return fail("the block's time is not its value's");
  if (block_hash(block->header) != value.header.block_hash)
    return fail("the block's hash is not the one its value names");
  return block;
}

}  // namespace souk::consensus
