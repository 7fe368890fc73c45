#include <gtest/gtest.h>

#include "actors/consensus/block.hpp"

// What a peer sends as the payload of a decided value must be the one its header names: a commit vouches for
// the header only, and a byte of a transaction is in no hash of it but the root of the parts.
namespace souk::consensus {
namespace {

Value some_value(const BlockLimits& limits) {
  Block block;
  block.header.chain_id = "souk-test-1";
  block.header.height = Height{3};
  block.txs = {Bytes(900, 1), Bytes(300, 2)};
  block.header.data_hash = data_hash(block.txs);
  return *make_value(block, limits);
}

TEST(Payload, IsTheOneItsHeaderNames) {
  const BlockLimits limits{.bytes_max = 1 << 20, .part_bytes = 256};
  EXPECT_TRUE(is_payload_of_header(some_value(limits), limits));
}

TEST(Payload, WithAnyByteChangedIsNot) {
  const BlockLimits limits{.bytes_max = 1 << 20, .part_bytes = 256};
  const Value value = some_value(limits);
  for (std::size_t i = 0; i < value.payload.size(); ++i) {
    Value changed = value;
    changed.payload[i] ^= 1;
    ASSERT_FALSE(is_payload_of_header(changed, limits)) << "byte " << i;
  }
}

TEST(Payload, LongerOrShorterIsNot) {
  const BlockLimits limits{.bytes_max = 1 << 20, .part_bytes = 256};
  Value longer = some_value(limits);
  longer.payload.push_back(0);
  EXPECT_FALSE(is_payload_of_header(longer, limits));
  Value shorter = some_value(limits);
  shorter.payload.pop_back();
  EXPECT_FALSE(is_payload_of_header(shorter, limits));
}

}  // namespace
}  // namespace souk::consensus
