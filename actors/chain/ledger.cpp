#include "actors/chain/ledger.hpp"

#include <span>

#include "actors/chain/ledger_state.hpp"
#include "actors/chain/validate.hpp"

namespace souk {
namespace {

Verdict handle(Marketplace& m, const MsgCreateDeployment& msg, Execution& x) {
  return m.create_deployment(msg, x);
}
Verdict handle(Marketplace& m, const MsgUpdateDeployment& msg, Execution& x) {
  return m.update_deployment(msg, x);
}
Verdict handle(Marketplace& m, const MsgCloseDeployment& msg, Execution& x) {
  return m.close_deployment(msg, x);
}
Verdict handle(Marketplace& m, const MsgCloseGroup& msg, Execution& x) { return m.close_group(msg, x); }
Verdict handle(Marketplace& m, const MsgPauseGroup& msg, Execution& x) { return m.pause_group(msg, x); }
Verdict handle(Marketplace& m, const MsgStartGroup& msg, Execution& x) { return m.start_group(msg, x); }
Verdict handle(Marketplace& m, const MsgCreateBid& msg, Execution& x) { return m.create_bid(msg, x); }
Verdict handle(Marketplace& m, const MsgCloseBid& msg, Execution& x) { return m.close_bid(msg, x); }
Verdict handle(Marketplace& m, const MsgCreateLease& msg, Execution& x) { return m.create_lease(msg, x); }
Verdict handle(Marketplace& m, const MsgWithdrawLease& msg, Execution& x) { return m.withdraw_lease(msg, x); }
Verdict handle(Marketplace& m, const MsgCloseLease& msg, Execution& x) { return m.close_lease(msg, x); }
Verdict handle(Marketplace& m, const MsgLeaseStartReclaim& msg, Execution& x) {
  return m.start_reclaim(msg, x);
}
Verdict handle(Marketplace& m, const MsgAccountDeposit& msg, Execution& x) {
  return m.account_deposit(msg, x);
}
Verdict handle(Marketplace& m, const MsgCreateProvider& msg, Execution& x) {
  return m.providers().create(msg, x.events);
}
Verdict handle(Marketplace& m, const MsgUpdateProvider& msg, Execution& x) {
  return m.providers().update(msg, x.events);
}
Verdict handle(Marketplace& m, const MsgDeleteProvider& msg, Execution&) { return m.providers().remove(msg); }
Verdict handle(Marketplace& m, const MsgSignProviderAttributes& msg, Execution& x) {
  return m.audits().sign(msg, x.events);
}
Verdict handle(Marketplace& m, const MsgDeleteProviderAttributes& msg, Execution& x) {
  return m.audits().remove(msg, x.events);
}
Verdict handle(Marketplace& m, const MsgGrantDeposit& msg, Execution& x) {
  return m.escrow().grants().grant(msg, x.block.time);
}
Verdict handle(Marketplace& m, const MsgRevokeDeposit& msg, Execution&) {
  return m.escrow().grants().revoke(msg);
}
Verdict handle(Marketplace& m, const MsgSend& msg, Execution& x) {
  return m.bank().send(msg, x.params.send_disabled, x.block.time, x.events);
}

Verdict handle(Marketplace&, const StakeMsg&, Execution&) {
  return refuse(SdkError::invalid_request, "this chain has no staking");
}

TxResult refused(const Verdict& verdict, std::size_t msg) {
  return {verdict.codespace, verdict.code, static_cast<std::uint32_t>(msg), std::string(verdict.why)};
}

/// What the ante chain asks before any message runs (sections 0 and 8.1): nothing has changed if it refuses.
TxResult check_ante(const Tx& tx, const Bank& bank, Time now) {
  if (tx.msgs.empty()) return refused(refuse(SdkError::invalid_request, "a transaction needs a message"), 0);
  for (std::size_t i = 0; i < tx.msgs.size(); ++i) {
    if (signer_of(tx.msgs[i]) != tx.signer)
      return refused(refuse(SdkError::unauthorized, "the transaction's signer may not sign this message"), i);
    if (const Verdict verdict = validate(tx.msgs[i]); !verdict.ok()) return refused(verdict, i);
  }
  if (tx.fee.amount.micro < 0) return refused(refuse(SdkError::invalid_coins, "the fee is negative"), 0);
  if (tx.fee.amount.micro > 0) {
    const AccountNo payer = bank.find(tx.signer);
    if (payer == no_row || bank.spendable(payer, tx.fee.denom, now) < tx.fee.amount)
      return refused(refuse(SdkError::insufficient_funds, "spendable balance is smaller than the fee"), 0);
  }
  return {};
}

}  // namespace

Ledger::Ledger() : Ledger(ChainParams{}) {}

Ledger::Ledger(const ChainParams& params, const std::vector<GenesisBalance>& balances)
    : state_(std::make_unique<State>()) {
  state_->params = params;
  Bank& bank = state_->market.bank();
  for (const GenesisBalance& balance : balances) {
    for (const Coin& coin : balance.coins) bank.mint(balance.address, coin);
  }
}

Ledger::Ledger(const Ledger& other) : state_(std::make_unique<State>(*other.state_)) {}
Ledger& Ledger::operator=(const Ledger& other) {
  if (this != &other) state_ = std::make_unique<State>(*other.state_);
  return *this;
}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

void Ledger::begin_block(BlockContext block) {
  SOUK_CHECK(block.height > state_->block.height);
  state_->block = block;
}

TxResult Ledger::deliver(const Tx& tx, std::vector<ChainEvent>& events) {
  state_->scratch.clear();
  Marketplace& market = state_->market;
  if (TxResult ante = check_ante(tx, market.bank(), state_->block.time); !ante.ok()) return ante;

  if (tx.fee.amount.micro > 0) {  // stays paid, whatever becomes of the messages
    market.begin();
    market.bank().transfer(market.bank().find(tx.signer), market.bank().fee_collector(), tx.fee, events);
    market.commit();
  }
  const std::size_t first_event = events.size();
  market.begin();
  Execution exec{state_->params, state_->block, events};
  for (std::size_t i = 0; i < tx.msgs.size(); ++i) {
    if (i % Marketplace::prefetch_max == 0 && tx.msgs.size() > 1)
      market.prefetch(std::span(tx.msgs).subspan(i));
    const Verdict verdict =
        std::visit([&](const auto& msg) { return handle(market, msg, exec); }, tx.msgs[i]);
    if (verdict.ok()) continue;
    market.rollback();
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(first_event), events.end());
    return refused(verdict, i);
  }
  market.commit();
  return {};
}

const ChainParams& Ledger::params() const { return state_->params; }
BlockContext Ledger::block() const { return state_->block; }

EscrowAccountId deployment_escrow(const DeploymentId& id) {
  EscrowAccountId account;
  account.scope = EscrowScope::deployment;
  account.xid.owner = id.owner;
  account.xid.dseq = id.dseq;
  return account;
}

EscrowAccountId bid_escrow(const BidId& id) { return {EscrowScope::bid, id}; }

}  // namespace souk
