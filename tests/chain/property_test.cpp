#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <string>

#include "tests/chain/random_workload.hpp"

// Random transaction sequences: issue 2, "Shown by". SOUK_PROPERTY_SEEDS scales the number of seeds (200
// unless told), for slow builds.
namespace souk::test {
namespace {

std::uint64_t seed_count(std::uint64_t otherwise) {
  const char* text = std::getenv("SOUK_PROPERTY_SEEDS");
  if (text == nullptr) return otherwise;
  const std::uint64_t wanted = std::strtoull(text, nullptr, 10);
  return std::max<std::uint64_t>(1, otherwise * wanted / 200);
}

/// What each party owns, told from genesis and the transfers in the events alone.
class Bookkeeper {
 public:
  explicit Bookkeeper(const Ledger& ledger) {
    for (std::uint8_t i = 1; i <= 40; ++i) watch(party(i), ledger);
    for (const char* module : {"escrow", "fee_collector", "distribution"})
      watch(module_address(module), ledger);
  }
  void book(const std::vector<ChainEvent>& events) {
    for (const ChainEvent& event : events) {
      const auto* transfer = std::get_if<EventTransfer>(&event);
      if (transfer == nullptr) continue;
      purse(transfer->from, transfer->amount.denom) -= transfer->amount.amount;
      purse(transfer->to, transfer->amount.denom) += transfer->amount.amount;
    }
  }
  void expect_agreement(const Ledger& ledger) const {
    for (const auto& [address, balances] : purses_) {
      for (const Denom denom : all_denoms)
        ASSERT_EQ(ledger.balance(address, denom), balances[static_cast<std::size_t>(denom)])
            << to_bech32(address);
    }
  }

 private:
  void watch(const Address& address, const Ledger& ledger) {
    for (const Denom denom : all_denoms) purse(address, denom) = ledger.balance(address, denom);
  }
  Amount& purse(const Address& address, Denom denom) {
    return purses_[address][static_cast<std::size_t>(denom)];
  }
  std::map<Address, std::array<Amount, denom_count>> purses_;
};

class RandomTransactions : public ::testing::TestWithParam<std::uint64_t> {};

/// A tenth of the seeds each, so that the parts can run side by side.
TEST_P(RandomTransactions, TenThousandStepsHoldTheInvariants) {
  constexpr int steps = 10'000;
  const std::uint64_t seeds = seed_count(200);
  std::size_t accepted = 0;
  for (std::uint64_t seed = GetParam(); seed < seeds; seed += 10) {
    RandomWorkload work(seed);
    Bookkeeper books(work.ledger);
    for (int i = 0; i < steps; ++i) {
      work.step();
      books.book(work.events);
      if (i % 100 != 0 && i + 1 != steps) continue;
      const auto sound = work.ledger.check_invariants();
      ASSERT_TRUE(sound.has_value()) << "seed " << seed << " (" << work.describe() << ") step " << i << ": "
                                     << sound.error().message;
    }
    books.expect_agreement(work.ledger);
    ASSERT_GT(work.accepted_count, static_cast<std::size_t>(steps / 8)) << "seed " << seed;
    ASSERT_GT(work.rejected_count, static_cast<std::size_t>(steps / 8)) << "seed " << seed;
    accepted += work.accepted_count;
  }
  RecordProperty("accepted", static_cast<int>(accepted));
}

INSTANTIATE_TEST_SUITE_P(Tenths, RandomTransactions, ::testing::Range<std::uint64_t>(0, 10));

TEST(RejectedTransaction, ChangesNothing) {
  const std::uint64_t seeds = seed_count(200);
  std::size_t rejected = 0;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    RandomWorkload work(1000 + seed);
    work.pays_fees = false;
    Hash before = work.ledger.state_hash();
    for (int i = 0; i < 250; ++i) {
      const bool accepted = work.step().ok();
      const Hash after = work.ledger.state_hash();
      rejected += accepted ? 0 : 1;
      if (!accepted) {
        ASSERT_EQ(after, before) << "seed " << seed << " (" << work.describe() << ") step " << i;
        ASSERT_TRUE(work.events.empty());
      }
      before = after;
    }
  }
  EXPECT_GT(rejected, 50 * seeds);
}

TEST(StateHash, DoesNotDependOnTheOrderOfIndependentTransactions) {
  const auto build = [](bool reversed) {
    std::vector<GenesisBalance> balances;
    for (std::uint8_t i = 1; i <= 9; ++i)
      balances.push_back({party(i), {uakt(10'000'000), uact(10'000'000)}});
    if (reversed) std::reverse(balances.begin(), balances.end());
    Ledger ledger(ChainParams{}, balances);
    ledger.begin_block({{5}, Time(std::chrono::seconds(30))});
    std::vector<ChainEvent> events;
    for (std::uint8_t i = 0; i < 9; ++i) {
      const std::uint8_t who = reversed ? static_cast<std::uint8_t>(9 - i) : static_cast<std::uint8_t>(1 + i);
      Tx tx;
      tx.signer = party(who);
      tx.msgs = {provider_msg(party(who)), create_msg({party(who), 77}, uact(500'000), 2)};
      EXPECT_TRUE(ledger.deliver(tx, events).ok());
    }
    return ledger.state_hash();
  };
  EXPECT_EQ(build(false), build(true));
}

TEST(StateHash, SeesOneMicroUnit) {
  const auto hash = [](std::int64_t micro) {
    return Ledger(ChainParams{}, {{party(1), {uact(micro)}}}).state_hash();
  };
  EXPECT_NE(hash(5), hash(6));
}

TEST(Ledger, ACopyGoesItsOwnWay) {
  RandomWorkload work(3);
  for (int i = 0; i < 300; ++i) work.step();
  const Hash before = work.ledger.state_hash();
  const Ledger copy = work.ledger;
  for (int i = 0; i < 300; ++i) work.step();
  EXPECT_EQ(copy.state_hash(), before);
  EXPECT_NE(work.ledger.state_hash(), before);
}

}  // namespace
}  // namespace souk::test
