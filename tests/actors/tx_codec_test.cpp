#include "actors/tx_codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "actors/base/rng.hpp"
#include "tests/actors/orders.hpp"

namespace souk {
namespace {

SharedMsgs list_of(std::vector<Msg> msgs) {
  return std::make_shared<const MsgList>(MsgList{std::move(msgs)});
}

/// One close, inside `depth` messages that hold messages, MsgExec and MsgSubmitProposal in turn.
Msg nested(std::uint32_t depth) {
  Msg msg = MsgCloseDeployment{{test::account(1), 7}};
  for (std::uint32_t i = 0; i < depth; ++i) {
    if (i % 2 == 0) {
      msg = StakeMsg(MsgExec{test::account(2), list_of({msg})});
    } else {
      msg = StakeMsg(MsgSubmitProposal{list_of({msg}), {}, test::account(3), "m", "t", "s", false});
    }
  }
  return msg;
}

Tx tx_of(std::vector<Msg> msgs) {
  Tx tx;
  tx.signer = test::account(1);
  tx.nonce = 42;
  tx.fee = {Denom::uakt, {5'000}};
  tx.msgs = std::move(msgs);
  tx.fee_granter = test::account(9);
  tx.timeout_height = {77};
  return tx;
}

Tx sample() {
  MsgCreateDeployment create;
  create.id = {test::account(1), 7};
  create.groups = {
      test::shared(test::group({test::unit(100, 1, 2), test::gpu_unit("vendor/nvidia/model/h100", 8)}))};
  create.hash.assign(32, 0xab);
  create.deposit.amount = {Denom::uact, {500'000}};
  return tx_of({create, nested(4), StakeMsg(MsgUnjail{test::account(4)})});
}

TEST(TxCodec, BytesAreTheTransactionAndTheTransactionIsTheBytes) {
  const Bytes bytes = encode_tx(sample());
  const auto tx = decode_tx(bytes);
  ASSERT_TRUE(tx) << tx.error().message;
  EXPECT_EQ(encode_tx(**tx), bytes);
  EXPECT_EQ((*tx)->nonce, 42u);
  EXPECT_EQ((*tx)->msgs.size(), 3u);
}

TEST(TxCodec, CutAnywhereItIsRefused) {
  const Bytes bytes = encode_tx(sample());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_FALSE(decode_tx(std::span(bytes).first(size))) << size;
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_FALSE(decode_tx(longer));
}

// Each bound of TxLimits at the bound and one above.
TEST(TxCodec, RefusesMoreBytesThanItsBound) {
  const Bytes bytes = encode_tx(sample());
  EXPECT_TRUE(decode_tx(bytes, {.bytes_max = bytes.size()}));
  const auto refused = decode_tx(bytes, {.bytes_max = bytes.size() - 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "a transaction of " + std::to_string(bytes.size()) + " bytes; at most " +
                                         std::to_string(bytes.size() - 1) + " are possible");
}

TEST(TxCodec, RefusesMoreMessagesThanItsBoundNestedOnesIncluded) {
  const Bytes flat = encode_tx(tx_of({nested(0), nested(0), nested(0)}));
  EXPECT_TRUE(decode_tx(flat, {.msg_count_max = 3}));
  EXPECT_EQ(decode_tx(flat, {.msg_count_max = 2}).error().message,
            "3 messages in a transaction; at most 2 are possible");
  const Bytes deep = encode_tx(tx_of({nested(2)}));
  EXPECT_TRUE(decode_tx(deep, {.msg_count_max = 3}));
  EXPECT_FALSE(decode_tx(deep, {.msg_count_max = 2}));
}

TEST(TxCodec, RefusesDeeperNestingThanItsBound) {
  EXPECT_TRUE(decode_tx(encode_tx(tx_of({nested(4)}))));
  EXPECT_EQ(decode_tx(encode_tx(tx_of({nested(5)}))).error().message,
            "messages nested 5 deep; at most 4 are possible");
  EXPECT_FALSE(decode_tx(encode_tx(tx_of({nested(200)})))) << "refused by the codec before it gets there";
}

TEST(TxCodec, HostileNestingDoesNotExhaustTheStack) {
  Bytes bytes = encode_tx(tx_of({StakeMsg(MsgExec{test::account(2), nullptr})}));
  const Bytes empty = encode_tx(tx_of({}));
  const std::size_t head = empty.size() - 1 - 20 - 8;  // what comes before the messages, with their count
  // The list's presence byte ends the message; each level begins with it, a count of 1, and another MsgExec.
  const std::size_t exec_size = bytes.size() - empty.size();
  const Bytes exec(bytes.begin() + static_cast<std::ptrdiff_t>(head),
                   bytes.begin() + static_cast<std::ptrdiff_t>(head + exec_size - 1));
  Bytes hostile(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(head + exec_size - 1));
  for (int i = 0; i < 30'000; ++i) {
    hostile.insert(hostile.end(), {1, 1, 0, 0, 0});
    hostile.insert(hostile.end(), exec.begin(), exec.end());
  }
  const auto refused = decode_tx(hostile);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("nested deeper than 16"), std::string::npos)
      << refused.error().message;
}

TEST(TxCodec, WhateverBytesDecodeAreTheEncodingOfWhatTheyDecodeTo) {
  const Bytes original = encode_tx(sample());
  std::size_t accepted = 0;
  for (std::size_t bit = 0; bit < 8 * original.size(); ++bit) {
    Bytes bytes = original;
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    if (const auto tx = decode_tx(bytes)) {
      ++accepted;
      ASSERT_EQ(encode_tx(**tx), bytes) << bit;
    }
  }
  EXPECT_GT(accepted, 0u);
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes = original;
    const std::uint64_t edits = 1 + rng.below(4);
    for (std::uint64_t e = 0; e < edits; ++e)
      bytes[rng.below(bytes.size())] = static_cast<std::uint8_t>(rng.next() >> (rng.below(2) * 61));
    if (i % 3 == 0) bytes.resize(rng.below(bytes.size()));
    if (i % 5 == 0) std::ranges::generate(bytes, [&] { return static_cast<std::uint8_t>(rng.next()); });
    if (const auto tx = decode_tx(bytes)) {
      ASSERT_EQ(encode_tx(**tx), bytes);
    }
  }
}

}  // namespace
}  // namespace souk
