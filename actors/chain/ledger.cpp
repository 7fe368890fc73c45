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

TxResult refused(const Verdict& verdict, std::size_t msg) {
  return {verdict.codespace, verdict.code, static_cast<std::uint32_t>(msg), std::string(verdict.why)};
}

/// What the ante chain asks before any message runs (sections 0 and 8.1), but for the fee: nothing has
/// changed if it refuses.
TxResult check_ante(const Tx& tx, Height now, const Bank& bank) {
  if (tx.msgs.empty()) return refused(refuse(SdkError::invalid_request, "a transaction needs a message"), 0);
  // No key owns a module's address: only the chain itself acts for one.
  if (const AccountNo signer = bank.find(tx.signer); signer != no_row && bank.is_module(signer))
    return refused(refuse(SdkError::unauthorized, "a module account signs no transaction"), 0);
  for (std::size_t i = 0; i < tx.msgs.size(); ++i) {
    if (signer_of(tx.msgs[i]) != tx.signer)
      return refused(refuse(SdkError::unauthorized, "the transaction's signer may not sign this message"), i);
    if (const Verdict verdict = validate(tx.msgs[i]); !verdict.ok()) return refused(verdict, i);
  }
  if (tx.timeout_height.value != 0 && now > tx.timeout_height)
    return refused(refuse(SdkError::timeout_height, "the transaction's timeout height has passed"), 0);
  if (tx.fee.amount.micro < 0) return refused(refuse(SdkError::invalid_coins, "the fee is negative"), 0);
  return {};
}

}  // namespace

void Ledger::State::commit() {
  market.commit();
  if (economy_in_tx) economy.commit();
}

void Ledger::State::rollback() {
  market.rollback();
  if (economy_in_tx) economy.rollback(params);
}

Verdict Ledger::State::run(const Msg& msg, Execution& exec) {
  const auto* stake = std::get_if<StakeMsg>(&msg);
  if (stake == nullptr) {
    return std::visit(
        [&](const auto& m) {
          if constexpr (std::is_same_v<std::remove_cvref_t<decltype(m)>, StakeMsg>)
            return accepted();
          else
            return handle(market, m, exec);
        },
        msg);
  }
  begin_economy();
  return economy.handle(*stake, frame(exec));
}

Verdict Ledger::State::run_all(const MsgList& msgs, Execution& exec, std::size_t& failed) {
  const std::size_t first_event = exec.events.size();
  begin();
  for (std::size_t i = 0; i < msgs.msgs.size(); ++i) {
    const Verdict verdict = run(msgs.msgs[i], exec);
    if (verdict.ok()) continue;
    rollback();
    exec.events.erase(exec.events.begin() + static_cast<std::ptrdiff_t>(first_event), exec.events.end());
    failed = i;
    return verdict;
  }
  commit();
  return accepted();
}

Ledger::Ledger() : Ledger(ChainParams{}) {}

Ledger::Ledger(const ChainParams& params, const std::vector<GenesisBalance>& balances)
    : state_(std::make_unique<State>()) {
  state_->params = params;
  Bank& bank = state_->market.bank();
  for (const GenesisBalance& balance : balances) {
    for (const Coin& coin : balance.coins) bank.mint(balance.address, coin);
  }
}

Ledger::Ledger(const Genesis& genesis) : Ledger(genesis.params, genesis.balances) {
  State& state = *state_;
  state.block.time = genesis.time;
  Bank& bank = state.market.bank();
  for (const GenesisVesting& vesting : genesis.vesting)
    bank.add_vesting(bank.find_or_make(vesting.address), VestingAccount::from(vesting));
  std::vector<ChainEvent> events;
  Execution exec{state.params, state.block, events};
  state.economy.init(genesis, state.frame(exec));
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

void Ledger::begin_block(BlockContext block, const BlockInputs& inputs, std::vector<ChainEvent>& events) {
  const BlockContext last = state_->block;
  begin_block(block);
  Execution exec{state_->params, block, events};
  state_->economy.begin_block(last, inputs, state_->frame(exec));
}

std::vector<ValidatorUpdate> Ledger::end_block(std::vector<ChainEvent>& events) {
  Execution exec{state_->params, state_->block, events};
  return state_->economy.end_block(state_->frame(exec));
}

Deadline Ledger::next_deadline(const BlockInputs& inputs) const {
  return state_->economy.next_deadline(state_->block, inputs, state_->params);
}

std::optional<UpgradePlan> Ledger::halted_for() const {
  return state_->economy.halted_after(state_->block.height);
}

/// The fee stays paid, whatever becomes of the messages. From the allowance of a granter if there is one.
Verdict Ledger::pay_fee(const Tx& tx, std::vector<ChainEvent>& events) {
  const bool granted = tx.fee_granter && *tx.fee_granter != tx.signer;
  if (tx.fee.amount.micro == 0 && !granted) return accepted();
  State& state = *state_;
  Bank& bank = state.market.bank();
  const AccountNo payer = bank.find(granted ? *tx.fee_granter : tx.signer);
  const std::size_t first_event = events.size();
  state.begin();
  if (granted) {
    Execution exec{state.params, state.block, events};
    state.begin_economy();
    SOUK_TRY(state.economy.use_fee_grant(*tx.fee_granter, tx, state.frame(exec)));
  }
  if (payer == no_row || bank.spendable(payer, tx.fee.denom, state.block.time) < tx.fee.amount) {
    state.rollback();
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(first_event), events.end());
    return refuse(SdkError::insufficient_funds, "spendable balance is smaller than the fee");
  }
  bank.transfer(payer, bank.fee_collector(), tx.fee, events);
  state.commit();
  return accepted();
}

TxResult Ledger::deliver(const Tx& tx, std::vector<ChainEvent>& events) {
  State& state = *state_;
  state.scratch.clear();
  if (TxResult ante = check_ante(tx, state.block.height, state.market.bank()); !ante.ok()) return ante;
  if (const Verdict fee = pay_fee(tx, events); !fee.ok()) return refused(fee, 0);

  const std::size_t first_event = events.size();
  state.begin();
  Execution exec{state.params, state.block, events};
  for (std::size_t i = 0; i < tx.msgs.size(); ++i) {
    if (i % Marketplace::prefetch_max == 0 && tx.msgs.size() > 1)
      state.market.prefetch(std::span(tx.msgs).subspan(i));
    const Verdict verdict = state.run(tx.msgs[i], exec);
    if (verdict.ok()) continue;
    state.rollback();
    events.erase(events.begin() + static_cast<std::ptrdiff_t>(first_event), events.end());
    return refused(verdict, i);
  }
  state.commit();
  return {};
}

const ChainParams& Ledger::params() const { return state_->params; }
BlockContext Ledger::block() const { return state_->block; }
const StakingEconomy& Ledger::economy() const { return state_->economy; }
const Bank& Ledger::bank() const { return state_->market.bank(); }

EscrowAccountId deployment_escrow(const DeploymentId& id) {
  EscrowAccountId account;
  account.scope = EscrowScope::deployment;
  account.xid.owner = id.owner;
  account.xid.dseq = id.dseq;
  return account;
}

EscrowAccountId bid_escrow(const BidId& id) { return {EscrowScope::bid, id}; }

}  // namespace souk
