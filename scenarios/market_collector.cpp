#include "scenarios/market_collector.hpp"

#include <algorithm>
#include <limits>

#include "scenarios/market_measures.hpp"

namespace souk::scenarios {
namespace {

constexpr std::int32_t no_role = std::numeric_limits<std::int32_t>::max();

double hours(Duration d) { return seconds(d) / 3600; }
std::size_t slot(Denom denom) { return static_cast<std::size_t>(denom); }
bool known(double value) { return value == value; }

/// Whether the lease failed its tenant. A manifest that never came is not the provider's fault.
bool failed(LeaseClosedReason reason) {
  return reason == LeaseClosedReason::unstable || reason == LeaseClosedReason::decommission ||
         reason == LeaseClosedReason::unspecified;
}

}  // namespace

MarketCollector::MarketCollector(const Population& population, MarketCollectorConfig config)
    : population_(population),
      config_(config),
      role_(population.seats.size(), no_role),
      coins_(population),
      fleet_(population, models_of_providers(), config.genesis),
      orders_(config.genesis),
      retention_(population.tenants.size(), config.genesis) {
  next_sample_ = config.genesis + config.sample_every;
  for (std::uint32_t i = 0; i < population.tenants.size(); ++i) {
    const TenantSeat& seat = population.tenants[i];
    tenants_.emplace(seat.address, i);
    role_.at(seat.actor.value) = -1 - static_cast<std::int32_t>(i);
    const auto segment = std::find(segments_.begin(), segments_.end(), seat.group);
    segment_of_.push_back(static_cast<std::uint32_t>(segment - segments_.begin()));
    if (segment == segments_.end()) segments_.push_back(seat.group);
  }
  for (std::uint32_t i = 0; i < population.providers.size(); ++i) {
    providers_.emplace(population.providers[i].address, i);
    role_.at(population.providers[i].actor.value) = static_cast<std::int32_t>(i);
  }
  totals_.segments.resize(segments_.size());
  totals_.providers.resize(population.providers.size());
  sampled_ = totals_;
  warm_ = totals_;
}

std::vector<std::uint32_t> MarketCollector::models_of_providers() {
  std::vector<std::uint32_t> models;
  for (const ProviderSeat& seat : population_.providers)
    models.push_back(seat.gpu_model.empty() ? std::numeric_limits<std::uint32_t>::max()
                                            : gpu_index(seat.gpu_model));
  return models;
}

std::uint32_t MarketCollector::gpu_index(const std::string& model) {
  const auto at = std::find(gpu_models_.begin(), gpu_models_.end(), model);
  const auto index = static_cast<std::uint32_t>(at - gpu_models_.begin());
  if (at == gpu_models_.end()) {
    gpu_models_.push_back(model);
    totals_.gpu.resize(gpu_models_.size());
  }
  return index;
}

double MarketCollector::usd(const Flow& flow) const {
  double sum = 0;
  for (std::size_t i = 0; i < denom_count; ++i)
    sum += static_cast<double>(flow[i]) * 1e-6 * config_.usd_per_coin[i];
  return sum;
}

double MarketCollector::usd_h(const DecCoin& price) const {
  const double blocks_per_hour = 3600 / seconds(config_.block_time);
  return price.amount.to_double() * 1e-6 * config_.usd_per_coin[slot(price.denom)] * blocks_per_hour;
}

// ---- time ---------------------------------------------------------------------------------------------

Time MarketCollector::next_stop() const {
  const Time stop = std::min(next_sample_, retention_.month_end());
  return warmed_ ? stop : std::min(stop, config_.warm_up_end);
}

/// A month that ends with the warm-up belongs to it.
void MarketCollector::tick(Time at) {
  for (Time stop = next_stop(); stop < at; stop = next_stop()) {
    if (stop == retention_.month_end()) {
      account(stop);
      retention_.close_month(totals_.tenants);
    } else if (!warmed_ && stop == config_.warm_up_end) {
      account(stop);
      warm_ = totals_;
      warmed_ = true;
    } else {
      sample(stop);
      next_sample_ += config_.sample_every;
    }
  }
}

void MarketCollector::account_lease(LeaseRecord& lease, Time at) {
  const double h = hours(at - lease.accounted);
  lease.accounted = at;
  const double spent = h * lease.price_usd_h;
  LeaseTotals& t = totals_.leases;
  SegmentTotals& segment = totals_.segments[segment_of_[lease.tenant]];
  ProviderTotals& provider = totals_.providers[lease.provider];
  ResourceTotals& resource = lease.gpus > 0 ? totals_.gpu[lease.gpu] : totals_.cpu_only;
  t.hours += h;
  t.spend_usd += spent;
  segment.spend_usd += spent;
  retention_.spent(lease.tenant, spent);
  if (known(lease.value_usd_h)) {
    const double surplus = h * (lease.value_usd_h - lease.price_usd_h);
    t.surplus_usd += surplus;
    segment.surplus_usd += surplus;
  }
  if (known(lease.cost_usd_h)) t.profit_usd += h * (lease.price_usd_h - lease.cost_usd_h);
  if (known(lease.break_even_usd_h)) {
    resource.spend_usd += spent;
    resource.break_even_usd += h * lease.break_even_usd_h;
    provider.spend_usd += spent;
    provider.break_even_usd += h * lease.break_even_usd_h;
  }
  if (lease.workload == Workload::up) provider.up_h += h;
  if (lease.workload == Workload::down) provider.down_h += h, totals_.service.down_usd += spent;
  totals_.cpu_leased_h += h * lease.cpus;
  resource.leased_h += h * (lease.gpus > 0 ? lease.gpus : lease.cpus);
}

/// Counts all that runs with time up to `at`.
void MarketCollector::account(Time at) {
  fleet_.account(at, totals_);
  orders_.account(at, totals_.orders);
  for (const auto& [id, index] : active_) account_lease(leases_[index], at);
}

void MarketCollector::sample(Time at) {
  account(at);
  const MarketTotals interval = difference(totals_, sampled_);
  const std::span<const LeaseRecord> created(leases_.data() + sampled_leases_,
                                             leases_.size() - sampled_leases_);
  const AddMeasure add = [&](Metric metric, const std::string& entity, double value) {
    series_.push_back({at, entities_.id(entity), metric, value});
  };
  measure(interval, created, *this, add);
  measure_now(*this, at, add);
  add(Metric::active_leases, "market", static_cast<double>(active_.size()));
  add(Metric::orders_open, "market", static_cast<double>(orders_.size()));
  if (const auto& cohorts = retention_.cohorts(); cohorts.size() > sampled_months_) {
    measure_cohorts(cohorts, add);
    sampled_months_ = cohorts.size();
  }
  sampled_ = totals_;
  sampled_leases_ = leases_.size();
}

void MarketCollector::finish(Time end) {
  tick(end);
  if (!warmed_) {
    account(std::min(end, config_.warm_up_end));
    warm_ = totals_;
    warmed_ = true;
  }
  if (retention_.month_end() == end) {
    account(end);
    retention_.close_month(totals_.tenants);
  }
  if (series_.empty() || series_.back().time < end) sample(end);
}

// ---- chain events -------------------------------------------------------------------------------------

void MarketCollector::on_effect(Time at, ActorId actor, const Effect& effect) {
  last_seen_ = at;
  if (const auto* publish = std::get_if<Publish>(&effect)) {
    if (publish->topic != chain_) return;
    tick(at);
    if (const auto* notice = std::get_if<ChainNotice>(publish->event.get())) chain(*notice);
  } else if (const auto* told = std::get_if<Note>(&effect)) {
    tick(at);
    note(at, actor, *told);
  } else if (const auto* send = std::get_if<Send>(&effect)) {
    if (const auto* status = std::get_if<WorkloadStatus>(&send->event)) {
      tick(at);
      workload(at, *status);
    }
  }
}

void MarketCollector::chain(const ChainNotice& notice) {
  deployments_.begin(notice.height);
  std::visit([&](const auto& e) { on(e, notice); }, notice.event);
}

void MarketCollector::on(const EventDeploymentCreated& e, const ChainNotice& notice) {
  const auto tenant = tenants_.find(e.id.owner);
  if (tenant == tenants_.end()) return;
  deployments_.created({tenant->second, e.id.dseq}, totals_);
  retention_.deployed(tenant->second, notice.block_time, totals_.tenants);
}

void MarketCollector::on(const EventOrderCreated& e, const ChainNotice& notice) {
  OpenOrder order = open_order(e, notice);
  OrderTotals& t = totals_.orders;
  ++t.posted;
  t.gpus += order.gpus;
  t.cpus += order.cpus;
  t.memory_gib += order.memory_gib;
  if (const auto tenant = tenants_.find(e.id.owner); tenant != tenants_.end())
    ++totals_.segments[segment_of_[tenant->second]].orders;
  orders_.account(notice.block_time, t);
  orders_.post(e.id, std::move(order));
}

void MarketCollector::on(const EventOrderClosed& e, const ChainNotice& notice) {
  orders_.account(notice.block_time, totals_.orders);
  const auto order = orders_.decide(e.id, false, totals_.orders);
  if (!order) return;  // it had its lease
  OrderTotals& t = totals_.orders;
  ++t.unmet;
  const auto tenant = tenants_.find(e.id.owner);
  if (tenant == tenants_.end()) return;
  SegmentTotals& segment = totals_.segments[segment_of_[tenant->second]];
  ++segment.unmet;
  segment.blocked += order->bids == 0 ? 1 : 0;
  const LiveDeployment* wish = deployments_.find({tenant->second, e.id.dseq});
  if (wish == nullptr) return;
  t.unmet_gpu_hours += wish->wanted_h * order->gpus;
  if (!known(wish->value_usd_h)) return;
  t.unmet_value_usd += wish->wanted_h * wish->value_usd_h;
  t.priced_out += order->lowest > wish->value_usd_h ? 1 : 0;
}

void MarketCollector::on(const EventBidCreated& e, const ChainNotice&) {
  ++totals_.orders.bids;
  orders_.bid(e.id.order(), usd_h(e.price));
}

std::uint32_t MarketCollector::gpu_of(std::uint32_t provider, const OpenOrder& order) {
  const std::uint32_t own = fleet_.gpu_model(provider);
  if (own < gpu_models_.size() && gpu_models_[own] != "mixed") return own;
  return gpu_index(order.gpu_model.empty() ? "mixed" : order.gpu_model);
}

/// What the order says of its lease.
void MarketCollector::fill(LeaseRecord& lease, const OpenOrder& order, const ChainNotice& notice) {
  lease.gpus = order.gpus;
  lease.cpus = order.cpus;
  lease.memory_gib = order.memory_gib;
  lease.bids = order.bids;
  lease.second_usd_h = order.second;
  lease.ordered = order.posted;
  if (order.gpus > 0) lease.gpu = gpu_of(lease.provider, order);
  if (order.maximum.amount > Dec{}) lease.maximum_usd_h = usd_h(order.maximum);
  const bool at_maximum =
      lease.price.denom == order.maximum.denom && lease.price.amount == order.maximum.amount;
  totals_.leases.at_maximum += at_maximum ? 1 : 0;
  const std::int64_t blocks = (notice.height - order.height).count;
  totals_.leases.wait_blocks += static_cast<double>(blocks);
  totals_.orders.prompt += blocks <= prompt_blocks ? 1 : 0;
  const ProviderSeat& seat = population_.providers[lease.provider];
  if (seat.gpu_model.empty() != (order.gpus > 0))
    lease.break_even_usd_h = seat.break_even_usd_h * (order.gpus > 0 ? order.gpus : order.cpus);
}

void MarketCollector::on(const EventLeaseCreated& e, const ChainNotice& notice) {
  const auto provider = providers_.find(e.id.provider);
  const auto tenant = tenants_.find(e.id.owner);
  if (provider == providers_.end() || tenant == tenants_.end()) return;
  const DeploymentKey key{tenant->second, e.id.dseq};
  LeaseRecord lease;
  lease.id = e.id;
  lease.tenant = tenant->second;
  lease.provider = provider->second;
  lease.price = e.price;
  lease.price_usd_h = usd_h(e.price);
  lease.leased = lease.ordered = lease.accounted = notice.block_time;
  lease.gpu = static_cast<std::uint32_t>(gpu_models_.size());
  orders_.account(notice.block_time, totals_.orders);
  if (const auto order = orders_.decide(e.id.order(), true, totals_.orders)) fill(lease, *order, notice);
  if (const LiveDeployment* wish = deployments_.find(key)) {
    lease.value_usd_h = wish->value_usd_h;
    lease.cloud_usd_h = wish->cloud_usd_h;
  }
  count_created(lease, segment_of_[lease.tenant], totals_);
  deployments_.leased(key, notice.block_time, totals_);
  retention_.leased(lease.tenant, notice.block_time, totals_.tenants);
  active_.emplace(e.id, leases_.size());
  cost_wanted_[{lease.provider, e.id.dseq}] = leases_.size();
  leases_.push_back(std::move(lease));
}

void MarketCollector::on(const EventLeaseClosed& e, const ChainNotice& notice) {
  const auto found = active_.find(e.id);
  if (found == active_.end()) return;
  LeaseRecord& lease = leases_[found->second];
  account_lease(lease, notice.block_time);
  lease.closed = notice.block_time;
  lease.reason = e.reason;
  LeaseTotals& t = totals_.leases;
  ++t.closed[e.reason];
  t.ended_h += hours(notice.block_time - lease.leased);
  t.ended_usd += hours(notice.block_time - lease.leased) * lease.price_usd_h;
  if (failed(e.reason)) deployments_.lost({lease.tenant, e.id.dseq}, notice.block_time, totals_);
  retention_.lease_ended(lease.tenant);
  cost_wanted_.erase({lease.provider, e.id.dseq});
  active_.erase(found);
}

void MarketCollector::on(const EventDeploymentClosed& e, const ChainNotice& notice) {
  if (const auto tenant = tenants_.find(e.id.owner); tenant != tenants_.end())
    deployments_.closed({tenant->second, e.id.dseq}, notice.height, totals_);
}

void MarketCollector::on(const EventTransfer& e, const ChainNotice&) { coins_.take(e, totals_.coins); }

// ---- notes --------------------------------------------------------------------------------------------

void MarketCollector::note(Time at, ActorId actor, const Note& note) {
  if (actor.value >= role_.size() || role_[actor.value] == no_role) return;
  const std::int32_t role = role_[actor.value];
  if (role >= 0) return provider_note(at, static_cast<std::uint32_t>(role), note);
  const DeploymentKey key{static_cast<std::uint32_t>(-1 - role), note.subject};
  TenantTotals& t = totals_.tenants;
  switch (note.metric) {
    case Note::Metric::tenant_value_usd_h: deployments_.at(key).value_usd_h = note.value; break;
    case Note::Metric::tenant_cloud_usd_h: deployments_.at(key).cloud_usd_h = note.value; break;
    case Note::Metric::tenant_wanted_h: deployments_.at(key).wanted_h = note.value; break;
    case Note::Metric::chose_outside: ++totals_.orders.cloud; break;
    case Note::Metric::unmet_order: deployments_.given_up(key); break;
    case Note::Metric::tenant_churned: ++t.churned; break;
    case Note::Metric::tenant_returned: ++t.returned; break;
    case Note::Metric::tenant_broke:
      ++t.dropped;
      deployments_.given_up(key);
      break;
    case Note::Metric::tenant_moved:
      ++t.moved;
      deployments_.lost(key, at, totals_);
      break;
    default: break;  // measured elsewhere, or not at all
  }
}

void MarketCollector::provider_note(Time at, std::uint32_t provider, const Note& note) {
  switch (note.metric) {
    case Note::Metric::provider_cost_usd_h:
      if (const auto told = cost_wanted_.find({provider, note.subject}); told != cost_wanted_.end()) {
        cost_told(leases_[told->second], note.value);
        cost_wanted_.erase(told);
      }
      break;
    case Note::Metric::provider_entered: fleet_.set_inside(at, provider, true, totals_); break;
    case Note::Metric::provider_exited: fleet_.set_inside(at, provider, false, totals_); break;
    case Note::Metric::node_failed: fleet_.set_up(at, provider, note.subject, false, totals_); break;
    case Note::Metric::node_repaired: fleet_.set_up(at, provider, note.subject, true, totals_); break;
    default: break;
  }
}

void MarketCollector::cost_told(LeaseRecord& lease, double usd_h) {
  lease.cost_usd_h = usd_h;
  if (!(lease.maximum_usd_h > usd_h)) return;
  totals_.leases.shading_sum += (lease.price_usd_h - usd_h) / (lease.maximum_usd_h - usd_h);
  ++totals_.leases.shadings;
}

void MarketCollector::workload(Time at, const WorkloadStatus& status) {
  const auto found = active_.find(status.lease);
  if (found == active_.end()) return;
  LeaseRecord& lease = leases_[found->second];
  account_lease(lease, at);
  lease.workload = status.available ? Workload::up : Workload::down;
}

}  // namespace souk::scenarios
