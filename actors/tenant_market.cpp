// Orders, bids and leases: what a tenant does at each turn of the market.

#include <algorithm>

#include "actors/tenant.hpp"

namespace souk {

// ---- chain events -----------------------------------------------------------------------------------

void Tenant::handle(const ChainNotice& e, Turn& turn) {
  if (e.height > tip_) {
    tip_ = e.height;
    tip_time_ = e.block_time;
  }
  std::visit([&](const auto& event) { handle(event, e.height, turn); }, e.event);
}

void Tenant::handle(const EventOrderCreated& e, Height height, Turn& turn) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d != nullptr && e.id.oseq > d->oseq) open_order(*d, e.id.oseq, height, turn);
}

void Tenant::handle(const EventBidCreated& e, Height, Turn& turn) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d == nullptr || d->phase != Phase::collecting || e.id.oseq != d->oseq) return;
  const SegmentConfig& segment = config_->segment;
  if (e.price.denom != config_->denom || d->bids.size() >= segment.order_bids_max) return;
  const auto same = [&](const SeenBid& bid) { return bid.provider == e.id.provider; };
  if (std::any_of(d->bids.begin(), d->bids.end(), same)) return;
  d->bids.push_back({e.id.provider, e.price.amount});
  const bool enough = segment.choose_after_bids > 0 && d->bids.size() >= segment.choose_after_bids;
  const bool full = d->bids.size() >= segment.order_bids_max;
  if (!enough && !full && !d->window_over) return;
  const Decision decision = decide(*d, turn);
  if (decision.kind != Decision::Kind::none) return act_on(decision, *d, turn);
  // Nothing acceptable: the window goes on if there is one, and nobody else can bid if there is none.
  if (!d->step_due && !d->window_over) window_ended(*d, turn);
}

void Tenant::handle(const EventBidClosed& e, Height, Turn&) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d == nullptr || e.id.oseq != d->oseq) return;
  std::erase_if(d->bids, [&](const SeenBid& bid) { return bid.provider == e.id.provider; });
}

void Tenant::handle(const EventLeaseCreated& e, Height height, Turn& turn) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d == nullptr || d->phase != Phase::leasing || e.id.oseq != d->oseq) return;
  if (d->closes_with_lease) return;  // its close comes in the same transaction
  d->chosen = {e.id.provider, e.price.amount};
  start_lease(*d, height, turn);
}

void Tenant::handle(const EventLeaseClosed& e, Height height, Turn& turn) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d == nullptr || e.id.oseq != d->oseq || (d->phase != Phase::leased && d->phase != Phase::moving))
    return;
  end_lease(*d, height, turn);
  if (e.reason == LeaseClosedReason::insufficient_funds) {
    ++stats_.ran_dry;
    go(*d, PhaseInput::close);  // the chain closes the deployment in this very block
    return try_again(*d, config_->tx_retry, turn);
  }
  if (e.reason != LeaseClosedReason::owner) {
    // A manifest that never came is not the provider's fault.
    if (e.reason != LeaseClosedReason::manifest_timeout) {
      reputation_.exclude(d->chosen.provider, turn.now() + config_->segment.exclude_for);
    }
    return provider_left(*d, turn);
  }
  // The next order is on its way, also when another client of this account closed the lease.
  if (d->phase == Phase::leased) go(*d, PhaseInput::leave);
  try_again(*d, config_->tx_retry, turn);
}

/// The provider will take the resources back: better to go now than to be cut off.
void Tenant::handle(const EventLeaseReclaimStarted& e, Height, Turn& turn) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d != nullptr && d->phase == Phase::leased && e.id.oseq == d->oseq) move_away(*d, turn);
}

void Tenant::handle(const EventDeploymentClosed& e, Height height, Turn& turn) {
  OwnDeployment* d = mine(e.id.owner, e.id.dseq);
  if (d == nullptr) return;
  // Closed by nobody and nothing left: the network did it (akash-chain.md section 3.8, overdrawn).
  if (d->phase == Phase::leased && d->escrow.left_at(height).micro == 0) ++stats_.ran_dry;
  forget(*d, height, turn);
}

void Tenant::handle(const EventProviderCreated& e, Height, Turn&) {
  if (e.attributes != nullptr) reputation_.learn(e.owner, *e.attributes, config_->segment.choice.region);
}

void Tenant::handle(const EventProviderUpdated& e, Height, Turn&) {
  if (e.attributes != nullptr) reputation_.learn(e.owner, *e.attributes, config_->segment.choice.region);
}

void Tenant::handle(const EventTrustedAuditorCreated& e, Height, Turn&) {
  reputation_.sign(e.owner, e.auditor);
}

void Tenant::handle(const EventTrustedAuditorDeleted& e, Height, Turn&) {
  reputation_.unsign(e.owner, e.auditor);
}

// ---- the order --------------------------------------------------------------------------------------

void Tenant::open_order(OwnDeployment& d, std::uint32_t oseq, Height height, Turn& turn) {
  if (d.phase == Phase::leasing || d.phase == Phase::leased || d.phase == Phase::closing) return;
  end_lease(d, height, turn);
  go(d, PhaseInput::order_opened);
  d.oseq = oseq;
  d.bids.clear();
  d.rounds = 0;
  d.window_over = false;
  cancel_timer(Timer::step, d, d.step_due, turn);
  const SegmentConfig& segment = config_->segment;
  if (segment.bid_window > Duration{}) {
    set_timer(Timer::step, d, d.step_due, turn.now() + segment.bid_window, turn);
  } else {
    d.window_over = segment.choose_after_bids == 0;
  }
}

/// Whether a bid may win at all: the provider is not being avoided, and no replica of the same wish is there.
bool Tenant::eligible(const OwnDeployment& d, const SeenBid& bid, Time now) const {
  if (reputation_.excluded(bid.provider, now)) return false;
  if (config_->segment.replicas == 1) return true;
  bool taken = false;
  deployments_.for_each([&](const OwnDeployment& other) {
    const bool placed = other.phase == Phase::leasing || other.phase == Phase::leased;
    taken |= other.number == d.number && other.replica != d.replica && placed &&
             other.chosen.provider == bid.provider;
  });
  return !taken;
}

Decision Tenant::decide(OwnDeployment& d, Turn& turn) {
  const SegmentConfig& segment = config_->segment;
  offers_.clear();
  for (const SeenBid& bid : d.bids) {
    if (!eligible(d, bid, turn.now())) continue;
    offers_.push_back(
        {bid.provider, bid.price, usd_per_hour(bid.price, config_->block_time, config_->usd_per_coin),
         reputation_.uptime(bid.provider), reputation_.tier(bid.provider, segment.choice.trusted_auditors),
         reputation_.in_region(bid.provider)});
  }
  ChoiceLimits limits;
  if (segment.value.refuse_above_value) limits.usd_h_max = d.value_usd_h;
  limits.cloud_usd_h = d.cloud_usd_h;
  limits.last_good = last_good_;
  const std::uint64_t stream = (d.number * replicas_max + d.replica) * 1024 + d.decisions++ % 1024;
  Rng rng = turn.context.stream(Purpose::choice, stream);
  return choose(segment.choice, offers_, limits, rng);
}

void Tenant::act_on(const Decision& decision, OwnDeployment& d, Turn& turn) {
  if (decision.kind == Decision::Kind::none) return;
  if (decision.kind == Decision::Kind::outside) {
    ++stats_.outside;
    note(Note::Metric::chose_outside, d.dseq, 1, turn);
    return close(d, turn);
  }
  d.chosen = {offers_[decision.index].provider, offers_[decision.index].price};
  d.closes_with_lease = d.remaining == Duration{} && !config_->send_manifest;
  cancel_timer(Timer::step, d, d.step_due, turn);
  go(d, PhaseInput::bid_taken);
  send_step(d, turn);
}

void Tenant::window_ended(OwnDeployment& d, Turn& turn) {
  const Decision decision = decide(d, turn);
  if (decision.kind != Decision::Kind::none) return act_on(decision, d, turn);
  const SegmentConfig& segment = config_->segment;
  if (segment.no_bid == NoBidPolicy::keep_open) {
    d.window_over = true;
    const Duration pause = std::max(segment.bid_window, segment.exclude_for);
    // A bid may be waiting for its provider's exclusion to end.
    if (!d.bids.empty() && pause > Duration{})
      set_timer(Timer::step, d, d.step_due, turn.now() + pause, turn);
    return;
  }
  if (++d.rounds >= segment.bid_rounds || segment.bid_window == Duration{}) return give_up(d, turn);
  set_timer(Timer::step, d, d.step_due, turn.now() + segment.bid_window, turn);
}

/// No more tries. With an affordable cloud as outside option the wish goes there, else it stays unmet.
void Tenant::give_up(OwnDeployment& d, Turn& turn) {
  const SegmentConfig& segment = config_->segment;
  if (segment.choice.outside_option && d.cloud_usd_h > 0 && d.cloud_usd_h <= d.value_usd_h) {
    ++stats_.outside;
    note(Note::Metric::chose_outside, d.dseq, 1, turn);
  } else {
    ++stats_.unmet;
    note(Note::Metric::unmet_order, d.dseq, 1, turn);
  }
  close(d, turn);
}

// ---- the lease --------------------------------------------------------------------------------------

void Tenant::start_lease(OwnDeployment& d, Height height, Turn& turn) {
  ++stats_.leases;
  go(d, PhaseInput::lease_made);
  cancel_timer(Timer::step, d, d.step_due, turn);
  d.bids.clear();
  d.escrow.start(d.chosen.price, height);
  d.leased_since = d.available_since = turn.now();
  d.up = d.down = Duration{};
  d.manifest_accepted = !config_->send_manifest;
  d.available = config_->send_manifest ? std::nullopt : std::optional(true);
  if (config_->send_manifest) send_manifest(d, turn);
  set_timer(Timer::life, d, d.life_due, turn.now() + d.remaining, turn);
  check_funds(d, turn);
}

/// Books what the lease was and cost. Does nothing if none runs.
void Tenant::end_lease(OwnDeployment& d, Height height, Turn& turn) {
  if (!d.escrow.paying) return;
  observe(d, turn.now());
  reputation_.observe(d.chosen.provider, d.up, d.down);
  d.escrow.stop(height);
  d.remaining = service_left(d, turn.now());
  cancel_timer(Timer::step, d, d.step_due, turn);
  cancel_timer(Timer::life, d, d.life_due, turn);
  cancel_timer(Timer::fund, d, d.fund_due, turn);
}

/// The provider closed the lease; the group is paused until its tenant starts it again.
void Tenant::provider_left(OwnDeployment& d, Turn& turn) {
  const SegmentConfig& segment = config_->segment;
  ++stats_.provider_closes;
  if (d.remaining == Duration{}) {
    ++stats_.finished;
    return close(d, turn);
  }
  if (!segment.redeploy || leaving_) return close(d, turn);
  if (d.redeploys++ >= segment.redeploys_max) return give_up(d, turn);
  go(d, PhaseInput::provider_left);
  send_step(d, turn);
}

/// The tenant closes the lease; the chain opens the next order by itself.
void Tenant::move_away(OwnDeployment& d, Turn& turn) {
  const SegmentConfig& segment = config_->segment;
  ++stats_.moves;
  note(Note::Metric::tenant_moved, d.dseq, 1, turn);
  reputation_.exclude(d.chosen.provider, turn.now() + segment.exclude_for);
  if (!segment.redeploy) return close(d, turn);
  if (d.redeploys++ >= segment.redeploys_max) return give_up(d, turn);
  cancel_timer(Timer::step, d, d.step_due, turn);
  go(d, PhaseInput::leave);
  send_step(d, turn);
}

// ---- the end ----------------------------------------------------------------------------------------

void Tenant::close(OwnDeployment& d, Turn& turn) {
  cancel_timer(Timer::step, d, d.step_due, turn);
  cancel_timer(Timer::life, d, d.life_due, turn);
  cancel_timer(Timer::fund, d, d.fund_due, turn);
  go(d, PhaseInput::close);
  send_step(d, turn);
}

/// The deployment is closed on chain: its deposits come back, its slot is free, and a closed loop goes on
/// after `pause`. `d` is gone afterwards.
void Tenant::forget(OwnDeployment& d, Height height, Turn& turn, Duration pause) {
  if (d.closes_with_lease && d.phase == Phase::leasing) {
    ++stats_.leases;
    ++stats_.finished;
  }
  end_lease(d, height, turn);
  cancel_timer(Timer::step, d, d.step_due, turn);
  cancel_timer(Timer::fund, d, d.fund_due, turn);
  budget_ += d.escrow.left_at(height) + d.deposit_pending;
  deployments_.erase(d.dseq);
  if (leaving_) {
    if (deployments_.empty() && !away_) go_away(turn);
  } else if (config_->segment.arrivals.kind == ArrivalKind::closed_loop) {
    pause > Duration{} ? set_timer(Timer::arrival, 0, turn.now() + pause, turn) : arrive(turn);
  }
}

}  // namespace souk
