#include "actors/consensus/block.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "actors/consensus/merkle.hpp"
#include "tests/consensus/blocks_fixture.hpp"

namespace souk::consensus {
namespace {

using test::sample_block;

TEST(Block, HashIsTheMerkleRootOfTheFourteenFieldsInOrder) {
  const Header h = sample_block().header;
  const std::vector<Bytes> fields{
      encode(h.version),        encode(h.chain_id),        encode(h.height),
      encode(h.time),           encode(h.last_value),      encode(h.last_commit_hash),
      encode(h.data_hash),      encode(h.validators_hash), encode(h.next_validators_hash),
      encode(h.consensus_hash), encode(h.app_hash),        encode(h.last_results_hash),
      encode(h.evidence_hash),  encode(h.proposer)};
  std::vector<Hash> leaves;
  for (const Bytes& field : fields) leaves.push_back(merkle_leaf(field));
  ASSERT_EQ(leaves.size(), 14u);
  EXPECT_EQ(block_hash(h), merkle_root(leaves));
}

TEST(Block, EveryFieldOfTheHeaderReachesTheHash) {
  const std::vector<std::function<void(Header&)>> changes{
      [](Header& h) { ++h.version.block; },
      [](Header& h) { ++h.version.app; },
      [](Header& h) { h.chain_id += 'x'; },
      [](Header& h) { ++h.height.value; },
      [](Header& h) { h.time += Duration(1); },
      [](Header& h) { h.last_value[31] ^= 1; },
      [](Header& h) { h.last_commit_hash[31] ^= 1; },
      [](Header& h) { h.data_hash[31] ^= 1; },
      [](Header& h) { h.validators_hash[31] ^= 1; },
      [](Header& h) { h.next_validators_hash[31] ^= 1; },
      [](Header& h) { h.consensus_hash[31] ^= 1; },
      [](Header& h) { h.app_hash[31] ^= 1; },
      [](Header& h) { h.last_results_hash[31] ^= 1; },
      [](Header& h) { h.evidence_hash[31] ^= 1; },
      [](Header& h) { h.proposer.bytes[19] ^= 1; },
  };
  const Header header = sample_block().header;
  std::set<Hash> hashes{block_hash(header)};
  for (const auto& change : changes) {
    Header other = header;
    change(other);
    hashes.insert(block_hash(other));
  }
  EXPECT_EQ(hashes.size(), changes.size() + 1);
}

// consensus-node.md section 1.4: leaves are SHA-256 of each transaction.
TEST(Block, DataHashIsOverTheHashesOfTheTransactions) {
  EXPECT_EQ(data_hash({}), sha256(""));
  const Bytes a{1}, b{2, 3};
  EXPECT_EQ(data_hash({a, b}), merkle_inner(merkle_leaf(sha256(a)), merkle_leaf(sha256(b))));
  EXPECT_NE(data_hash({a, b}), data_hash({b, a}));
}

TEST(Block, CommitHashSeesEverythingInACommit) {
  const Commit commit = sample_block().last_commit;
  const std::vector<std::function<void(Commit&)>> changes{
      [](Commit& c) { ++c.height.value; },
      [](Commit& c) { ++c.round; },
      [](Commit& c) { c.value[0] ^= 1; },
      [](Commit& c) { c.signatures.pop_back(); },
      [](Commit& c) { c.signatures.emplace_back(); },
      [](Commit& c) { c.signatures[0].kind = CommitSignature::Kind::for_nil; },
      [](Commit& c) { c.signatures[1].validator.bytes[0] ^= 1; },
      [](Commit& c) { c.signatures[3].signature[63] ^= 1; },
      [](Commit& c) { std::swap(c.signatures[0], c.signatures[1]); },
  };
  std::set<Hash> hashes{commit_hash(commit), commit_hash(Commit{})};
  for (const auto& change : changes) {
    Commit other = commit;
    change(other);
    hashes.insert(commit_hash(other));
  }
  EXPECT_EQ(hashes.size(), changes.size() + 2);
}

TEST(Block, ValueAndBlockAreEachOther) {
  for (const std::size_t tx_bytes : {0u, 1'000u, 65'536u, 300'000u}) {
    const Block block = sample_block(tx_bytes);
    const SharedValue value = make_value(block, {});
    EXPECT_EQ(value->header.time, block.header.time);
    EXPECT_EQ(value->header.block_hash, block_hash(block.header));
    EXPECT_EQ(value->header.byte_count, value->payload.size());
    EXPECT_EQ(value->header.part_count, (value->payload.size() + 65'535) / 65'536);
    const auto back = open_value(*value);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, block);
    EXPECT_TRUE(check_roots(*back));
  }
}

TEST(Block, AValueThatIsNotItsBlockIsRefusedWithTheReason) {
  const SharedValue value = make_value(sample_block(), {});
  Value other = *value;
  other.header.time += Duration(1);
  EXPECT_EQ(open_value(other).error().message, "the block's time is not its value's");
  other = *value;
  other.header.block_hash[0] ^= 1;
  EXPECT_EQ(open_value(other).error().message, "the block's hash is not the one its value names");
  other = *value;
  other.payload.push_back(0);
  EXPECT_EQ(open_value(other).error().message.substr(0, 23), "the payload is no block");
  other.payload.clear();
  EXPECT_FALSE(open_value(other));
}

TEST(Block, NoSingleBitOfAPayloadCanChangeUnseen) {
  const SharedValue value = make_value(sample_block(), {});
  const auto parts = cut(*value, {7}, 0, {});
  ASSERT_EQ(parts.size(), 1u);
  for (std::size_t bit = 0; bit < 8 * value->payload.size(); ++bit) {
    Bytes payload = value->payload;
    payload[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    ASSERT_FALSE(merkle_verify(value->header.part_root, 0, 1, merkle_leaf(payload), parts[0].proof)) << bit;
  }
}

TEST(Block, EachRootOfTheHeaderIsCheckedAgainstTheBlock) {
  Block block = sample_block();
  ASSERT_TRUE(check_roots(block));
  block.txs.pop_back();
  EXPECT_EQ(check_roots(block).error().message, "data_hash is not that of the transactions in the block");
  block = sample_block();
  block.evidence[0].power = 1;
  EXPECT_EQ(check_roots(block).error().message, "evidence_hash is not that of the evidence in the block");
  block = sample_block();
  block.last_commit.round = 0;
  EXPECT_EQ(check_roots(block).error().message, "last_commit_hash is not that of the commit in the block");
}

TEST(Block, PartsAreThePayloadInSlicesEachWithItsProof) {
  const BlockLimits limits{.part_bytes = 1'024};
  const SharedValue value = make_value(sample_block(10'000), limits);
  const auto parts = cut(*value, {7}, 2, limits);
  ASSERT_EQ(parts.size(), value->header.part_count);
  Bytes joined;
  for (std::uint32_t i = 0; i < parts.size(); ++i) {
    EXPECT_EQ(parts[i].height, Height{7});
    EXPECT_EQ(parts[i].round, 2);
    EXPECT_EQ(parts[i].value, value_id(value->header));
    EXPECT_EQ(parts[i].index, i);
    EXPECT_TRUE(i + 1 == parts.size() || parts[i].bytes.size() == 1'024);
    EXPECT_TRUE(merkle_verify(value->header.part_root, i, value->header.part_count,
                              merkle_leaf(parts[i].bytes), parts[i].proof));
    joined.insert(joined.end(), parts[i].bytes.begin(), parts[i].bytes.end());
  }
  EXPECT_EQ(joined, value->payload);
}

}  // namespace
}  // namespace souk::consensus
