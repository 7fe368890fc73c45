// Service and money: manifests, what the workload reports, and the escrow's level.

#include <algorithm>

#include "actors/tenant.hpp"

namespace souk {

namespace {

constexpr std::uint32_t http_ok = 200;
constexpr std::uint32_t http_unprocessable = 422;  // version, validity or cross-check (akash-offchain.md 2.5)

}  // namespace

// ---- service ----------------------------------------------------------------------------------------

void Tenant::send_manifest(OwnDeployment& d, Turn& turn) {
  ++d.attempts;
  const LeaseId lease = d.lease(config_->account);
  turn.out.push_back(SendTo{lease.provider, ManifestSent{turn.context.self, lease, d.request.manifest_hash}});
  set_timer(Timer::step, d, d.step_due, turn.now() + config_->manifest_retry, turn);
}

void Tenant::handle(const ManifestReply& e, Turn& turn) {
  OwnDeployment* d = mine(e.lease.owner, e.lease.dseq);
  if (d == nullptr || d->phase != Phase::leased || e.lease != d->lease(config_->account)) return;
  if (d->manifest_accepted) return;
  if (e.status == http_ok) {
    d->manifest_accepted = true;
    return cancel_timer(Timer::step, *d, d->step_due, turn);
  }
  if (e.status == http_unprocessable) move_away(*d, turn);  // sending the same again would not help
  // 404 (the provider has not seen the lease yet) and 5xx: the step timer sends it again.
}

void Tenant::handle(const WorkloadStatus& e, Turn& turn) {
  OwnDeployment* d = mine(e.lease.owner, e.lease.dseq);
  if (d == nullptr || d->phase != Phase::leased || e.lease != d->lease(config_->account)) return;
  observe(*d, turn.now());
  const bool before = d->available.value_or(true);
  d->available = e.available;
  const Duration patience = config_->segment.failover_after;
  if (patience == Duration{} || !d->manifest_accepted || before == e.available) return;
  if (e.available) return cancel_timer(Timer::step, *d, d->step_due, turn);
  set_timer(Timer::step, *d, d->step_due, turn.now() + patience, turn);
}

/// Adds the stretch since the last report to the lease's up or down time. Before the first report the
/// workload is being set up, which counts as neither.
void Tenant::observe(OwnDeployment& d, Time now) {
  if (d.available) (*d.available ? d.up : d.down) += now - d.available_since;
  d.available_since = now;
}

Duration Tenant::service_left(const OwnDeployment& d, Time now) const {
  return std::max(d.remaining - (now - d.leased_since), Duration{});
}

// ---- money ------------------------------------------------------------------------------------------

/// The chain's height by now, from the newest block heard of.
Height Tenant::height_at(Time now) const {
  const Duration since = std::max(now - tip_time_, Duration{});
  return tip_ + Blocks{since / config_->block_time};
}

/// What a top-up may take: the known balance less the headroom.
Amount Tenant::spendable() const {
  const double headroom = config_->funding.headroom_usd / config_->usd_per_coin * 1e6;
  return std::max(budget_ - Dec::nearest(headroom).truncate(), Amount{});
}

void Tenant::check_funds(OwnDeployment& d, Turn& turn) {
  budget_ += d.deposit_pending;  // never decided: taken as lost
  d.deposit_pending = {};
  const Time now = turn.now();
  const FundingStep step =
      plan_funding(config_->funding, d.escrow, height_at(now), service_left(d, now), config_->block_time);
  const Amount deposit = std::min(step.deposit, spendable());
  if (step.deposit.micro > 0 && deposit.micro == 0) {
    ++stats_.broke;
    note(Note::Metric::tenant_broke, d.dseq, 1, turn);
  }
  if (deposit.micro > 0) {
    budget_ -= deposit;
    d.deposit_pending = deposit;
    submit(d, TxKind::deposit,
           {MsgAccountDeposit{config_->account,
                              deployment_escrow({config_->account, d.dseq}),
                              {{config_->denom, deposit}, config_->deposit_sources}}},
           turn);
    if (config_->tx_timeout > Duration{}) {
      set_timer(Timer::fund, d, d.fund_due, now + std::max(config_->tx_timeout, config_->funding.cooldown),
                turn);
    }
    return;
  }
  const bool want_more = step.deposit.micro > 0;
  const std::optional<Duration> look_in = want_more ? config_->funding.cooldown : step.look_in;
  if (look_in && *look_in < service_left(d, now)) set_timer(Timer::fund, d, d.fund_due, now + *look_in, turn);
}

void Tenant::deposit_decided(OwnDeployment& d, const TxDecided& e, Turn& turn) {
  if (d.deposit_pending.micro == 0) return;
  cancel_timer(Timer::fund, d, d.fund_due, turn);
  if (e.code == 0) {
    ++stats_.top_ups;
    d.escrow.deposited += d.deposit_pending;
    d.deposit_pending = {};
    return d.phase == Phase::leased ? check_funds(d, turn) : void();
  }
  budget_ += d.deposit_pending;
  d.deposit_pending = {};
  if (d.phase != Phase::leased) return;
  ++stats_.broke;
  note(Note::Metric::tenant_broke, d.dseq, 1, turn);
  set_timer(Timer::fund, d, d.fund_due, turn.now() + config_->funding.cooldown, turn);
}

}  // namespace souk
