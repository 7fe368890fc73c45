#include "actors/mempool.hpp"

#include <gtest/gtest.h>

#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using Refusal = Mempool::Refusal;

Mempool::Entry entry(std::uint64_t nonce, std::uint8_t signer = 1, std::size_t msg_count = 1) {
  Tx tx;
  tx.signer = test::account(signer);
  tx.nonce = nonce;
  tx.msgs.assign(msg_count, MsgCloseDeployment{{tx.signer, nonce}});
  return {ActorId{signer}, std::make_shared<const Tx>(std::move(tx))};
}

std::vector<std::uint64_t> nonces(const std::vector<Mempool::Entry>& entries) {
  std::vector<std::uint64_t> out;
  for (const auto& e : entries) out.push_back(e.tx->nonce);
  return out;
}

TEST(Mempool, GivesTransactionsInTheOrderTheyCame) {
  Mempool pool;
  for (std::uint64_t n : {3, 1, 2}) ASSERT_EQ(pool.add(entry(n)), Refusal::none);
  EXPECT_EQ(nonces(pool.take(2, 1 << 20)), (std::vector<std::uint64_t>{3, 1}));
  EXPECT_EQ(nonces(pool.take(2, 1 << 20)), (std::vector<std::uint64_t>{2}));
  EXPECT_TRUE(pool.empty());
  EXPECT_EQ(pool.byte_count(), 0u);
}

TEST(Mempool, RefusesBeyondItsCountAndTakesAgainAfterABlock) {
  Mempool pool({.tx_count_max = 2});
  ASSERT_EQ(pool.add(entry(1)), Refusal::none);
  ASSERT_EQ(pool.add(entry(2)), Refusal::none);
  EXPECT_EQ(pool.add(entry(3)), Refusal::full);
  EXPECT_EQ(pool.tx_count(), 2u);
  (void)pool.take(1, 1 << 20);
  EXPECT_EQ(pool.add(entry(3)), Refusal::none);
}

TEST(Mempool, RefusesBeyondItsBytes) {
  const std::size_t one = approximate_bytes(*entry(1).tx);
  Mempool pool({.byte_count_max = 2 * one});
  ASSERT_EQ(pool.add(entry(1)), Refusal::none);
  ASSERT_EQ(pool.add(entry(2)), Refusal::none);
  EXPECT_EQ(pool.add(entry(3)), Refusal::full);
  EXPECT_EQ(pool.byte_count(), 2 * one);
}

TEST(Mempool, OneAccountCannotFillIt) {
  Mempool pool({.per_account_count_max = 2});
  ASSERT_EQ(pool.add(entry(1, 1)), Refusal::none);
  ASSERT_EQ(pool.add(entry(2, 1)), Refusal::none);
  EXPECT_EQ(pool.add(entry(3, 1)), Refusal::full);
  EXPECT_EQ(pool.add(entry(1, 2)), Refusal::none);
  (void)pool.take(1, 1 << 20);
  EXPECT_EQ(pool.add(entry(3, 1)), Refusal::none) << "the account has one less waiting";
}

TEST(Mempool, RefusesATransactionThatIsTooLarge) {
  Mempool pool({.tx_bytes_max = approximate_bytes(*entry(1).tx)});
  EXPECT_EQ(pool.add(entry(1)), Refusal::none);
  EXPECT_EQ(pool.add(entry(2, 1, 2)), Refusal::too_large);
}

TEST(Mempool, ABlockTakesNoMoreBytesThanAskedButAlwaysOne) {
  const std::size_t one = approximate_bytes(*entry(1).tx);
  Mempool pool;
  for (std::uint64_t n = 1; n <= 4; ++n) ASSERT_EQ(pool.add(entry(n)), Refusal::none);
  EXPECT_EQ(pool.take(10, 2 * one).size(), 2u);
  EXPECT_EQ(pool.take(10, one / 2).size(), 1u);
  EXPECT_EQ(pool.take(0, one).size(), 1u);
}

// Codes of codespace sdk, akash-chain.md section 8.1.
TEST(Mempool, RefusalsCarryTheCodesOfTheSdk) {
  EXPECT_EQ(static_cast<std::uint32_t>(Refusal::full), 20u);
  EXPECT_EQ(static_cast<std::uint32_t>(Refusal::too_large), 21u);
}

}  // namespace
}  // namespace souk
