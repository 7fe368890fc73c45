#include "scenarios/market_collector.hpp"

#include <algorithm>

#include "scenarios/market_measures.hpp"

namespace souk::scenarios {
namespace {

constexpr double gib = 1024.0 * 1024.0 * 1024.0;
constexpr std::int32_t no_role = std::numeric_limits<std::int32_t>::max();

double hours(Duration d) { return seconds(d) / 3600; }
std::size_t slot(Denom denom) { return static_cast<std::size_t>(denom); }

/// The model an order's GPU attributes name, if they name exactly one: `vendor/<v>/model/<m>...`.
std::string model_named(const Attributes& attributes) {
  constexpr std::string_view mark = "/model/";
  std::string found;
  for (const Attribute& attribute : attributes) {
    const auto at = attribute.key.find(mark);
    if (at == std::string::npos) continue;
    const auto begin = at + mark.size();
    const std::string model = attribute.key.substr(begin, attribute.key.find('/', begin) - begin);
    if (model == "*" || (!found.empty() && found != model)) return {};
    found = model;
  }
  return found;
}

}  // namespace

MarketCollector::MarketCollector(const Population& population, MarketCollectorConfig config)
    : population_(population), config_(config), role_(population.seats.size(), no_role) {
  accounted_ = config.genesis;
  next_sample_ = config.genesis + config.sample_every;
  for (std::uint32_t i = 0; i < population.tenants.size(); ++i) {
    const TenantSeat& seat = population.tenants[i];
    tenants_.emplace(seat.address, i);
    role_.at(seat.actor.value) = -1 - static_cast<std::int32_t>(i);
  }
  for (std::uint32_t i = 0; i < population.providers.size(); ++i) {
    const ProviderSeat& seat = population.providers[i];
    providers_.emplace(seat.address, i);
    role_.at(seat.actor.value) = static_cast<std::int32_t>(i);
    Supply supply;
    supply.inside = seat.inside;
    supply.up.assign(seat.nodes.size(), true);
    supply.gpu =
        seat.gpu_model.empty() ? std::numeric_limits<std::uint32_t>::max() : gpu_index(seat.gpu_model);
    supply_.push_back(std::move(supply));
    if (!seat.inside) continue;
    ++providers_inside_;
    for (std::size_t node = 0; node < seat.nodes.size(); ++node) add_capacity(supply_[i], seat, node, 1);
  }
  sampled_ = totals_;
  warm_ = totals_;
}

std::uint32_t MarketCollector::gpu_index(const std::string& model) {
  const auto at = std::find(gpu_models_.begin(), gpu_models_.end(), model);
  const auto index = static_cast<std::uint32_t>(at - gpu_models_.begin());
  if (at == gpu_models_.end()) {
    gpu_models_.push_back(model);
    gpus_available_.push_back(0);
    for (MarketTotals* totals : {&totals_, &sampled_, &warm_}) totals->gpu.resize(gpu_models_.size());
  }
  return index;
}

void MarketCollector::add_capacity(const Supply& supply, const ProviderSeat& seat, std::size_t node,
                                   double sign) {
  cpus_available_ += sign * seat.nodes[node].cpus;
  if (seat.nodes[node].gpus > 0) gpus_available_[supply.gpu] += sign * seat.nodes[node].gpus;
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

void MarketCollector::tick(Time at) {
  while (next_sample_ < at || (!warmed_ && config_.warm_up_end < at)) {
    if (!warmed_ && config_.warm_up_end <= next_sample_) {
      account(config_.warm_up_end);
      warm_ = totals_;
      warmed_ = true;
    } else {
      sample(next_sample_);
      next_sample_ += config_.sample_every;
    }
  }
}

void MarketCollector::account_lease(LeaseRecord& lease, Time at) {
  const double h = hours(at - lease.accounted);
  lease.accounted = at;
  totals_.lease_hours += h;
  totals_.spend_usd += h * lease.price_usd_h;
  if (lease.value_usd_h == lease.value_usd_h)
    totals_.surplus_usd += h * (lease.value_usd_h - lease.price_usd_h);
  if (lease.cost_usd_h == lease.cost_usd_h) totals_.profit_usd += h * (lease.price_usd_h - lease.cost_usd_h);
  totals_.cpu_leased_h += h * lease.cpus;
  if (lease.gpus > 0) {
    totals_.gpu[lease.gpu].leased_h += h * lease.gpus;
  } else {
    totals_.cpu_only.leased_h += h * lease.cpus;
  }
}

void MarketCollector::account_capacity(Time at) {
  const double h = hours(at - accounted_);
  if (h <= 0) return;  // live actors' clocks differ by a moment
  accounted_ = at;
  totals_.hours += h;
  totals_.cpu_available_h += h * cpus_available_;
  for (std::size_t i = 0; i < gpus_available_.size(); ++i)
    totals_.gpu[i].available_h += h * gpus_available_[i];
}

/// Counts all that runs with time up to `at`.
void MarketCollector::account(Time at) {
  account_capacity(at);
  for (const auto& [id, index] : active_) account_lease(leases_[index], at);
}

void MarketCollector::sample(Time at) {
  account(at);
  const MarketTotals interval = difference(totals_, sampled_);
  const std::span<const LeaseRecord> created(leases_.data() + sampled_leases_,
                                             leases_.size() - sampled_leases_);
  const auto add = [&](Metric metric, const std::string& entity, double value) {
    series_.push_back({at, entities_.id(entity), metric, value});
  };
  measure(interval, created, *this, add);
  add(Metric::active_leases, "market", static_cast<double>(active_.size()));
  add(Metric::providers_active, "market", providers_inside_);
  add(Metric::escrow_held, "market", usd(escrow_held(totals_)));
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
  }
}

void MarketCollector::chain(const ChainNotice& notice) {
  if (notice.height != ended_at_) {
    for (const DeploymentKey& key : ended_) wishes_.erase(key);
    ended_.clear();
    ended_at_ = notice.height;
  }
  std::visit([&](const auto& e) { on(e, notice); }, notice.event);
}

void MarketCollector::on(const EventOrderCreated& e, const ChainNotice& notice) {
  OpenOrder order;
  order.posted = notice.block_time;
  Attributes gpu_attributes;
  for (const ResourceUnit& unit : e.spec->resources) {
    const auto count = static_cast<double>(unit.count);
    order.gpus += count * static_cast<double>(unit.resource.gpu_units);
    order.cpus += count * static_cast<double>(unit.resource.cpu_milli) / 1000;
    order.memory_gib += count * static_cast<double>(unit.resource.memory_bytes) / gib;
    if (unit.resource.gpu_units > 0 && order.gpu_model.empty()) {
      order.gpu_model = model_named(unit.resource.gpu_attributes);
    }
  }
  ++totals_.orders;
  orders_.emplace(e.id, std::move(order));
}

void MarketCollector::decide(const OpenOrder& order) {
  totals_.decided_bids += order.bids;
  if (order.second == order.second && order.lowest > 0) {
    totals_.spread_sum += (order.second - order.lowest) / order.lowest;
    ++totals_.spread_orders;
  }
}

void MarketCollector::on(const EventOrderClosed& e, const ChainNotice&) {
  const auto found = orders_.find(e.id);
  if (found == orders_.end()) return;  // it had its lease
  decide(found->second);
  ++totals_.unmet;
  if (const auto tenant = tenants_.find(e.id.owner); tenant != tenants_.end()) {
    const auto wish = wishes_.find({tenant->second, e.id.dseq});
    if (wish != wishes_.end()) totals_.unmet_gpu_hours += wish->second.hours * found->second.gpus;
  }
  orders_.erase(found);
}

void MarketCollector::on(const EventBidCreated& e, const ChainNotice&) {
  ++totals_.bids;
  const auto found = orders_.find(e.id.order());
  if (found == orders_.end()) return;
  OpenOrder& order = found->second;
  const double price = usd_h(e.price);
  ++order.bids;
  if (!(order.lowest <= price)) {
    order.second = order.lowest;
    order.lowest = price;
  } else if (!(order.second <= price)) {
    order.second = price;
  }
}

std::uint32_t MarketCollector::gpu_of(const Supply& supply, const OpenOrder& order) {
  if (supply.gpu < gpu_models_.size() && gpu_models_[supply.gpu] != "mixed") return supply.gpu;
  return gpu_index(order.gpu_model.empty() ? "mixed" : order.gpu_model);
}

void MarketCollector::on(const EventLeaseCreated& e, const ChainNotice& notice) {
  const auto provider = providers_.find(e.id.provider);
  const auto tenant = tenants_.find(e.id.owner);
  if (provider == providers_.end() || tenant == tenants_.end()) return;
  LeaseRecord lease;
  lease.id = e.id;
  lease.tenant = tenant->second;
  lease.provider = provider->second;
  lease.price = e.price;
  lease.price_usd_h = usd_h(e.price);
  lease.leased = lease.ordered = lease.accounted = notice.block_time;
  lease.gpu = static_cast<std::uint32_t>(gpu_models_.size());
  if (const auto found = orders_.find(e.id.order()); found != orders_.end()) {
    const OpenOrder& order = found->second;
    decide(order);
    lease.gpus = order.gpus;
    lease.cpus = order.cpus;
    lease.memory_gib = order.memory_gib;
    lease.bids = order.bids;
    lease.second_usd_h = order.second;
    lease.ordered = order.posted;
    if (order.gpus > 0) lease.gpu = gpu_of(supply_[lease.provider], order);
    orders_.erase(found);
  }
  if (const auto wish = wishes_.find({lease.tenant, e.id.dseq}); wish != wishes_.end()) {
    lease.value_usd_h = wish->second.value;
    lease.cloud_usd_h = wish->second.cloud;
  }
  count_created(lease, totals_);
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
  ++totals_.closed[e.reason];
  cost_wanted_.erase({lease.provider, e.id.dseq});
  active_.erase(found);
}

/// The wish is needed until the end of the block: the deployment's order closes after it.
void MarketCollector::on(const EventDeploymentClosed& e, const ChainNotice&) {
  if (const auto tenant = tenants_.find(e.id.owner); tenant != tenants_.end()) {
    ended_.emplace_back(tenant->second, e.id.dseq);
  }
}

// ---- coins --------------------------------------------------------------------------------------------

void MarketCollector::on(const EventTransfer& e, const ChainNotice&) {
  const std::size_t denom = slot(e.amount.denom);
  const std::int64_t micro = e.amount.amount.micro;
  if (e.from == escrow_) return from_escrow(e);
  if (e.to == fee_collector_) {
    totals_.fees[denom] += micro;
  } else if (e.to == escrow_) {
    const auto provider = providers_.find(e.from);
    if (provider == providers_.end()) {
      totals_.deposited[denom] += micro;
    } else {
      totals_.bid_deposits[denom] += micro;
      ++supply_[provider->second].bid_deposits[{denom, micro}];
    }
  }
}

/// To a provider, escrow sends bid deposits back and pays for leases, and the event does not say which. An
/// amount equal to a deposit that escrow holds for this provider counts as that deposit: right in the long
/// run even where a payment happens to be equal.
void MarketCollector::from_escrow(const EventTransfer& e) {
  const std::size_t denom = slot(e.amount.denom);
  const std::int64_t micro = e.amount.amount.micro;
  if (e.to == distribution_) {
    totals_.take[denom] += micro;
    return;
  }
  const auto provider = providers_.find(e.to);
  if (provider == providers_.end()) {
    totals_.refunded[denom] += micro;
    return;
  }
  auto& held = supply_[provider->second].bid_deposits;
  if (const auto deposit = held.find({denom, micro}); deposit != held.end()) {
    if (--deposit->second == 0) held.erase(deposit);
    totals_.bid_refunds[denom] += micro;
  } else {
    totals_.paid[denom] += micro;
    ++totals_.withdrawals;
  }
}

// ---- notes --------------------------------------------------------------------------------------------

void MarketCollector::note(Time at, ActorId actor, const Note& note) {
  if (actor.value >= role_.size() || role_[actor.value] == no_role) return;
  const std::int32_t role = role_[actor.value];
  if (role >= 0) return provider_note(at, static_cast<std::uint32_t>(role), note);
  const DeploymentKey key{static_cast<std::uint32_t>(-1 - role), note.subject};
  switch (note.metric) {
    case Note::Metric::tenant_value_usd_h: wishes_[key].value = note.value; break;
    case Note::Metric::tenant_cloud_usd_h: wishes_[key].cloud = note.value; break;
    case Note::Metric::tenant_wanted_h: wishes_[key].hours = note.value; break;
    case Note::Metric::chose_outside: ++totals_.cloud; break;
    case Note::Metric::tenant_churned: ++totals_.churned; break;
    case Note::Metric::tenant_returned: ++totals_.returned; break;
    case Note::Metric::tenant_broke: ++totals_.dropped; break;
    case Note::Metric::tenant_moved: ++totals_.moved; break;
    default: break;  // measured elsewhere, or not at all
  }
}

void MarketCollector::provider_note(Time at, std::uint32_t provider, const Note& note) {
  switch (note.metric) {
    case Note::Metric::provider_cost_usd_h:
      if (const auto told = cost_wanted_.find({provider, note.subject}); told != cost_wanted_.end()) {
        leases_[told->second].cost_usd_h = note.value;
        cost_wanted_.erase(told);
      }
      break;
    case Note::Metric::provider_entered: set_inside(at, provider, true); break;
    case Note::Metric::provider_exited: set_inside(at, provider, false); break;
    case Note::Metric::node_failed: set_up(at, provider, note.subject, false); break;
    case Note::Metric::node_repaired: set_up(at, provider, note.subject, true); break;
    default: break;
  }
}

void MarketCollector::set_inside(Time at, std::uint32_t provider, bool inside) {
  ++(inside ? totals_.entered : totals_.exited);
  Supply& supply = supply_[provider];
  if (supply.inside == inside) return;
  account_capacity(at);
  supply.inside = inside;
  providers_inside_ += inside ? 1 : -1;
  const ProviderSeat& seat = population_.providers[provider];
  for (std::size_t node = 0; node < seat.nodes.size(); ++node) {
    if (supply.up[node]) add_capacity(supply, seat, node, inside ? 1 : -1);
  }
}

void MarketCollector::set_up(Time at, std::uint32_t provider, std::size_t node, bool up) {
  if (!up) ++totals_.failed;
  Supply& supply = supply_[provider];
  if (node >= supply.up.size() || supply.up[node] == up) return;
  account_capacity(at);
  supply.up[node] = up;
  if (supply.inside) add_capacity(supply, population_.providers[provider], node, up ? 1 : -1);
}

}  // namespace souk::scenarios
