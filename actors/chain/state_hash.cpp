#include <algorithm>
#include <map>
#include <numeric>

#include "actors/base/codec.hpp"
#include "actors/base/hash.hpp"
#include "actors/chain/ledger_state.hpp"

// Canonical bytes of the whole state, and their SHA-256. What the bytes hold and in which order depends on
// the state alone: row numbers, slots and hash order do not enter. Balances by address, everything else by
// id. Parameters and the block are not part of it.
namespace souk {
namespace {

/// Rows 0..count-1 in the order of `less`.
template <class Less>
std::vector<std::uint32_t> sorted_rows(std::uint32_t count, Less less) {
  std::vector<std::uint32_t> rows(count);
  std::iota(rows.begin(), rows.end(), 0);
  std::sort(rows.begin(), rows.end(), less);
  return rows;
}

class StateWriter {
 public:
  StateWriter(const Marketplace& market, const StakingEconomy& economy)
      : market_(market), economy_(economy) {}

  Hash finish() {
    add_balances();
    add_registries();
    const auto& deployments = market_.deployments();
    const auto by_id = [&](std::uint32_t a, std::uint32_t b) {
      return market_.id_of_deployment(a) < market_.id_of_deployment(b);
    };
    add(deployments.size());
    for (const DeploymentNo no : sorted_rows(deployments.size(), by_id)) add_deployment(no);
    add_vesting();
    economy_.append_state(bytes_);  // nothing on a chain without staking
    flush();
    return sha_.finish();
  }

 private:
  template <class... T>
  void add(const T&... values) {
    (encode_to(bytes_, values), ...);
    if (bytes_.size() > 4096) flush();
  }
  void flush() {
    sha_.add(bytes_);
    bytes_.clear();
  }
  const Address& address(AccountNo account) const { return market_.bank().address(account); }

  void add_balances() {
    const Bank& bank = market_.bank();
    for (const Denom denom : all_denoms) add(bank.supply(denom), market_.escrow().dust(denom));
    const auto by_address = [&](std::uint32_t a, std::uint32_t b) { return address(a) < address(b); };
    for (const AccountNo account : sorted_rows(bank.account_count(), by_address)) {
      for (const Denom denom : all_denoms) {
        const Amount balance = bank.balance(account, denom);
        if (balance.micro != 0) add(address(account), denom, balance);
      }
    }
  }

  void add_registries() {
    const ProviderRegistry& providers = market_.providers();
    const auto by_owner = [&](std::uint32_t a, std::uint32_t b) {
      return providers[a].owner < providers[b].owner;
    };
    add(providers.size());
    for (const std::uint32_t row : sorted_rows(providers.size(), by_owner)) add(providers[row]);
    for (const auto& [key, record] : market_.audits()) add(*record);
    for (const auto& [key, grant] : market_.escrow().grants())
      add(key.grantee, key.granter, grant.deployments, grant.bids, grant.limits, grant.expiration);
  }

  void add_deployment(DeploymentNo no) {
    const Marketplace::DeploymentRow& row = market_.deployments()[no];
    add(market_.id_of_deployment(no), row.state, row.hash, row.created_at, row.reclamation_min_window_ns,
        row.group_count);
    add_account(row.account);
    for (GroupNo group = row.first_group; group < row.first_group + row.group_count; ++group) {
      add(market_.groups()[group].state, *market_.spec(group));
      for (OrderNo order = market_.groups()[group].last_order; order != no_row;
           order = market_.orders()[order].previous)
        add_order(order);
    }
  }

  void add_order(OrderNo no) {
    const Marketplace::OrderRow& row = market_.orders()[no];
    add(row.oseq, row.state, row.created_at, row.counted_bids);
    for (BidNo bid = row.first_bid; bid != no_row; bid = market_.bids()[bid].next) add_bid(bid);
  }

  void add_bid(BidNo no) {
    const Marketplace::BidRow& row = market_.bids()[no];
    add(address(row.provider), row.state, row.denom, row.price, row.created_at);
    if (row.open_slot != no_row) {
      const Marketplace::OpenBid& open = market_.open_bid(no);
      add(open.window_ns, open.offer);
      add_account(open.account);
    } else {
      add(row.escrow_settled_at, row.escrow_denoms);
    }
    if (row.lease == no_row) return;
    const Marketplace::LeaseRow& lease = market_.leases()[row.lease];
    add(lease.state, lease.price, lease.created_at, lease.closed_on, static_cast<std::uint32_t>(lease.reason),
        static_cast<std::uint32_t>(lease.reclaim_reason), lease.window_ns, lease.reclaim_started_at,
        lease.reclaim_deadline_unix_s);
    const Escrow::Payment& payment = market_.escrow().payment(lease.payment);
    add(payment.state, payment.denom, payment.rate, payment.balance, payment.unsettled, payment.withdrawn);
  }

  void add_account(EscrowNo no) {
    const Escrow& escrow = market_.escrow();
    const Escrow::Account& row = escrow.account(no);
    add(row.state, row.settled_at, row.denom_count);
    for (std::uint8_t i = 0; i < row.denom_count; ++i) {
      const Denom denom = row.denom_order[i];
      add(denom, row.funds_of(denom), row.transferred[static_cast<std::size_t>(denom)]);
    }
    for (std::uint32_t at = row.first_deposit; at != no_row; at = escrow.deposit_row(at).next) {
      const Escrow::DepositRow& deposit = escrow.deposit_row(at);
      add(address(deposit.owner), deposit.height, deposit.source, deposit.denom, deposit.balance);
    }
  }

  void add_vesting() {
    const Bank& bank = market_.bank();
    std::map<Address, const VestingAccount*> by_address;  // row numbers do not enter
    for (const auto& [account, vesting] : bank.vesting_accounts())
      by_address.emplace(bank.address(account), &vesting);
    for (const auto& [owner, vesting] : by_address) add(owner, *vesting);
  }

  const Marketplace& market_;
  const StakingEconomy& economy_;
  Bytes bytes_;
  Sha256 sha_;
};

}  // namespace

Hash Ledger::state_hash() const { return StateWriter(state_->market, state_->economy).finish(); }

}  // namespace souk
