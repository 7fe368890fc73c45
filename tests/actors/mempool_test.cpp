#include "actors/mempool.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "actors/base/rng.hpp"
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

/// One transaction of `signer` that pays `fee` uakt, and as many bytes as entry()'s.
Mempool::Entry paying(std::uint64_t nonce, std::int64_t fee, std::uint8_t signer = 1, Height timeout = {}) {
  Tx tx = *entry(nonce, signer).tx;
  tx.fee = {Denom::uakt, {fee}};
  tx.timeout_height = timeout;
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

TEST(Mempool, TheBestFeePerByteGoesFirst) {
  Mempool pool;
  ASSERT_EQ(pool.add(paying(1, 10, 1)), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 30, 2)), Refusal::none);
  ASSERT_EQ(pool.add(paying(3, 20, 3)), Refusal::none);
  ASSERT_EQ(pool.add(paying(4, 30, 4)), Refusal::none);
  EXPECT_EQ(nonces(pool.select(10, 1 << 20)), (std::vector<std::uint64_t>{2, 4, 3, 1}))
      << "equals by arrival";
  Tx large = *entry(5, 5, 9).tx;
  large.fee = {Denom::uakt, {31}};
  ASSERT_EQ(pool.add({ActorId{5}, std::make_shared<const Tx>(large)}), Refusal::none);
  EXPECT_EQ(nonces(pool.select(10, 1 << 20)).back(), 5u) << "31 uakt for many bytes is little";
}

TEST(Mempool, FeesInOtherDenominationsCountAsNothing) {
  Mempool pool;
  Mempool::Entry uact = paying(1, 0);
  Tx tx = *uact.tx;
  tx.fee = {Denom::uact, {1'000'000}};
  ASSERT_EQ(pool.add({ActorId{1}, std::make_shared<const Tx>(tx)}), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 1, 2)), Refusal::none);
  EXPECT_EQ(nonces(pool.select(10, 1 << 20)), (std::vector<std::uint64_t>{2, 1}));
}

TEST(Mempool, TheTransactionsOfOneAccountStayInOrder) {
  Mempool pool;
  ASSERT_EQ(pool.add(paying(1, 10, 1)), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 90, 1)), Refusal::none);
  ASSERT_EQ(pool.add(paying(3, 50, 2)), Refusal::none);
  ASSERT_EQ(pool.add(paying(4, 60, 2)), Refusal::none);
  ASSERT_EQ(pool.add(paying(5, 40, 2)), Refusal::none);
  EXPECT_EQ(nonces(pool.select(10, 1 << 20)), (std::vector<std::uint64_t>{3, 4, 5, 1, 2}));
}

TEST(Mempool, WhoWasHeldBackMovesUpWhenTheOneBeforeIsGone) {
  Mempool pool;
  const auto held_up = paying(1, 10, 1);
  ASSERT_EQ(pool.add(held_up), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 90, 1)), Refusal::none);
  ASSERT_EQ(pool.add(paying(3, 50, 2)), Refusal::none);
  ASSERT_TRUE(pool.remove(*held_up.tx, true));
  EXPECT_EQ(nonces(pool.select(10, 1 << 20)), (std::vector<std::uint64_t>{2, 3}));
}

TEST(Mempool, SelectedTransactionsStayUntilTheyAreDecided) {
  Mempool pool;
  for (std::uint64_t n = 1; n <= 3; ++n) ASSERT_EQ(pool.add(entry(n)), Refusal::none);
  const auto proposed = pool.select(2, 1 << 20);
  EXPECT_EQ(nonces(proposed), (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(nonces(pool.select(2, 1 << 20)), nonces(proposed));
  EXPECT_EQ(pool.select(0, 1 << 20).size(), 0u);
  const auto first = pool.remove(*proposed[0].tx, true);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->from, ActorId{1});
  EXPECT_EQ(nonces(pool.select(9, 1 << 20)), (std::vector<std::uint64_t>{2, 3}));
  EXPECT_FALSE(pool.remove(*proposed[0].tx, true)) << "gone already";
}

TEST(Mempool, OneThatNoBlockCanHoldDoesNotStopTheOthers) {
  const std::size_t one = approximate_bytes(*entry(1).tx);
  Mempool pool;
  ASSERT_EQ(pool.add(entry(1, 1, 9)), Refusal::none);
  ASSERT_EQ(pool.add(entry(2, 1)), Refusal::none);
  ASSERT_EQ(pool.add(entry(3, 2)), Refusal::none);
  EXPECT_EQ(nonces(pool.select(10, one)), (std::vector<std::uint64_t>{3}))
      << "but its account waits behind it";
  EXPECT_EQ(nonces(pool.select(10, 1 << 20)), (std::vector<std::uint64_t>{1, 2, 3}));
}

TEST(Mempool, WhenFullABetterPayerDrivesOutTheWorst) {
  Mempool pool({.tx_count_max = 3});
  std::vector<Mempool::Entry> evicted;
  ASSERT_EQ(pool.add(paying(1, 20, 1), &evicted), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 10, 2), &evicted), Refusal::none);
  ASSERT_EQ(pool.add(paying(3, 10, 3), &evicted), Refusal::none);
  EXPECT_EQ(pool.add(paying(4, 10, 4), &evicted), Refusal::full) << "no better than the worst";
  EXPECT_EQ(pool.add(paying(5, 30, 5)), Refusal::full) << "nobody could be told";
  EXPECT_TRUE(evicted.empty());
  EXPECT_EQ(pool.add(paying(6, 11, 6), &evicted), Refusal::none);
  ASSERT_EQ(nonces(evicted), (std::vector<std::uint64_t>{3})) << "of equals the last to come";
  EXPECT_EQ(evicted[0].from, ActorId{3});
  EXPECT_EQ(nonces(pool.select(9, 1 << 20)), (std::vector<std::uint64_t>{1, 6, 2}));
  EXPECT_EQ(pool.add(evicted[0]), Refusal::full) << "it is not remembered as seen";
}

TEST(Mempool, NobodyIsDrivenOutIfThatIsNotEnough) {
  const std::size_t one = approximate_bytes(*entry(1).tx);
  Mempool pool({.byte_count_max = 3 * one});
  std::vector<Mempool::Entry> evicted;
  ASSERT_EQ(pool.add(paying(1, 100, 1), &evicted), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 100, 2), &evicted), Refusal::none);
  ASSERT_EQ(pool.add(paying(3, 1, 3), &evicted), Refusal::none);
  Mempool::Entry large = paying(4, 50, 4);
  large.encoded = std::make_shared<const Bytes>(2 * one);
  EXPECT_EQ(pool.add(large, &evicted), Refusal::full);
  EXPECT_TRUE(evicted.empty());
  large.encoded = std::make_shared<const Bytes>(one);
  EXPECT_EQ(pool.add(large, &evicted), Refusal::none);
  EXPECT_EQ(nonces(evicted), (std::vector<std::uint64_t>{3}));
  EXPECT_EQ(pool.byte_count(), 3 * one);
}

TEST(Mempool, AnAccountDoesNotDriveOutItself) {
  Mempool pool({.tx_count_max = 2});
  std::vector<Mempool::Entry> evicted;
  ASSERT_EQ(pool.add(paying(1, 1, 1), &evicted), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 5, 1), &evicted), Refusal::none);
  EXPECT_EQ(pool.add(paying(3, 9, 1), &evicted), Refusal::full) << "it would wait behind the worst";
}

TEST(Mempool, ATransactionIsTakenOnlyOnce) {
  Mempool pool({.seen_count_max = 2});
  const auto first = entry(1);
  ASSERT_EQ(pool.add(first), Refusal::none);
  EXPECT_EQ(pool.add(first), Refusal::seen) << "it waits";
  EXPECT_EQ(pool.add(entry(1)), Refusal::seen) << "an equal one is the same";
  EXPECT_EQ(pool.add(paying(1, 5)), Refusal::none) << "another fee is another transaction";
  ASSERT_TRUE(pool.remove(*first.tx, true));
  EXPECT_EQ(pool.add(first), Refusal::seen) << "it was decided";
  EXPECT_EQ(pool.add(paying(1, 5)), Refusal::seen) << "and the other one waits on";
  EXPECT_FALSE(pool.remove(*entry(2).tx, true)) << "decided without having been here";
  EXPECT_EQ(pool.add(entry(2)), Refusal::seen);
  EXPECT_FALSE(pool.remove(*entry(3).tx, true));
  EXPECT_EQ(pool.add(first), Refusal::none) << "only the last two are remembered";
  ASSERT_TRUE(pool.remove(*first.tx, false));
  EXPECT_EQ(pool.add(first), Refusal::none) << "what failed may come again";
}

TEST(Mempool, AfterItsTimeToLiveOneIsGivenBack) {
  Mempool pool({.ttl_blocks = {10}, .ttl = std::chrono::minutes(1)});
  const Time start(std::chrono::hours(1));
  const auto at = [&](std::uint64_t nonce, Height next, Duration since) {
    Mempool::Entry e = entry(nonce);
    e.next_height = next;
    e.at = start + since;
    return e;
  };
  ASSERT_EQ(pool.add(at(1, {5}, {})), Refusal::none);
  ASSERT_EQ(pool.add(at(2, {6}, std::chrono::seconds(30))), Refusal::none);
  EXPECT_TRUE(pool.expire({15}, start + std::chrono::minutes(1)).empty()) << "at the bound";
  EXPECT_EQ(nonces(pool.expire({16}, start + std::chrono::minutes(1))), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(nonces(pool.expire({16}, start + std::chrono::seconds(91))), (std::vector<std::uint64_t>{2}));
  EXPECT_TRUE(pool.empty());
  EXPECT_EQ(pool.add(at(1, {17}, std::chrono::minutes(2))), Refusal::none) << "it may come again";
}

TEST(Mempool, ATimeoutHeightIsTheLastBlockThatMayHoldIt) {
  Mempool pool;
  Mempool::Entry late = paying(1, 0, 1, {9});
  late.next_height = {10};
  EXPECT_EQ(pool.add(late), Refusal::timed_out);
  late.next_height = {9};
  EXPECT_EQ(pool.add(late), Refusal::none);
  ASSERT_EQ(pool.add(paying(2, 0, 2)), Refusal::none);
  EXPECT_TRUE(pool.expire({9}, Time{}).empty());
  EXPECT_EQ(nonces(pool.expire({10}, Time{})), (std::vector<std::uint64_t>{1}));
  EXPECT_EQ(pool.tx_count(), 1u);
}

TEST(Mempool, RecheckRemovesWhatNoLongerHolds) {
  Mempool pool;
  for (std::uint64_t n = 1; n <= 6; ++n) ASSERT_EQ(pool.add(entry(n)), Refusal::none);
  const auto gone = pool.recheck([](const Mempool::Entry& e) { return e.tx->nonce % 3 != 0; });
  EXPECT_EQ(nonces(gone), (std::vector<std::uint64_t>{3, 6}));
  EXPECT_EQ(nonces(pool.select(9, 1 << 20)), (std::vector<std::uint64_t>{1, 2, 4, 5}));
}

TEST(Mempool, RemembersWhoBroughtWhatInOrderOfArrival) {
  Mempool pool;
  Mempool::Entry gossiped = paying(2, 9, 2);
  gossiped.source = Mempool::Source::peer;
  ASSERT_EQ(pool.add(entry(1)), Refusal::none);
  ASSERT_EQ(pool.add(gossiped), Refusal::none);
  std::vector<std::pair<std::uint64_t, Mempool::Source>> seen;
  pool.for_each([&](const Mempool::Entry& e) { seen.emplace_back(e.tx->nonce, e.source); });
  EXPECT_EQ(seen, (std::vector<std::pair<std::uint64_t, Mempool::Source>>{{1, Mempool::Source::client},
                                                                          {2, Mempool::Source::peer}}));
}

// Market runs rest on it: without fees the pool does what a bounded queue does, refusals included.
TEST(Mempool, WithoutFeesItIsABoundedQueue) {
  const std::size_t one = approximate_bytes(*entry(1).tx);
  Rng rng(3, ActorId{0}, Purpose::test, 0);
  Mempool pool({.tx_count_max = 30, .byte_count_max = 40 * one, .per_account_count_max = 9});
  std::vector<Mempool::Entry> queue;
  std::size_t bytes = 0;
  for (std::uint64_t nonce = 1; nonce <= 20'000; ++nonce) {
    const auto fresh = entry(nonce, static_cast<std::uint8_t>(rng.below(7)), 1 + rng.below(3));
    const std::size_t size = approximate_bytes(*fresh.tx);
    const auto of_account = std::ranges::count_if(
        queue, [&](const Mempool::Entry& e) { return e.tx->signer == fresh.tx->signer; });
    const bool fits = queue.size() < 30 && bytes + size <= 40 * one && of_account < 9;
    std::vector<Mempool::Entry> evicted;
    ASSERT_EQ(pool.add(fresh, &evicted), fits ? Refusal::none : Refusal::full);
    ASSERT_TRUE(evicted.empty());
    if (fits) queue.push_back(fresh), bytes += size;
    if (rng.below(8) != 0) continue;
    const auto taken = nonces(pool.take(rng.below(12), one * rng.below(20)));
    for (const std::uint64_t next : taken) {
      ASSERT_FALSE(queue.empty());
      ASSERT_EQ(next, queue.front().tx->nonce);
      bytes -= approximate_bytes(*queue.front().tx);
      queue.erase(queue.begin());
    }
  }
}

/// The order by its definition: each as good as the worst of its account up to it, then by arrival.
std::vector<std::uint64_t> order_by_definition(const Mempool& pool) {
  struct Item {
    std::int64_t fee;
    std::size_t arrival;
    std::uint64_t nonce;
  };
  std::map<Address, std::int64_t> worst;
  std::vector<Item> items;
  pool.for_each([&](const Mempool::Entry& e) {
    auto& fee = worst.try_emplace(e.tx->signer, e.tx->fee.amount.micro).first->second;
    fee = std::min(fee, e.tx->fee.amount.micro);
    items.push_back({fee, items.size(), e.tx->nonce});
  });
  std::ranges::sort(items, [](const Item& a, const Item& b) {
    return a.fee != b.fee ? a.fee > b.fee : a.arrival < b.arrival;
  });
  std::vector<std::uint64_t> out;
  for (const Item& item : items) out.push_back(item.nonce);
  return out;
}

TEST(Mempool, UnderRandomUseItKeepsItsOrderAndItsBounds) {
  const std::size_t one = approximate_bytes(*entry(1).tx);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Rng rng(seed, ActorId{0}, Purpose::test, 0);
    Mempool pool({.tx_count_max = 40, .byte_count_max = 35 * one, .per_account_count_max = 12});
    std::map<std::uint64_t, Mempool::Entry> waiting;
    const auto forget = [&](const std::vector<Mempool::Entry>& gone) {
      for (const auto& e : gone) ASSERT_EQ(waiting.erase(e.tx->nonce), 1u);
    };
    for (std::uint64_t nonce = 1; nonce <= 1'500; ++nonce) {
      std::vector<Mempool::Entry> evicted;
      const auto fresh =
          paying(nonce, static_cast<std::int64_t>(rng.below(8)), static_cast<std::uint8_t>(rng.below(6)),
                 {static_cast<std::int64_t>(rng.below(3) * 2'000)});
      if (pool.add(fresh, &evicted) == Refusal::none) {
        forget(evicted);
        waiting.emplace(nonce, fresh);
      } else {
        ASSERT_TRUE(evicted.empty());
      }
      if (rng.below(10) == 0) forget(pool.take(rng.below(6), 1 << 20));
      if (rng.below(10) == 0 && !waiting.empty()) {
        const auto chosen =
            std::next(waiting.begin(), static_cast<std::ptrdiff_t>(rng.below(waiting.size())));
        ASSERT_TRUE(pool.remove(*chosen->second.tx, rng.below(2) == 0));
        waiting.erase(chosen);
      }
      if (rng.below(100) == 0)
        forget(pool.recheck([&](const Mempool::Entry& e) { return e.tx->nonce % 3 != seed % 3; }));
      const Mempool copy = pool;
      ASSERT_EQ(nonces(copy.select(100, 1 << 20)), order_by_definition(pool));
      ASSERT_EQ(pool.tx_count(), waiting.size());
      ASSERT_EQ(pool.byte_count(), waiting.size() * one);
      ASSERT_LE(pool.byte_count(), 35 * one);
    }
    forget(pool.expire({10'000}, Time{}));
    for (const auto& [nonce, e] : waiting) ASSERT_EQ(e.tx->timeout_height, Height{});
  }
}

// Codes of codespace sdk, akash-chain.md section 8.1.
TEST(Mempool, RefusalsCarryTheCodesOfTheSdk) {
  EXPECT_EQ(static_cast<std::uint32_t>(Refusal::seen), 19u);
  EXPECT_EQ(static_cast<std::uint32_t>(Refusal::full), 20u);
  EXPECT_EQ(static_cast<std::uint32_t>(Refusal::too_large), 21u);
  EXPECT_EQ(static_cast<std::uint32_t>(Refusal::timed_out), 30u);
}

}  // namespace
}  // namespace souk
