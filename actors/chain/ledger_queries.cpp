#include <algorithm>

#include "actors/chain/ledger_state.hpp"

// Queries: the ledger's compact rows, spelled out as the objects of types.hpp.
namespace souk {
namespace {

std::optional<Duration> window_of(std::int64_t ns) {
  return ns == no_window ? std::nullopt : std::optional<Duration>(Duration(ns));
}

EscrowAccount made_account(const Marketplace& market, EscrowNo no, const EscrowAccountId& id) {
  const Escrow& escrow = market.escrow();
  const Escrow::Account& row = escrow.account(no);
  EscrowAccount account;
  account.id = id;
  account.owner = market.bank().address(row.owner);
  account.state = row.state;
  account.settled_at = row.settled_at;
  for (std::uint8_t i = 0; i < row.denom_count; ++i) {
    const Denom denom = row.denom_order[i];
    account.transferred.push_back({denom, row.transferred[static_cast<std::size_t>(denom)]});
    account.funds.push_back({denom, row.funds_of(denom)});
  }
  for (std::uint32_t at = row.first_deposit; at != no_row; at = escrow.deposit_row(at).next) {
    const Escrow::DepositRow& deposit = escrow.deposit_row(at);
    account.deposits.push_back({market.bank().address(deposit.owner), deposit.height, deposit.source,
                                deposit.denom, deposit.balance});
  }
  return account;
}

/// Of a bid that is closed or lost: its account is closed and empty.
EscrowAccount closed_bid_account(const Marketplace& market, BidNo bid, const EscrowAccountId& id) {
  const Marketplace::BidRow& row = market.bids()[bid];
  EscrowAccount account;
  account.id = id;
  account.owner = market.bank().address(row.provider);
  account.state = EscrowState::closed;
  account.settled_at = row.escrow_settled_at;
  for (unsigned i = 0; i < row.escrow_denoms >> 6; ++i) {
    const auto denom = static_cast<Denom>(row.escrow_denoms >> 2 * i & 3);
    account.transferred.push_back({denom, {}});
    account.funds.push_back({denom, {}});
  }
  return account;
}

Order made_order(const Marketplace& market, OrderNo no) {
  const Marketplace::OrderRow& row = market.orders()[no];
  const DeploymentNo deployment = market.groups()[row.group].deployment;
  return {market.id_of_order(no), row.state, market.spec(row.group), row.created_at,
          window_of(market.deployments()[deployment].reclamation_min_window_ns)};
}

Bid made_bid(const Marketplace& market, BidNo no) {
  const Marketplace::BidRow& row = market.bids()[no];
  Bid bid{market.id_of_bid(no), row.state, {row.denom, row.price}, row.created_at, nullptr, std::nullopt};
  if (row.open_slot != no_row) {
    bid.resources_offer = market.open_bid(no).offer;
    bid.reclamation_window = window_of(market.open_bid(no).window_ns);
  }
  return bid;
}

template <class T>
const T* keep(std::deque<T>& made, T object) {
  return &made.emplace_back(std::move(object));
}

}  // namespace

Amount Ledger::balance(const Address& address, Denom denom) const {
  const Bank& bank = state_->market.bank();
  const AccountNo account = bank.find(address);
  return account == no_row ? Amount{} : bank.balance(account, denom);
}

Amount Ledger::spendable(const Address& address, Denom denom) const {
  const Bank& bank = state_->market.bank();
  const AccountNo account = bank.find(address);
  return account == no_row ? Amount{} : bank.spendable(account, denom, state_->block.time);
}

Amount Ledger::supply(Denom denom) const { return state_->market.bank().supply(denom); }

const Deployment* Ledger::deployment(const DeploymentId& id) const {
  const DeploymentNo no = state_->market.find(id);
  if (no == no_row) return nullptr;
  const Marketplace::DeploymentRow& row = state_->market.deployments()[no];
  return keep(state_->answers().deployments,
              Deployment{id, row.state, row.hash, row.created_at, window_of(row.reclamation_min_window_ns)});
}

const Group* Ledger::group(const GroupId& id) const {
  const Marketplace& market = state_->market;
  const GroupNo no = market.find(id);
  if (no == no_row) return nullptr;
  const Marketplace::GroupRow& row = market.groups()[no];
  return keep(state_->answers().groups,
              Group{id, row.state, market.spec(no), market.deployments()[row.deployment].created_at});
}

const Order* Ledger::order(const OrderId& id) const {
  const OrderNo no = state_->market.find(id);
  return no == no_row ? nullptr : keep(state_->answers().orders, made_order(state_->market, no));
}

const Bid* Ledger::bid(const BidId& id) const {
  const BidNo no = state_->market.find(id);
  return no == no_row ? nullptr : keep(state_->answers().bids, made_bid(state_->market, no));
}

const Lease* Ledger::lease(const LeaseId& id) const {
  const Marketplace& market = state_->market;
  const BidNo bid = market.find(id);
  if (bid == no_row || market.bids()[bid].lease == no_row) return nullptr;
  const Marketplace::LeaseRow& row = market.leases()[market.bids()[bid].lease];
  Lease lease{id,         row.state, {market.bids()[bid].denom, row.price}, row.created_at, row.closed_on,
              row.reason, {}};
  if (row.window_ns != no_window)
    lease.reclamation = Reclamation{Duration(row.window_ns), row.reclaim_started_at,
                                    row.reclaim_deadline_unix_s, row.reclaim_reason};
  return keep(state_->answers().leases, std::move(lease));
}

const EscrowAccount* Ledger::escrow_account(const EscrowAccountId& id) const {
  const Marketplace& market = state_->market;
  auto& made = state_->answers().accounts;
  if (id.scope == EscrowScope::deployment) {
    const DeploymentNo no = market.find(id.xid.deployment());
    if (no == no_row) return nullptr;
    return keep(made, made_account(market, market.deployments()[no].account, id));
  }
  const BidNo no = id.scope == EscrowScope::bid ? market.find(id.xid) : no_row;
  if (no == no_row) return nullptr;
  if (market.bids()[no].open_slot == no_row) return keep(made, closed_bid_account(market, no, id));
  return keep(made, made_account(market, market.open_bid(no).account, id));
}

const EscrowPayment* Ledger::escrow_payment(const LeaseId& id) const {
  const Marketplace& market = state_->market;
  const BidNo bid = market.find(id);
  if (bid == no_row || market.bids()[bid].lease == no_row) return nullptr;
  const Escrow::Payment& row = market.escrow().payment(market.leases()[market.bids()[bid].lease].payment);
  return keep(
      state_->answers().payments,
      EscrowPayment{
          id, id.provider, row.state, {row.denom, row.rate}, row.balance, row.unsettled, row.withdrawn});
}

const ProviderRecord* Ledger::provider(const Address& owner) const {
  return state_->market.providers().find(owner);
}

const AuditedAttributes* Ledger::audited(const Address& owner, const Address& auditor) const {
  return state_->market.audits().find(owner, auditor);
}

std::vector<const Bid*> Ledger::bids_of(const OrderId& id) const {
  const Marketplace& market = state_->market;
  std::vector<const Bid*> found;
  const OrderNo order = market.find(id);
  if (order == no_row) return found;
  for (BidNo bid = market.orders()[order].first_bid; bid != no_row; bid = market.bids()[bid].next)
    found.push_back(keep(state_->answers().bids, made_bid(market, bid)));
  return found;
}

std::vector<const Order*> Ledger::open_orders() const {
  const Marketplace& market = state_->market;
  std::vector<const Order*> found;
  for (GroupNo group = 0; group < market.groups().size(); ++group) {
    const OrderNo order = market.groups()[group].last_order;  // only the last of a group can be open
    if (order != no_row && market.orders()[order].state == OrderState::open)
      found.push_back(keep(state_->answers().orders, made_order(market, order)));
  }
  std::sort(found.begin(), found.end(), [](const Order* a, const Order* b) { return a->id < b->id; });
  return found;
}

}  // namespace souk
