#include "tests/chain/codes_fixture.hpp"

// Every error code of akash-chain.md sections 6.1, 6.2 and 8 is provoked by a transaction here, or has the
// reason why none can provoke it.
namespace souk::test {
namespace {

// ---- provider and audit ----

class RegistryCodes : public Codes {};

TEST_F(RegistryCodes, Section6_1AreProvokedOrExplained) {
  using E = ProviderError;
  MsgCreateProvider msg = provider_msg(provider);
  for (const char* uri : {"", "no uri", "provider.example"}) {
    msg.provider.host_uri = uri;
    expect(E::bad_uri, msg);
  }
  for (const char* uri : {"http://a.example", "https://", "https://a.example/path", "https://:8443"}) {
    msg.provider.host_uri = uri;
    expect(E::not_absolute, msg);
  }
  expect(E::attributes, provider_msg(provider, {{"region", "a"}, {"region", "b"}}));
  expect(E::attributes, provider_msg(provider, {{"vendor/*", "a"}}));
  msg = provider_msg(provider);
  msg.provider.website = "not a website";
  expect(E::website, msg);
  expect(E::not_found, MsgUpdateProvider{provider_msg(provider).provider});
  expect(E::not_found, MsgDeleteProvider{provider});
  register_provider(provider);
  expect(E::exists, provider_msg(provider));
  expect(E::not_implemented, MsgDeleteProvider{provider});
  expect_complete<E>({
      {E::bad_address, "an owner is an address, never a text that fails to parse"},
      {E::incompatible_attributes, "an update does not look at leases (section 6.1)"},
      {E::internal, "no rule of section 6.1 uses it"},
  });
}

TEST_F(RegistryCodes, Section6_2AreProvokedOrExplained) {
  using E = AuditError;
  expect(E::provider_not_found, MsgDeleteProviderAttributes{provider, party(3), {}});
  must(MsgSignProviderAttributes{provider, party(3), {{"tier", "gold"}, {"region", "eu"}}});
  expect(E::attribute_not_found, MsgDeleteProviderAttributes{provider, party(3), {"region", "colour"}});
  must(MsgDeleteProviderAttributes{provider, party(3), {"region"}});
  EXPECT_EQ(ledger.audited(provider, party(3))->attributes, (Attributes{{"tier", "gold"}}));
  must(MsgDeleteProviderAttributes{provider, party(3), {}});
  EXPECT_EQ(ledger.audited(provider, party(3)), nullptr);
  expect_complete<E>(
      {{E::invalid_address, "owner and auditor are addresses, never texts that fail to parse"}});
}

// ---- what the SDK answers ----

class SdkCodes : public Codes {};

TEST_F(SdkCodes, TheAnteRefusesAndChangesNothing) {
  Tx tx;
  tx.signer = party(1);
  EXPECT_EQ(text(send(tx)), "sdk 18");
  tx.msgs = {create_msg({party(2), 5}, uact(500'000))};
  EXPECT_EQ(text(send(tx)), "sdk 4");
  tx.msgs = {create_msg(id, uact(500'000))};
  tx.fee = uakt(purse + 1);
  EXPECT_EQ(text(send(tx)), "sdk 5");
  tx.fee = uakt(-1);
  EXPECT_EQ(text(send(tx)), "sdk 10");
  tx.signer = party(200);  // has no account
  tx.fee = uakt(1);
  tx.msgs = {MsgCloseDeployment{{party(200), 5}}};
  EXPECT_EQ(text(send(tx)), "sdk 5");
  EXPECT_TRUE(events.empty());
}

TEST_F(SdkCodes, SendChecksCoinsThenDenominationThenRecipientThenBalance) {
  const auto send_of = [&](std::vector<Coin> coins, Address to) {
    return MsgSend{party(1), to, std::move(coins)};
  };
  expect(SdkError::invalid_coins, send_of({}, party(2)));
  expect(SdkError::invalid_coins, send_of({uakt(0)}, party(2)));
  expect(SdkError::invalid_coins, send_of({uakt(1), uakt(1)}, party(2)));
  expect(BankError::send_disabled, send_of({uact(1)}, module_address("escrow")));
  expect(SdkError::unauthorized, send_of({uakt(purse + 1)}, module_address("escrow")));
  expect(SdkError::insufficient_funds, send_of({uakt(purse + 1)}, party(2)));
  must(send_of({uakt(5)}, party(201)));  // makes the account
  EXPECT_EQ(ledger.balance(party(201), Denom::uakt).micro, 5);
}

TEST_F(SdkCodes, GrantsAreCheckedAsAuthzDoes) {
  const std::vector<EscrowScope> scope{EscrowScope::deployment};
  expect(AuthzError::granter_is_grantee, MsgGrantDeposit{party(1), party(1), scope, {uact(5)}, {}});
  expect(SdkError::invalid_coins, MsgGrantDeposit{party(1), party(2), scope, {}, {}});
  expect(SdkError::invalid_coins, MsgGrantDeposit{party(1), party(2), scope, {uact(0)}, {}});
  expect(AuthzError::invalid_expiration,
         MsgGrantDeposit{party(1), party(2), scope, {uact(5)}, ledger.block().time});
  expect(AuthzError::authorization_not_found, MsgRevokeDeposit{party(1), party(2)});
}

TEST_F(SdkCodes, CodespacesHaveTheirNames) {
  for (const Codespace codespace : enum_values<Codespace>)
    EXPECT_EQ(codespace_name(codespace), codespace == Codespace::none ? "" : enum_name(codespace));
}

}  // namespace
}  // namespace souk::test
