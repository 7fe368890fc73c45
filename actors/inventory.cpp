#include "actors/inventory.hpp"

#include <algorithm>
#include <limits>
#include <string_view>
#include <utility>

#include "actors/base/check.hpp"

namespace souk {
namespace {

std::string_view attribute_value(const Attributes& attributes, std::string_view key) {
  for (const Attribute& attribute : attributes) {
    if (attribute.key == key) return attribute.value;
  }
  return {};
}

std::uint32_t leased_ips_of(const GroupSpec& spec) {
  std::vector<std::uint32_t> sequence_numbers;
  for (const ResourceUnit& unit : spec.resources) {
    for (const Endpoint& endpoint : unit.resource.endpoints) {
      if (endpoint.kind == EndpointKind::leased_ip) sequence_numbers.push_back(endpoint.sequence_number);
    }
  }
  std::sort(sequence_numbers.begin(), sequence_numbers.end());
  const auto last = std::unique(sequence_numbers.begin(), sequence_numbers.end());
  return static_cast<std::uint32_t>(last - sequence_numbers.begin());
}

void announce_gpu(const GpuModel& gpu, Attributes& out) {
  const std::string base = "capabilities/gpu/vendor/" + gpu.vendor + "/model/" + gpu.model;
  const std::string form = gpu.form.empty() ? "" : "/interface/" + gpu.form;
  const std::string ram = gpu.ram.empty() ? "" : "/ram/" + gpu.ram;
  for (const std::string& key : {base, base + ram, base + form, base + ram + form}) {
    out.push_back({key, "true"});
  }
}

}  // namespace

Attributes capability_attributes(const ClusterSpec& cluster) {
  Attributes out;
  for (const NodeSpec& node : cluster.nodes) {
    for (const GpuStock& stock : node.gpus) {
      if (stock.count > 0) announce_gpu(stock.gpu, out);
    }
  }
  std::size_t n = 1;
  const auto announce_storage = [&](const std::string& name, const char* persistent) {
    const std::string base = "capabilities/storage/" + std::to_string(n++);
    out.push_back({base + "/class", name});
    out.push_back({base + "/persistent", persistent});
  };
  for (const StoragePool& pool : cluster.pools) announce_storage(pool.name, "true");
  announce_storage("ram", "false");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

std::uint64_t committed(std::uint64_t v, std::uint32_t percent, bool whole_hundreds_only) {
  if (v == 0 || percent == 0) return v;
  const u128 hundredths = whole_hundreds_only ? u128{100} + percent / 100 * 100 : u128{100} + percent;
  const auto rounded = static_cast<std::uint64_t>((u128{v} * 100 + hundredths / 2) / hundredths);
  return std::max<std::uint64_t>(rounded, 1);
}

Inventory::Inventory(ClusterSpec cluster) : cluster_(std::move(cluster)), ips_free_(cluster_.leased_ips) {
  SOUK_CHECK(cluster_.pools.size() <= pool_max);
  for (std::size_t i = 0; i < cluster_.pools.size(); ++i) {
    pool_free_[i] = cluster_.pools[i].bytes;
    total_.persistent_bytes += cluster_.pools[i].bytes;
  }
  nodes_.reserve(cluster_.nodes.size());
  for (const NodeSpec& spec : cluster_.nodes) {
    Node node{spec.cpu_milli, spec.memory_bytes, spec.ephemeral_bytes, {}, 0, true};
    for (const GpuStock& stock : spec.gpus) {
      node.gpus.push_back(stock.count);
      total_.gpus += stock.count;
    }
    for (std::size_t i = 0; i < cluster_.pools.size(); ++i) {
      const auto& classes = spec.storage_classes;
      if (std::find(classes.begin(), classes.end(), cluster_.pools[i].name) != classes.end())
        node.pools |= 1u << i;
    }
    total_.cpu_milli += spec.cpu_milli;
    total_.memory_bytes += spec.memory_bytes;
    total_.ephemeral_bytes += spec.ephemeral_bytes;
    nodes_.push_back(std::move(node));
  }
}

std::optional<Inventory::Demand> Inventory::demand_of(const ResourceUnit& unit) const {
  const Resources& r = unit.resource;
  const Overcommit& over = cluster_.overcommit;
  if (r.gpu_units > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
  Demand demand;
  demand.cpu_milli = committed(r.cpu_milli, over.cpu_percent, over.whole_hundreds_only);
  demand.memory_bytes = committed(r.memory_bytes, over.memory_percent, over.whole_hundreds_only);
  demand.gpus = static_cast<std::uint32_t>(r.gpu_units);
  demand.replicas = unit.count;
  for (const StorageVolume& volume : r.storage) {
    const std::string_view name = attribute_value(volume.attributes, "class");
    if (name == "ram") {
      demand.memory_bytes += committed(volume.bytes, over.memory_percent, over.whole_hundreds_only);
      continue;
    }
    const auto bytes = committed(volume.bytes, over.storage_percent, over.whole_hundreds_only);
    if (attribute_value(volume.attributes, "persistent") != "true") {
      demand.ephemeral_bytes += bytes;
      continue;
    }
    std::size_t pool = 0;
    while (pool < cluster_.pools.size() && cluster_.pools[pool].name != name) ++pool;
    if (pool == cluster_.pools.size()) return std::nullopt;
    demand.pools |= 1u << pool;
    demand.pool_bytes[pool] += bytes;
  }
  return demand;
}

bool Inventory::fits(const Node& node, const Demand& demand) const {
  if (!node.up || node.cpu_milli < demand.cpu_milli || node.memory_bytes < demand.memory_bytes ||
      node.ephemeral_bytes < demand.ephemeral_bytes || (demand.pools & ~node.pools) != 0) {
    return false;
  }
  if (demand.pools == 0) return true;
  for (std::size_t i = 0; i < cluster_.pools.size(); ++i) {
    if (pool_free_[i] < demand.pool_bytes[i]) return false;
  }
  return true;
}

std::optional<std::uint32_t> Inventory::pick_gpu(std::size_t node, const Resources& wish,
                                                 std::uint32_t units) const {
  const auto& stocks = cluster_.nodes[node].gpus;
  for (std::size_t i = 0; i < stocks.size(); ++i) {
    if (nodes_[node].gpus[i] >= units && answered_wish(stocks[i].gpu, wish.gpu_attributes)) {
      return static_cast<std::uint32_t>(i);
    }
  }
  return std::nullopt;
}

Expected<SharedOffer, ReserveError> Inventory::reserve(const OrderId& order, const GroupSpec& spec) {
  if (allocations_.contains(order)) return Unexpected{ReserveError::already_reserved};
  Allocation allocation;
  allocation.ips = leased_ips_of(spec);
  if (allocation.ips > ips_free_) return Unexpected{ReserveError::insufficient_ips};
  allocation.units.reserve(spec.resources.size());
  for (const ResourceUnit& unit : spec.resources) {
    auto demand = demand_of(unit);
    if (!demand) return Unexpected{ReserveError::insufficient_capacity};
    allocation.units.push_back(*demand);
  }
  if (const auto packed = pack(allocation, spec); !packed) {
    for (const Replica& replica : allocation.replicas) give(allocation.units[replica.unit], replica);
    return Unexpected{packed.error()};
  }
  ips_free_ -= allocation.ips;
  SharedOffer offer = offer_of(allocation, spec);
  allocations_.emplace(order, std::move(allocation));
  return offer;
}

Expected<void, ReserveError> Inventory::pack(Allocation& allocation, const GroupSpec& spec) {
  std::size_t unplaced = 0;
  for (const Demand& demand : allocation.units) unplaced += demand.replicas > 0 ? 1 : 0;
  for (std::size_t node = 0; node < nodes_.size() && unplaced > 0; ++node) {
    for (std::size_t unit = spec.resources.size(); unit-- > 0;) {
      if (allocation.units[unit].replicas == 0) continue;
      const auto done = place(allocation, node, unit, spec.resources[unit]);
      if (!done) return Unexpected{done.error()};
      unplaced -= *done ? 1 : 0;
    }
  }
  if (unplaced > 0) return Unexpected{ReserveError::insufficient_capacity};
  return {};
}

/// Puts as many replicas of the unit on the node as fit; true when none is left.
Expected<bool, ReserveError> Inventory::place(Allocation& allocation, std::size_t node, std::size_t unit,
                                              const ResourceUnit& wish) {
  Demand& demand = allocation.units[unit];
  while (demand.replicas > 0 && fits(nodes_[node], demand)) {
    Replica replica{static_cast<std::uint32_t>(node), static_cast<std::uint32_t>(unit), 0};
    if (demand.gpus > 0) {
      const auto stock = pick_gpu(node, wish.resource, demand.gpus);
      if (!stock) return false;
      replica.stock = *stock;
      if (!demand.first_gpu) demand.first_gpu = replica;
      if (!same_offer(*demand.first_gpu, replica, wish.resource)) {
        return Unexpected{ReserveError::group_resource_mismatch};
      }
    }
    take(demand, replica);
    allocation.replicas.push_back(replica);
    --demand.replicas;
  }
  return demand.replicas == 0;
}

bool Inventory::same_offer(const Replica& a, const Replica& b, const Resources& wish) const {
  const GpuModel& x = cluster_.nodes[a.node].gpus[a.stock].gpu;
  const GpuModel& y = cluster_.nodes[b.node].gpus[b.stock].gpu;
  if (x == y) return true;
  return offered_gpu_key(x, *answered_wish(x, wish.gpu_attributes)) ==
         offered_gpu_key(y, *answered_wish(y, wish.gpu_attributes));
}

void Inventory::take(const Demand& demand, const Replica& replica) {
  Node& node = nodes_[replica.node];
  node.cpu_milli -= demand.cpu_milli;
  node.memory_bytes -= demand.memory_bytes;
  node.ephemeral_bytes -= demand.ephemeral_bytes;
  if (demand.gpus > 0) node.gpus[replica.stock] -= demand.gpus;
  if (demand.pools == 0) return;
  for (std::size_t i = 0; i < cluster_.pools.size(); ++i) pool_free_[i] -= demand.pool_bytes[i];
}

void Inventory::give(const Demand& demand, const Replica& replica) {
  Node& node = nodes_[replica.node];
  node.cpu_milli += demand.cpu_milli;
  node.memory_bytes += demand.memory_bytes;
  node.ephemeral_bytes += demand.ephemeral_bytes;
  if (demand.gpus > 0) node.gpus[replica.stock] += demand.gpus;
  if (demand.pools == 0) return;
  for (std::size_t i = 0; i < cluster_.pools.size(); ++i) pool_free_[i] += demand.pool_bytes[i];
}

SharedOffer Inventory::offer_of(const Allocation& allocation, const GroupSpec& spec) const {
  const bool names_gpu = std::any_of(allocation.units.begin(), allocation.units.end(),
                                     [](const Demand& demand) { return demand.first_gpu.has_value(); });
  if (!names_gpu) return nullptr;
  auto offer = std::make_shared<std::vector<ResourceOffer>>();
  offer->reserve(spec.resources.size());
  for (std::size_t unit = 0; unit < spec.resources.size(); ++unit) {
    ResourceOffer entry{spec.resources[unit].resource, spec.resources[unit].count};
    if (const auto& first = allocation.units[unit].first_gpu) {
      const GpuModel& gpu = cluster_.nodes[first->node].gpus[first->stock].gpu;
      const auto wish = answered_wish(gpu, entry.resources.gpu_attributes);
      entry.resources.gpu_attributes = {{offered_gpu_key(gpu, *wish), "true"}};
    }
    offer->push_back(std::move(entry));
  }
  return offer;
}

void Inventory::commit(const OrderId& order) {
  const auto it = allocations_.find(order);
  SOUK_CHECK(it != allocations_.end());
  it->second.leased = true;
}

bool Inventory::release(const OrderId& order) {
  const auto it = allocations_.find(order);
  if (it == allocations_.end()) return false;
  for (const Replica& replica : it->second.replicas) give(it->second.units[replica.unit], replica);
  ips_free_ += it->second.ips;
  allocations_.erase(it);
  return true;
}

bool Inventory::is_committed(const OrderId& order) const {
  const auto it = allocations_.find(order);
  return it != allocations_.end() && it->second.leased;
}

bool Inventory::untouched() const {
  return allocations_.empty() &&
         std::all_of(nodes_.begin(), nodes_.end(), [](const Node& n) { return n.up; });
}

std::vector<OrderId> Inventory::leased_on(std::size_t node) const {
  std::vector<OrderId> out;
  for (const auto& [order, allocation] : allocations_) {
    const auto& replicas = allocation.replicas;
    const bool here =
        std::any_of(replicas.begin(), replicas.end(), [&](const Replica& r) { return r.node == node; });
    if (allocation.leased && here) out.push_back(order);
  }
  std::sort(out.begin(), out.end());  // the order of hashing must not show
  return out;
}

bool Inventory::healthy(const OrderId& order) const {
  const auto it = allocations_.find(order);
  SOUK_CHECK(it != allocations_.end());
  const auto& replicas = it->second.replicas;
  return std::all_of(replicas.begin(), replicas.end(), [&](const Replica& r) { return nodes_[r.node].up; });
}

ResourceSum Inventory::free() const {
  ResourceSum sum;
  for (const Node& node : nodes_) {
    sum.cpu_milli += node.cpu_milli;
    sum.memory_bytes += node.memory_bytes;
    sum.ephemeral_bytes += node.ephemeral_bytes;
    for (const std::uint32_t gpus : node.gpus) sum.gpus += gpus;
  }
  for (std::size_t i = 0; i < cluster_.pools.size(); ++i) sum.persistent_bytes += pool_free_[i];
  return sum;
}

ResourceSum Inventory::leased() const {
  ResourceSum sum;
  for (const auto& [order, allocation] : allocations_) {
    if (!allocation.leased) continue;
    for (const Replica& replica : allocation.replicas) {
      const Demand& demand = allocation.units[replica.unit];
      sum.cpu_milli += demand.cpu_milli;
      sum.memory_bytes += demand.memory_bytes;
      sum.ephemeral_bytes += demand.ephemeral_bytes;
      sum.gpus += demand.gpus;
      for (const std::uint64_t bytes : demand.pool_bytes) sum.persistent_bytes += bytes;
    }
  }
  return sum;
}

std::uint64_t Inventory::stranded_gpus(std::uint32_t block) const {
  std::uint64_t stranded = 0;
  for (const Node& node : nodes_) {
    for (const std::uint32_t gpus : node.gpus) stranded += gpus < block ? gpus : 0;
  }
  return stranded;
}

}  // namespace souk
