#include "actors/auditor.hpp"

#include <gtest/gtest.h>

#include "tests/actors/orders.hpp"

namespace souk {
namespace {

using test::account;

const Address auditor = account(50);
const Address client = account(1);
const Address stranger = account(2);
const Attributes region{{"region", "eu"}};

struct Desk {
  Auditor actor{AuditorConfig{auditor, {account(9), client}, {Denom::uakt, {5'000}}}};

  /// What it submits upon a chain event.
  std::vector<SharedTx> hear(ChainEvent event) {
    Effects out;
    actor.on(ChainNotice{Height{1}, Time{}, std::move(event)}, Context{Time{}, ActorId{3}, 1, false}, out);
    std::vector<SharedTx> txs;
    for (const Effect& effect : out) txs.push_back(std::get<SubmitTx>(effect).tx);
    return txs;
  }
};

std::shared_ptr<const Attributes> shared_region() { return std::make_shared<const Attributes>(region); }

TEST(Auditor, SignsWhatAProviderItVouchesForRegisters) {
  Desk desk;
  const auto txs = desk.hear(EventProviderCreated{client, shared_region()});
  ASSERT_EQ(txs.size(), 1u);
  EXPECT_EQ(txs[0]->signer, auditor);
  EXPECT_EQ(txs[0]->fee, (Coin{Denom::uakt, {5'000}}));
  const auto& signature = std::get<MsgSignProviderAttributes>(txs[0]->msgs.at(0));
  EXPECT_EQ(signature.owner, client);
  EXPECT_EQ(signature.auditor, auditor);
  EXPECT_EQ(signature.attributes, region);
}

TEST(Auditor, SignsAgainWhenTheAttributesChange) {
  Desk desk;
  const auto first = desk.hear(EventProviderCreated{client, shared_region()});
  const auto again = desk.hear(EventProviderUpdated{client, shared_region()});
  ASSERT_EQ(again.size(), 1u);
  EXPECT_GT(again[0]->nonce, first.at(0)->nonce) << "every transaction its own nonce";
}

TEST(Auditor, DoesNotSignForStrangersNorWithoutAttributes) {
  Desk desk;
  EXPECT_TRUE(desk.hear(EventProviderCreated{stranger, shared_region()}).empty());
  EXPECT_TRUE(desk.hear(EventProviderUpdated{stranger, shared_region()}).empty());
  EXPECT_TRUE(desk.hear(EventProviderCreated{client, nullptr}).empty());
  EXPECT_TRUE(desk.hear(EventOrderClosed{test::order(1)}).empty());
}

}  // namespace
}  // namespace souk
