#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "actors/base/enums.hpp"
#include "actors/base/reflect.hpp"
#include "actors/chain/gov.hpp"
#include "actors/chain/params_update.hpp"
#include "tests/chain/stake_fixture.hpp"

namespace souk::test {

/// A governance with one delegation of 100 coins, and a ledger around it that knows parameters and the pool.
class GovTest : public StakeModules, public MsgRunner {
 protected:
  GovTest() {
    params.stake.gov.min_deposit = {akt(1000)};
    params.stake.gov.expedited_min_deposit = {akt(2000)};
    bond(1, {{11, 100}});
    at_second(0);
  }

  // ---- what the ledger does
  Verdict run(const Msg& msg, Execution&) override {
    const StakeMsg& inner = std::get<StakeMsg>(msg);
    if (const auto* update = std::get_if<MsgUpdateParams>(&inner)) return update_params(*update, params);
    Execution x = exec();
    return distribution.spend_community_pool(std::get<MsgCommunityPoolSpend>(inner), bank, x);
  }
  Verdict run_all(const MsgList& msgs, Execution& x, std::size_t& failed) override {
    const auto before = std::tuple(params, bank, distribution, x.events.size());
    for (failed = 0; failed < msgs.msgs.size(); ++failed) {
      if (const Verdict verdict = run(msgs.msgs[failed], x); !verdict.ok()) {
        params = std::get<0>(before);
        bank = std::get<1>(before);
        distribution = std::get<2>(before);
        x.events.resize(std::get<3>(before), ChainEvent(EventTransfer{}));
        return verdict;
      }
    }
    return accepted();
  }

  // ---- the story
  void bond(std::uint8_t v, const std::vector<std::pair<std::uint8_t, std::int64_t>>& delegators,
            bool bonded = true) {
    ValidatorStake of{{}, {}, bonded};
    for (const auto& [who, tokens] : delegators) {
      of.tokens += Amount{tokens};
      of.shares += Dec::from_int(tokens);
      stake.delegations[{account(who), account(v)}] = Dec::from_int(tokens);
    }
    stake.validators[account(v)] = of;
  }
  void at_second(std::int64_t second) {
    block = {{1 + second / 6}, Time(std::chrono::seconds(1'767'225'600 + second))};
    events.clear();
  }
  void end_block() {
    Execution x = exec();
    gov.end_block(stake, bank, *this, x);
    expect_sound();
  }
  void expect_sound() {
    const auto sound = gov.check(bank);
    EXPECT_TRUE(sound.has_value()) << sound.error().message;
  }

  MsgSubmitProposal proposal(std::int64_t deposit, std::vector<Msg> msgs = {}, bool expedited = false) const {
    MsgSubmitProposal msg;
    if (!msgs.empty()) msg.msgs = std::make_shared<const MsgList>(MsgList{std::move(msgs)});
    if (deposit > 0) msg.initial_deposit = {akt(deposit)};
    msg.proposer = account(5);
    msg.title = "title";
    msg.summary = "summary";
    msg.metadata = "about";
    msg.expedited = expedited;
    return msg;
  }
  std::string submit(const MsgSubmitProposal& msg) {
    Execution x = exec();
    return text_of(gov.submit(msg, bank, x));
  }
  /// A proposal in its voting period; returns its id.
  std::uint64_t voting(std::vector<Msg> msgs = {}, bool expedited = false) {
    EXPECT_EQ(submit(proposal(expedited ? 2000 : 1000, std::move(msgs), expedited)), "ok");
    return gov.last_id();
  }
  std::string deposit(std::uint64_t id, std::uint8_t who, Coin coin) {
    Execution x = exec();
    return text_of(gov.deposit({id, account(who), {coin}}, bank, x));
  }
  std::string vote(std::uint64_t id, std::uint8_t who, std::vector<WeightedVote> options) {
    Execution x = exec();
    return text_of(gov.vote({id, account(who), std::move(options)}, x));
  }
  std::string vote(std::uint64_t id, std::uint8_t who, VoteOption option) {
    return vote(id, who, std::vector<WeightedVote>{{option, Dec::from_int(1)}});
  }
  std::string cancel(std::uint64_t id, std::uint8_t who) {
    Execution x = exec();
    return text_of(gov.cancel({id, account(who)}, bank, x));
  }
  ProposalStatus status(std::uint64_t id) const {
    const Proposal* known = gov.find(id);
    return known == nullptr ? ProposalStatus::deleted : known->status;
  }
  /// Seconds of a period.
  static std::int64_t seconds_of(Duration period) {
    return std::chrono::duration_cast<std::chrono::seconds>(period).count();
  }
  /// Names of the stake events of this block.
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const ChainEvent& event : events) {
      if (const auto* e = std::get_if<StakeEvent>(&event))
        lines.push_back(std::visit(
            [](const auto& x) { return std::string(type_name<std::remove_cvref_t<decltype(x)>>()); }, *e));
      else
        lines.push_back("EventTransfer");
    }
    return lines;
  }

  Gov gov;
  RewardDistribution distribution;
};

}  // namespace souk::test
