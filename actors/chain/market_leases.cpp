#include <algorithm>
#include <array>
#include <variant>

#include "actors/base/id_map.hpp"
#include "actors/chain/marketplace.hpp"

// Leases: sections 3.2, 3.4 and 3.6.
namespace souk {

Verdict Marketplace::create_lease(const MsgCreateLease& msg, Execution& exec) {
  const BidNo bid = find(msg.id);
  if (bid == no_row) return refuse(MarketError::bid_not_found, "bid not found");
  if (!next(bid_transitions, bids_[bid].state, BidInput::match))
    return refuse(MarketError::bid_not_open, "bid is not open");
  const OrderNo order = bids_[bid].order;
  if (!next(order_transitions, orders_[order].state, OrderInput::match))
    return refuse(MarketError::order_not_open, "order is not open");
  const GroupNo group = orders_[order].group;
  if (groups_[group].state != GroupState::open)
    return refuse(MarketError::group_not_open, "group is not open");

  LeaseRow row;
  row.bid = bid;
  row.price = lease_price(bid, exec);
  row.created_at = exec.block.height;
  row.window_ns = open_bid(bid).window_ns;
  const DecCoin rate{bids_[bid].denom, row.price};
  SOUK_TRY(escrow_.open_payment({deployments_[groups_[group].deployment].account, leases_.size(),
                                 bids_[bid].provider, rate, groups_[group].gseq, orders_[order].oseq},
                                exec, row.payment));
  bids_.edit(bid).lease = add_lease(row, msg.id);
  exec.events.push_back(EventLeaseCreated{msg.id, rate});
  advance(orders_.edit(order).state, order_transitions, OrderInput::match);
  advance(bids_.edit(bid).state, bid_transitions, BidInput::match);
  lose_other_bids(bid, exec);
  return panic_;
}

/// Pay-as-bid, or the study's second price (params.hpp).
Dec Marketplace::lease_price(BidNo chosen, const Execution& exec) const {
  const BidRow& bid = bids_[chosen];
  if (exec.params.auction_rule == AuctionRule::first_price) return bid.price;
  std::optional<Dec> best;
  for (BidNo other = orders_[bid.order].first_bid; other != no_row; other = bids_[other].next) {
    if (other == chosen || bids_[other].state != BidState::open) continue;
    best = best ? std::min(*best, bids_[other].price) : bids_[other].price;
  }
  const Dec second = best ? *best : group_price(*specs_[orders_[bid.order].group]).amount;
  return std::max(second, bid.price);
}

void Marketplace::lose_other_bids(BidNo winner, Execution& exec) {
  for (BidNo bid = orders_[bids_[winner].order].first_bid; bid != no_row; bid = bids_[bid].next) {
    if (bid == winner || bids_[bid].state != BidState::open) continue;
    end_bid(bid, BidInput::lose, exec);
    if (exec.params.compat.losing_bid_loop_stops) return;
  }
}

void Marketplace::prefetch(std::span<const Msg> msgs) const {
  std::array<std::uint64_t, prefetch_max> hashes;
  std::array<LeaseNo, prefetch_max> leases;
  std::size_t count = 0;
  for (const Msg& msg : msgs.first(std::min(msgs.size(), prefetch_max))) {
    const auto* withdrawal = std::get_if<MsgWithdrawLease>(&msg);
    if (withdrawal != nullptr) hashes[count++] = hash_of(withdrawal->id);
  }
  for (std::size_t i = 0; i < count; ++i) lease_index_.prefetch(hashes[i]);
  std::size_t found = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const LeaseNo lease = lease_index_.first_candidate(hashes[i]);
    if (lease == no_row) continue;
    leases_.prefetch(lease);
    leases[found++] = lease;
  }
  const auto each_payment = [&](auto step) {
    for (std::size_t i = 0; i < found; ++i) (escrow_.*step)(leases_[leases[i]].payment);
  };
  each_payment(&Escrow::prefetch_payment);
  each_payment(&Escrow::prefetch_account);
  each_payment(&Escrow::prefetch_deposit);
}

Verdict Marketplace::withdraw_lease(const MsgWithdrawLease& msg, Execution& exec) {
  const auto lease = lease_of(msg.id);
  if (!lease) return refuse(MarketError::unknown_lease, "unknown lease");
  const std::size_t from = endings_.size();
  SOUK_TRY(escrow_.withdraw(leases_[*lease].payment, exec, endings_));
  follow_endings(from, exec);
  return panic_;
}

Verdict Marketplace::close_lease(const MsgCloseLease& msg, Execution& exec) {
  const OrderNo order = find(msg.id.order());
  if (order == no_row) return refuse(MarketError::order_not_found, "order not found");
  if (orders_[order].state != OrderState::active)
    return refuse(MarketError::order_closed, "order is not active");
  const BidNo bid = find(msg.id);
  if (bid == no_row) return refuse(MarketError::bid_not_found, "bid not found");
  if (bids_[bid].state != BidState::active) return refuse(MarketError::bid_not_active, "bid is not active");
  const LeaseNo lease = bids_[bid].lease;
  if (lease == no_row) return refuse(MarketError::lease_not_found, "lease not found");
  if (!next(lease_transitions, leases_[lease].state, LeaseInput::close))
    return refuse(MarketError::order_closed, "lease is not active");

  end_lease(lease, LeaseInput::close, LeaseClosedReason::owner, exec);  // msg.reason is ignored (section 3.2)
  end_bid(bid, BidInput::close, exec);
  end_order(order, exec);
  close_payment_of(lease, exec);
  const GroupNo group = orders_[order].group;
  if (groups_[group].state == GroupState::open) create_order(group, exec);
  return panic_;
}

Verdict Marketplace::start_reclaim(const MsgLeaseStartReclaim& msg, Execution& exec) {
  const auto found = lease_of(msg.id);
  if (!found) return refuse(MarketError::unknown_lease, "unknown lease");
  if (!next(lease_transitions, leases_[*found].state, LeaseInput::reclaim))
    return refuse(MarketError::lease_not_active, "lease is not active");
  if (leases_[*found].window_ns == no_window)
    return refuse(MarketError::not_reclaimable, "the lease has no reclamation window");
  // 36, already reclaiming, is behind the state check: a lease that has started is not active any more.
  LeaseRow& lease = leases_.edit(*found);
  advance(lease.state, lease_transitions, LeaseInput::reclaim);
  lease.reclaim_started_at = exec.block.height;
  lease.reclaim_deadline_unix_s = unix_seconds(exec.block.time + Duration(lease.window_ns));
  lease.reclaim_reason = msg.reason;
  exec.events.push_back(EventLeaseReclaimStarted{msg.id, msg.reason, lease.reclaim_deadline_unix_s});
  return accepted();
}

}  // namespace souk
