#include <algorithm>

#include "actors/chain/marketplace.hpp"

// Bids: sections 3.3 and 3.5.
namespace souk {

namespace {

Verdict check_bid_deposit(const std::vector<Coin>& minimums, Coin deposit) {
  const auto minimum = std::find_if(minimums.begin(), minimums.end(),
                                    [&](const Coin& coin) { return coin.denom == deposit.denom; });
  if (minimum == minimums.end()) return refuse(MarketError::invalid_deposit, "unsupported denom");
  if (deposit.amount < minimum->amount)
    return refuse(MarketError::invalid_deposit, "deposit is smaller than the minimum");
  return accepted();
}

/// Empty passes; else every entry answers one unit of the spec, each exactly once, with its count.
bool offer_matches(const std::vector<ResourceOffer>& offer, const GroupSpec& spec) {
  if (offer.empty()) return true;
  if (offer.size() != spec.resources.size()) return false;
  for (std::size_t i = 0; i < offer.size(); ++i) {
    const auto same_id = [&](const auto& other) { return other.resources.id == offer[i].resources.id; };
    if (std::any_of(offer.begin(), offer.begin() + static_cast<std::ptrdiff_t>(i), same_id)) return false;
    const auto unit = std::find_if(spec.resources.begin(), spec.resources.end(), [&](const ResourceUnit& u) {
      return u.resource.id == offer[i].resources.id;
    });
    if (unit == spec.resources.end() || unit->count != offer[i].count) return false;
  }
  return true;
}

}  // namespace

Verdict Marketplace::check_order_for_bid(const MsgCreateBid& msg, OrderNo order,
                                         const Execution& exec) const {
  SOUK_TRY(check_bid_deposit(exec.params.bid_min_deposits, msg.deposit.amount));
  if (order != no_row && orders_[order].counted_bids > exec.params.order_max_bids)
    return refuse(MarketError::invalid_bid, "too many bids on the order");
  if (order == no_row) return refuse(MarketError::order_not_found, "order not found");
  switch (orders_[order].state) {
    case OrderState::open: break;
    case OrderState::active: return refuse(MarketError::order_active, "order is active");
    case OrderState::closed: return refuse(MarketError::order_closed, "order is closed");
    case OrderState::invalid: return refuse(MarketError::order_not_open, "order is not open");
  }
  const GroupSpec& spec = *specs_[orders_[order].group];
  if (msg.price.amount.is_negative()) return refuse(MarketError::bid_invalid_price, "price is not valid");
  const DecCoin most = group_price(spec);
  if (most.denom != msg.price.denom) return panic("invalid coin denominations");
  if (most.amount < msg.price.amount)
    return refuse(MarketError::bid_invalid_price, "price is over the order's");
  if (msg.resources_offer && !offer_matches(*msg.resources_offer, spec))
    return refuse(MarketError::capabilities_mismatch, "the offer does not answer the order's resources");
  return accepted();
}

Verdict Marketplace::check_provider_for_bid(const MsgCreateBid& msg, const GroupSpec& spec) {
  if (providers_.find(msg.id.provider) == nullptr)
    return refuse(MarketError::unknown_provider, "unknown provider");
  const Capabilities& capabilities = providers_.capabilities(msg.id.provider);
  audited_.clear();
  if (needs_auditors(spec.requirements)) audits_.of_provider(msg.id.provider, audited_);
  if (!requirements_met(spec.requirements, capabilities, audited_))
    return refuse(MarketError::attribute_mismatch, "attributes do not match the order's");
  if (!capabilities.can_serve(spec))
    return refuse(MarketError::capabilities_mismatch, "capabilities do not match the order's resources");
  return accepted();
}

Verdict Marketplace::check_reclamation_offer(const MsgCreateBid& msg, OrderNo order,
                                             const Execution& exec) const {
  const std::int64_t wanted =
      deployments_[groups_[orders_[order].group].deployment].reclamation_min_window_ns;
  const auto& offered = msg.reclamation_window;
  if (wanted != no_window && !offered)
    return refuse(MarketError::reclamation_required, "the order asks for a reclamation window");
  if (!offered) return accepted();
  if (wanted != no_window && offered->count() < wanted)
    return refuse(MarketError::window_too_short, "the reclamation window is shorter than the order asks");
  if (*offered < exec.params.min_reclamation_window || *offered > exec.params.max_reclamation_window)
    return refuse(MarketError::window_invalid, "the reclamation window is outside the market's bounds");
  return accepted();
}

Verdict Marketplace::create_bid(const MsgCreateBid& msg, Execution& exec) {
  const OrderNo order = find(msg.id.order());
  SOUK_TRY(check_order_for_bid(msg, order, exec));
  SOUK_TRY(check_provider_for_bid(msg, *specs_[orders_[order].group]));
  const AccountNo provider = make_account(msg.id.provider);
  SOUK_TRY(escrow_.plan(provider, msg.deposit, EscrowScope::bid, exec, parts_));
  SOUK_TRY(check_reclamation_offer(msg, order, exec));
  if (find(msg.id) != no_row) return refuse(MarketError::bid_exists, "the provider has a bid on this order");
  SOUK_TRY(escrow_.check_payable(parts_, exec.block.time));

  BidRow row;
  row.price = msg.price.amount;
  row.denom = msg.price.denom;
  row.created_at = exec.block.height;
  row.order = order;
  row.provider = provider;
  OpenBid open;
  open.offer = msg.resources_offer;
  if (msg.reclamation_window) open.window_ns = msg.reclamation_window->count();
  row.open_slot = open_bids_.acquire(std::move(open));
  const BidNo bid = bids_.add(row);
  insert_bid(order, bid);
  ++orders_.edit(order).counted_bids;
  exec.events.push_back(EventBidCreated{msg.id, msg.price});
  open_bids_.edit(row.open_slot).account =
      escrow_.open_account({EscrowScope::bid, bid, provider, msg.id.dseq}, provider, parts_, exec);
  return accepted();
}

/// Keeps an order's bids in the order of Akash's store: by the provider's bech32 text.
void Marketplace::insert_bid(OrderNo order, BidNo added) {
  const Address& provider = bank().address(bids_[added].provider);
  BidNo before = no_row;
  BidNo after = orders_[order].first_bid;
  while (after != no_row && bech32_less(bank().address(bids_[after].provider), provider)) {
    before = after;
    after = bids_[after].next;
  }
  bids_.edit(added).next = after;
  if (before == no_row)
    orders_.edit(order).first_bid = added;
  else
    bids_.edit(before).next = added;
}

/// Whether a provider may leave a lease now: without reclamation at any time, else once the window it
/// announced has passed.
Verdict Marketplace::check_leaving(BidNo bid, const Execution& exec) const {
  if (bids_[bid].lease == no_row) return refuse(MarketError::unknown_lease_for_bid, "the bid has no lease");
  const LeaseRow& lease = leases_[bids_[bid].lease];
  if (lease.state == LeaseState::active) {
    if (lease.window_ns != no_window)
      return refuse(MarketError::reclamation_not_started,
                    "the lease has a reclamation window: start it first");
  } else if (lease.state == LeaseState::reclaiming) {
    if (unix_seconds(exec.block.time) < lease.reclaim_deadline_unix_s)
      return refuse(MarketError::window_not_elapsed, "the reclamation window has not passed");
  } else {
    return refuse(MarketError::lease_not_active, "lease is not active");
  }
  if (bids_[bid].state != BidState::active) return refuse(MarketError::bid_not_active, "bid is not active");
  return accepted();
}

Verdict Marketplace::close_bid(const MsgCloseBid& msg, Execution& exec) {
  const BidNo bid = find(msg.id);
  if (bid == no_row) return refuse(MarketError::unknown_bid, "unknown bid");
  if (bids_[bid].state == BidState::open) {
    end_bid(bid, BidInput::close, exec);
    return panic_;
  }
  SOUK_TRY(check_leaving(bid, exec));
  const OrderNo order = bids_[bid].order;
  const GroupNo group = orders_[order].group;
  const LeaseNo lease = bids_[bid].lease;
  advance(groups_.edit(group).state, group_transitions, GroupInput::pause);
  exec.events.push_back(EventGroupPaused{id_of_group(group)});
  end_lease(lease, LeaseInput::close, msg.reason, exec);
  end_bid(bid, BidInput::close, exec);
  end_order(order, exec);
  close_payment_of(lease, exec);
  return panic_;
}

}  // namespace souk
