#include "actors/chain/marketplace.hpp"

// What the end of one object does to others: section 3.8.
namespace souk {

/// Closes the group's live order and all that hangs on it. An order that is still open is closed too, except
/// on chains before v2.1.0 (support issue 438).
void Marketplace::on_group_closed(GroupNo group, GroupState state, Execution& exec) {
  const OrderNo order = groups_[group].last_order;
  if (!has_live_order(group)) return;
  const bool was_active = orders_[order].state == OrderState::active;
  if (!was_active && exec.params.compat.open_orders_survive_close) return;
  end_order(order, exec);
  for (BidNo bid = orders_[order].first_bid; bid != no_row; bid = bids_[bid].next) {
    if (bids_[bid].state == BidState::open) end_bid(bid, BidInput::close, exec);
  }
  if (!was_active) return;
  const bool drained = state == GroupState::insufficient_funds;
  for (BidNo bid = orders_[order].first_bid; bid != no_row; bid = bids_[bid].next) {
    if (bids_[bid].state != BidState::active) continue;
    end_bid(bid, BidInput::close, exec);
    end_lease(bids_[bid].lease, drained ? LeaseInput::drain : LeaseInput::close,
              drained ? LeaseClosedReason::insufficient_funds : LeaseClosedReason::owner, exec);
    close_payment_of(bids_[bid].lease, exec);
  }
}

void Marketplace::end_order(OrderNo order, Execution& exec) {
  advance(orders_.edit(order).state, order_transitions, OrderInput::close);
  exec.events.push_back(EventOrderClosed{id_of_order(order)});
}

/// Ends an open or active bid: its deposit goes back, and EventBidClosed follows. A bid that is lost is only
/// refunded: no event tells of it.
void Marketplace::end_bid(BidNo no, BidInput input, Execution& exec) {
  BidRow& bid = bids_.edit(no);
  advance(bid.state, bid_transitions, input);
  const EscrowNo account = open_bids_[bid.open_slot].account;
  const std::size_t from = endings_.size();
  const Verdict closed = escrow_.close_account(account, exec, endings_);
  SOUK_CHECK(closed.ok());
  endings_.resize(from);  // nothing hangs on a bid's account
  const Escrow::Account& row = escrow_.account(account);
  bid.escrow_settled_at = row.settled_at;
  bid.escrow_denoms = static_cast<std::uint8_t>(row.denom_count << 6);
  for (std::uint8_t i = 0; i < row.denom_count; ++i)
    bid.escrow_denoms =
        static_cast<std::uint8_t>(bid.escrow_denoms | static_cast<unsigned>(row.denom_order[i]) << 2 * i);
  escrow_.release_account(account);
  open_bids_.release(bid.open_slot);
  bid.open_slot = no_row;
  if (input == BidInput::lose)
    --orders_.edit(bid.order).counted_bids;
  else
    exec.events.push_back(EventBidClosed{id_of_bid(no)});
}

void Marketplace::end_lease(LeaseNo no, LeaseInput input, LeaseClosedReason reason, Execution& exec) {
  LeaseRow& lease = leases_.edit(no);
  advance(lease.state, lease_transitions, input);
  lease.closed_on = exec.block.height;
  lease.reason = reason;
  exec.events.push_back(EventLeaseClosed{id_of_bid(lease.bid), reason});
}

/// PaymentClose of a lease that has ended. Its error is ignored, as on the live chain: the account that ended
/// the lease has paid and closed the payment already.
void Marketplace::close_payment_of(LeaseNo lease, Execution& exec) {
  const PaymentNo payment = leases_[lease].payment;
  if (escrow_.payment(payment).state != EscrowState::open) return;
  const std::size_t from = endings_.size();
  const Verdict closed = escrow_.close_payment(payment, exec, endings_);
  if (closed.codespace == Codespace::undefined) panic_ = closed;
  follow_endings(from, exec);
}

/// Acts on the endings from number `from` on, in order, and forgets them. They may lead to others, which
/// are dealt with before the next.
void Marketplace::follow_endings(std::size_t from, Execution& exec) {
  for (std::size_t i = from; i < endings_.size(); ++i) {
    const Ending ending = endings_[i];
    if (ending.kind == Ending::Kind::payment)
      on_payment_ended(ending.subject, ending.state, exec);
    else if (ending.subject != no_row)
      on_account_ended(ending.subject, ending.state, exec);
  }
  endings_.resize(from);
}

void Marketplace::on_account_ended(DeploymentNo no, EscrowState state, Execution& exec) {
  if (deployments_[no].state != DeploymentState::active) return;
  advance(deployments_.edit(no).state, deployment_transitions, DeploymentInput::close);
  exec.events.push_back(EventDeploymentClosed{id_of_deployment(no)});
  const bool drained = state == EscrowState::overdrawn;
  const DeploymentRow& row = deployments_[no];
  for (GroupNo group = row.first_group; group < row.first_group + row.group_count; ++group) {
    if (groups_[group].state == GroupState::closed) continue;
    advance(groups_.edit(group).state, group_transitions, drained ? GroupInput::drain : GroupInput::close);
    exec.events.push_back(EventGroupClosed{id_of_group(group)});
    on_group_closed(group, groups_[group].state, exec);
  }
}

void Marketplace::on_payment_ended(LeaseNo no, EscrowState state, Execution& exec) {
  const BidNo bid = leases_[no].bid;
  if (bids_[bid].state != BidState::active) return;
  end_order(bids_[bid].order, exec);
  end_bid(bid, BidInput::close, exec);
  const bool drained = state == EscrowState::overdrawn;
  end_lease(no, drained ? LeaseInput::drain : LeaseInput::close,
            drained ? LeaseClosedReason::insufficient_funds : LeaseClosedReason::unspecified, exec);
}

}  // namespace souk
