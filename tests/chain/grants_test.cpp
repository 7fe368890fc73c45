#include "actors/chain/authz.hpp"
#include "actors/chain/feegrant.hpp"
#include "actors/chain/msg_type.hpp"
#include "tests/chain/stake_fixture.hpp"

// Section 8.7: what one account lets another do, and the fees one pays for another.
namespace souk::test {
namespace {

const Address granter = account(1);
const Address grantee = account(2);
constexpr const char* send_type = "/cosmos.bank.v1beta1.MsgSend";

/// A ledger that carries out bank transfers, votes (which it only counts) and executions.
class AuthzTest : public StakeModules, public MsgRunner {
 protected:
  Verdict run(const Msg& msg, Execution& x) override {
    if (const auto* send = std::get_if<MsgSend>(&msg)) return bank.send(*send, {}, x.block.time, x.events);
    const StakeMsg& inner = std::get<StakeMsg>(msg);
    if (const auto* nested = std::get_if<MsgExec>(&inner)) return authz.exec(*nested, *this, x);
    ++others;
    return accepted();
  }
  Verdict run_all(const MsgList&, Execution&, std::size_t&) override { return accepted(); }

  std::string grant(Authorization authorization, std::optional<Time> expiration = {}) {
    Execution x = exec();
    return text_of(authz.grant({granter, grantee, std::move(authorization), expiration}, x));
  }
  std::string run_as(const Address& who, std::vector<Msg> msgs) {
    Execution x = exec();
    return text_of(authz.exec({who, std::make_shared<const MsgList>(MsgList{std::move(msgs)})}, *this, x));
  }
  static Msg send(std::int64_t micro, std::uint8_t to = 3) {
    return MsgSend{granter, account(to), {akt(micro)}};
  }
  static Msg delegate(std::int64_t micro, std::uint8_t v) {
    return StakeMsg(MsgDelegate{granter, account(v), akt(micro)});
  }
  bool has(const std::string& type) const { return authz.find(granter, grantee, type) != nullptr; }

  Authz authz;
  int others = 0;
};

TEST_F(AuthzTest, WithoutAGrantOnlyOnesOwnMessagesRun) {
  EXPECT_EQ(run_as(grantee, {send(5)}), "authz 2");
  EXPECT_EQ(run_as(granter, {send(5)}), "ok");
  EXPECT_EQ(earned(3), 5);
}

TEST_F(AuthzTest, AGenericGrantLastsUntilRevoked) {
  EXPECT_EQ(grant(GenericAuthorization{send_type}), "ok");
  EXPECT_EQ(run_as(grantee, {send(5), send(6)}), "ok");
  EXPECT_EQ(run_as(grantee, {delegate(5, 1)}), "authz 2");  // another type
  Execution x = exec();
  EXPECT_EQ(text_of(authz.revoke({granter, grantee, send_type}, x)), "ok");
  EXPECT_EQ(text_of(authz.revoke({granter, grantee, send_type}, x)), "authz 2");
  EXPECT_EQ(run_as(grantee, {send(5)}), "authz 2");
  EXPECT_EQ(earned(3), 11);
}

TEST_F(AuthzTest, OnlyTypesThatExistCanBeGranted) {
  EXPECT_EQ(grant(GenericAuthorization{"/cosmos.bank.v1beta1.MsgSned"}), "sdk 29");
  EXPECT_TRUE(is_msg_type("/akash.market.v1beta5.MsgCreateBid"));
  EXPECT_TRUE(is_msg_type("/cosmos.gov.v1.MsgVote"));
}

TEST_F(AuthzTest, ASendGrantIsUsedUp) {
  EXPECT_EQ(grant(SendAuthorization{{akt(10)}, {}}), "ok");
  EXPECT_EQ(run_as(grantee, {send(4)}), "ok");
  EXPECT_EQ(run_as(grantee, {send(7)}), "sdk 5");
  EXPECT_EQ(run_as(grantee, {MsgSend{granter, account(3), {{Denom::uusdc, {1}}}}}), "sdk 5");
  EXPECT_EQ(run_as(grantee, {send(6)}), "ok");
  EXPECT_FALSE(has(send_type));
  EXPECT_TRUE(std::holds_alternative<EventRevoke>(std::get<StakeEvent>(events[events.size() - 2])));
  EXPECT_EQ(earned(3), 10);
}

TEST_F(AuthzTest, ASendGrantMayNameItsRecipients) {
  EXPECT_EQ(grant(SendAuthorization{{akt(10)}, {account(4)}}), "ok");
  EXPECT_EQ(run_as(grantee, {send(1, 3)}), "sdk 4");
  EXPECT_EQ(run_as(grantee, {send(1, 4)}), "ok");
}

TEST_F(AuthzTest, AStakeGrantHasALimitAndAList) {
  StakeAuthorization a;
  a.max_tokens = akt(100);
  a.allow_list = {account(7), account(8)};
  EXPECT_EQ(grant(a), "ok");
  EXPECT_EQ(run_as(grantee, {delegate(10, 9)}), "sdk 4");
  EXPECT_EQ(run_as(grantee, {delegate(101, 7)}), "undefined 1");
  EXPECT_EQ(run_as(grantee, {delegate(60, 7)}), "ok");
  EXPECT_EQ(run_as(grantee, {delegate(41, 8)}), "undefined 1");
  EXPECT_EQ(run_as(grantee, {delegate(40, 8)}), "ok");
  EXPECT_FALSE(has("/cosmos.staking.v1beta1.MsgDelegate"));
  EXPECT_EQ(others, 2);
}

TEST_F(AuthzTest, EachStakeGrantIsForItsMessageAndAsksItsDenyList) {
  const std::vector<std::pair<StakeAuthorizationType, StakeMsg>> all{
      {StakeAuthorizationType::delegate, MsgDelegate{granter, account(7), akt(1)}},
      {StakeAuthorizationType::undelegate, MsgUndelegate{granter, account(7), akt(1)}},
      {StakeAuthorizationType::redelegate, MsgBeginRedelegate{granter, account(6), account(7), akt(1)}},
      {StakeAuthorizationType::cancel_unbonding,
       MsgCancelUnbondingDelegation{granter, account(7), akt(1), {1}}}};
  for (const auto& [type, msg] : all) {
    EXPECT_EQ(run_as(grantee, {msg}), "authz 2");
    EXPECT_EQ(grant(StakeAuthorization{{}, {}, {account(7)}, type}), "ok");
    EXPECT_EQ(run_as(grantee, {msg}), "sdk 4");
    EXPECT_EQ(grant(StakeAuthorization{{}, {}, {account(9)}, type}), "ok");
    EXPECT_EQ(run_as(grantee, {msg, msg}), "ok");  // no limit
  }
}

TEST_F(AuthzTest, AGrantEndsAtItsExpiration) {
  const Time end = block.time + std::chrono::seconds(60);
  EXPECT_EQ(grant(GenericAuthorization{send_type}, block.time), "authz 3");
  EXPECT_EQ(grant(GenericAuthorization{send_type}, end), "ok");
  EXPECT_EQ(authz.next_expiration(), end);
  block.time = end;
  EXPECT_EQ(run_as(grantee, {send(1)}), "ok");
  block.time = end + std::chrono::nanoseconds(1);
  EXPECT_EQ(run_as(grantee, {send(1)}), "authz 6");
  authz.begin_block(end - std::chrono::nanoseconds(1));
  EXPECT_TRUE(has(send_type));
  authz.begin_block(end);
  EXPECT_FALSE(has(send_type));
  EXPECT_EQ(authz.next_expiration(), time_max);
}

TEST_F(AuthzTest, ANewGrantReplacesTheOldOneAndItsExpiration) {
  EXPECT_EQ(grant(GenericAuthorization{send_type}, block.time + std::chrono::seconds(60)), "ok");
  EXPECT_EQ(grant(SendAuthorization{{akt(1)}, {}}), "ok");
  EXPECT_EQ(authz.next_expiration(), time_max);
  EXPECT_EQ(run_as(grantee, {send(2)}), "sdk 5");
}

TEST_F(AuthzTest, ExecutionsNestWithAGrantAtEachStep) {
  // 2 runs, for 1, an execution in which 1 sends for 4.
  const Msg inner = MsgSend{account(4), account(3), {akt(8)}};
  const Msg middle = StakeMsg(MsgExec{granter, std::make_shared<const MsgList>(MsgList{{inner}})});
  EXPECT_EQ(run_as(grantee, {middle}), "authz 2");
  EXPECT_EQ(grant(GenericAuthorization{"/cosmos.authz.v1beta1.MsgExec"}), "ok");
  EXPECT_EQ(run_as(grantee, {middle}), "authz 2");
  Execution x = exec();
  EXPECT_EQ(text_of(authz.grant({account(4), granter, GenericAuthorization{send_type}, {}}, x)), "ok");
  EXPECT_EQ(run_as(grantee, {middle}), "ok");
  EXPECT_EQ(earned(4), -8);
}

TEST_F(AuthzTest, AnErrorOfAnInnerMessageIsTheAnswer) {
  EXPECT_EQ(grant(GenericAuthorization{send_type}), "ok");
  EXPECT_EQ(run_as(grantee, {send(purse + 1)}), "sdk 5");
  EXPECT_EQ(run_as(grantee, {MsgSend{granter, module_address("gov"), {akt(1)}}}), "sdk 4");
}

TEST_F(AuthzTest, ATransactionThatFailsLeavesNoTrace) {
  EXPECT_EQ(grant(SendAuthorization{{akt(10)}, {}}, block.time + std::chrono::seconds(9)), "ok");
  std::vector<std::uint8_t> before;
  authz.append_state(before);
  bank.begin();
  authz.begin_tx();
  EXPECT_EQ(run_as(grantee, {send(10)}), "ok");
  EXPECT_EQ(grant(GenericAuthorization{send_type}), "ok");
  bank.rollback();
  authz.rollback();
  std::vector<std::uint8_t> after;
  authz.append_state(after);
  EXPECT_EQ(before, after);
  EXPECT_EQ(authz.next_expiration(), block.time + std::chrono::seconds(9));
}

// ---- feegrant

class FeegrantTest : public StakeModules {
 protected:
  std::string grant(FeeAllowance allowance) {
    Execution x = exec();
    return text_of(feegrant.grant({granter, grantee, std::move(allowance)}, x));
  }
  std::string use(std::int64_t micro, const std::vector<Msg>& msgs = {}) {
    Execution x = exec();
    return text_of(feegrant.use(granter, grantee, akt(micro), msgs, x));
  }
  bool there() const { return feegrant.find(granter, grantee) != nullptr; }
  void wait(std::int64_t seconds) { block.time += std::chrono::seconds(seconds); }

  Feegrant feegrant;
};

TEST_F(FeegrantTest, AnUnlimitedAllowanceLastsUntilRevoked) {
  EXPECT_EQ(use(1), "sdk 38");
  EXPECT_EQ(grant({}), "ok");
  EXPECT_EQ(grant({}), "sdk 18");  // one at a time
  EXPECT_EQ(use(1'000'000'000), "ok");
  Execution x = exec();
  EXPECT_EQ(text_of(feegrant.revoke({granter, grantee}, x)), "ok");
  EXPECT_EQ(text_of(feegrant.revoke({granter, grantee}, x)), "sdk 38");
  EXPECT_EQ(use(1), "sdk 38");
}

TEST_F(FeegrantTest, AnExhaustedAllowanceGoes) {
  FeeAllowance a;
  a.spend_limit = {akt(100)};
  EXPECT_EQ(grant(a), "ok");
  EXPECT_EQ(use(101), "feegrant 2");
  EXPECT_EQ(use(60), "ok");
  EXPECT_EQ(use(41), "feegrant 2");
  EXPECT_EQ(use(40), "ok");
  EXPECT_FALSE(there());
}

TEST_F(FeegrantTest, AnAllowanceExpires) {
  FeeAllowance a;
  a.expiration = block.time - std::chrono::seconds(1);
  EXPECT_EQ(grant(a), "sdk 18");
  a.expiration = block.time + std::chrono::seconds(10);
  EXPECT_EQ(grant(a), "ok");
  wait(10);
  EXPECT_EQ(use(1), "ok");
  wait(1);
  EXPECT_EQ(use(1), "feegrant 3");
  feegrant.end_block(block.time);
  EXPECT_FALSE(there());
}

TEST_F(FeegrantTest, APeriodHasItsOwnLimit) {
  FeeAllowance a;
  a.spend_limit = {akt(250)};
  a.periodic = PeriodicLimit{std::chrono::seconds(100), {akt(100)}};
  EXPECT_EQ(grant(a), "ok");
  EXPECT_EQ(use(100), "ok");
  EXPECT_EQ(use(1), "feegrant 2");
  wait(99);
  EXPECT_EQ(use(1), "feegrant 2");
  wait(1);
  EXPECT_EQ(use(90), "ok");          // unused 10 do not carry over
  wait(1000);                        // far beyond: the next period counts from now
  EXPECT_EQ(use(61), "feegrant 2");  // only 60 are left of all
  EXPECT_EQ(use(10), "ok");
  EXPECT_EQ(feegrant.find(granter, grantee)->period_reset, block.time + std::chrono::seconds(100));
  EXPECT_EQ(use(50), "ok");
  EXPECT_FALSE(there());
}

TEST_F(FeegrantTest, PeriodsFollowEachOtherWhileUsed) {
  FeeAllowance a;
  a.periodic = PeriodicLimit{std::chrono::seconds(100), {akt(100)}};
  EXPECT_EQ(grant(a), "ok");
  const Time start = block.time;
  wait(150);
  EXPECT_EQ(use(100), "ok");
  EXPECT_EQ(feegrant.find(granter, grantee)->period_reset, start + std::chrono::seconds(200));
}

TEST_F(FeegrantTest, AnAllowanceMayNameItsMessages) {
  FeeAllowance a;
  a.allowed_messages = {send_type};
  EXPECT_EQ(grant(a), "ok");
  const Msg send = MsgSend{granter, account(3), {akt(1)}};
  const Msg vote = StakeMsg(MsgVote{1, grantee, {{VoteOption::yes, Dec::from_int(1)}}});
  EXPECT_EQ(use(1, {send, send}), "ok");
  EXPECT_EQ(use(1, {send, vote}), "feegrant 7");
}

TEST_F(FeegrantTest, EachUseIsTold) {
  FeeAllowance a;
  a.spend_limit = {akt(10)};
  EXPECT_EQ(grant(a), "ok");
  EXPECT_EQ(use(4), "ok");
  EXPECT_EQ(use(6), "ok");
  std::vector<std::size_t> kinds;
  for (const ChainEvent& event : events) kinds.push_back(std::get<StakeEvent>(event).index());
  const std::vector<std::size_t> expected{
      StakeEvent(EventSetFeeGrant{}).index(), StakeEvent(EventUseFeeGrant{}).index(),
      StakeEvent(EventUpdateFeeGrant{}).index(), StakeEvent(EventRevokeFeeGrant{}).index(),
      StakeEvent(EventUseFeeGrant{}).index()};
  EXPECT_EQ(kinds, expected);
}

TEST_F(FeegrantTest, NothingIsTakenIfTheAnswerIsNo) {
  FeeAllowance a;
  a.spend_limit = {akt(50)};
  a.periodic = PeriodicLimit{std::chrono::seconds(100), {akt(50)}};
  EXPECT_EQ(grant(a), "ok");
  std::vector<std::uint8_t> before;
  feegrant.append_state(before);
  EXPECT_EQ(use(51), "feegrant 2");
  feegrant.begin_tx();
  EXPECT_EQ(use(50), "ok");
  feegrant.rollback();
  std::vector<std::uint8_t> after;
  feegrant.append_state(after);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace souk::test
