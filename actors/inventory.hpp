#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/id_map.hpp"
#include "actors/base/result.hpp"
#include "actors/chain/types.hpp"
#include "actors/gpu_wish.hpp"

/// The resources of one provider: what its nodes have, what is reserved for open bids, what runs leases.
/// Packing is the one of akash-offchain.md section 2.3, so that fragmentation is real.
namespace souk {

struct GpuStock {
  GpuModel gpu;
  std::uint32_t count = 0;
};

/// What one machine can give to workloads (allocatable, system overhead already taken off).
struct NodeSpec {
  std::uint64_t cpu_milli = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t ephemeral_bytes = 0;
  std::vector<GpuStock> gpus;
  std::vector<std::string>
      storage_classes;  ///< persistent classes this node can attach: default beta1 beta2 beta3
};

/// Persistent storage of one class, one pool for the whole cluster (Ceph).
struct StoragePool {
  std::string name;  ///< default, beta1, beta2, beta3
  std::uint64_t bytes = 0;
};

/// How much more is promised than there is, in percent: 50 reserves v / 1.5 for v. Never for GPUs.
/// Source: provider flags --overcommit-pct-{cpu,mem,storage}, default 0.
struct Overcommit {
  std::uint32_t cpu_percent = 0;
  std::uint32_t memory_percent = 0;
  std::uint32_t storage_percent = 0;
  /// The daemon divides the percentage by 100 in integers, so that only whole hundreds count. Fixed by
  /// default.
  bool whole_hundreds_only = false;
};

struct ClusterSpec {
  std::vector<NodeSpec> nodes;
  std::vector<StoragePool> pools;
  std::uint32_t leased_ips = 0;  ///< size of the pool behind `ip` endpoints
  Overcommit overcommit;
};

/// What the cluster announces on the chain: `capabilities/gpu/vendor/V/model/M[/ram/R][/interface/F]` =
/// "true" in the four forms a wish can have, `capabilities/storage/<n>/{class,persistent}` per pool and for
/// ram. Sorted by key, without duplicates.
Attributes capability_attributes(const ClusterSpec& cluster);

/// v / (1 + percent / 100), rounded half up, at least 1 for v > 0: what is set aside for a request of v.
std::uint64_t committed(std::uint64_t v, std::uint32_t percent, bool whole_hundreds_only);

enum class ReserveError : std::uint8_t {
  already_reserved,         ///< the order holds a reservation
  insufficient_capacity,    ///< some replica fits nowhere (ErrInsufficientCapacity)
  group_resource_mismatch,  ///< replicas of one unit would get different GPUs (ErrGroupResourceMismatch)
  insufficient_ips,         ///< the IP pool is exhausted
};

/// Sums over a set of nodes. Persistent bytes are over all pools.
struct ResourceSum {
  std::uint64_t cpu_milli = 0;
  std::uint64_t memory_bytes = 0;
  std::uint64_t ephemeral_bytes = 0;
  std::uint64_t persistent_bytes = 0;
  std::uint64_t gpus = 0;
  friend bool operator==(const ResourceSum&, const ResourceSum&) = default;
};

/// Free, reserved and leased resources of one provider. reserve() sets aside for a bid, commit() turns the
/// reservation into a lease, release() gives either back; both are keyed by the order, since an order has at
/// most one lease. Down nodes take no new replicas and keep those they have.
class Inventory {
 public:
  Inventory() = default;
  /// REQUIRES: pool names are unique.
  explicit Inventory(ClusterSpec cluster);

  /// Sets resources aside for the whole group or for nothing. The offer is what the bid names: the spec's
  /// units with the concrete GPU filled in; null when that would only repeat the spec (no GPU in the group).
  /// Nodes in their order; on each node units from last to first, replica by replica.
  Expected<SharedOffer, ReserveError> reserve(const OrderId& order, const GroupSpec& spec);
  /// The reservation is a lease from now on. REQUIRES: reserved.
  void commit(const OrderId& order);
  /// Gives back what the order holds, reserved or leased. False if it holds nothing.
  bool release(const OrderId& order);

  bool holds(const OrderId& order) const { return allocations_.contains(order); }
  bool is_committed(const OrderId& order) const;

  /// Nothing reserved, nothing leased, every node up: what does not fit now never will.
  bool untouched() const;
  std::size_t node_count() const { return nodes_.size(); }
  bool node_up(std::size_t node) const { return nodes_[node].up; }
  void set_node_up(std::size_t node, bool up) { nodes_[node].up = up; }
  /// Leased orders with a replica on `node`, in id order.
  std::vector<OrderId> leased_on(std::size_t node) const;
  /// Whether every node with a replica of this order is up. REQUIRES: holds(order).
  bool healthy(const OrderId& order) const;

  const ClusterSpec& cluster() const { return cluster_; }
  ResourceSum total() const { return total_; }
  ResourceSum free() const;  ///< up or down, neither reserved nor leased
  ResourceSum leased() const;
  /// Free GPUs on nodes where fewer than `block` are free: idle, but of no use to the next `block`-GPU
  /// replica.
  std::uint64_t stranded_gpus(std::uint32_t block) const;

 private:
  struct Node {
    std::uint64_t cpu_milli = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t ephemeral_bytes = 0;
    std::vector<std::uint32_t> gpus;  ///< free, parallel to NodeSpec::gpus
    std::uint32_t pools = 0;          ///< bit set: which pools the node can attach
    bool up = true;
  };
  static constexpr std::size_t pool_max = 8;
  using PoolBytes = std::array<std::uint64_t, pool_max>;
  struct Replica {
    std::uint32_t node = 0;
    std::uint32_t unit = 0;
    std::uint32_t stock = 0;  ///< index into NodeSpec::gpus; meaningless without GPUs
  };
  /// What one replica of a unit takes.
  struct Demand {
    std::uint64_t cpu_milli = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t ephemeral_bytes = 0;
    std::uint32_t gpus = 0;
    std::uint32_t pools = 0;  ///< bit set of the pools it draws from
    PoolBytes pool_bytes{};
    std::uint32_t replicas = 0;        ///< still to be placed
    std::optional<Replica> first_gpu;  ///< decides which GPU the offer names
  };
  struct Allocation {
    std::vector<Demand> units;
    std::vector<Replica> replicas;
    std::uint32_t ips = 0;
    bool leased = false;
  };

  std::optional<Demand> demand_of(const ResourceUnit& unit) const;
  bool fits(const Node& node, const Demand& demand) const;
  /// The first stock of the node that answers the wish with enough free; empty if none.
  std::optional<std::uint32_t> pick_gpu(std::size_t node, const Resources& wish, std::uint32_t units) const;
  Expected<void, ReserveError> pack(Allocation& allocation, const GroupSpec& spec);
  Expected<bool, ReserveError> place(Allocation& allocation, std::size_t node, std::size_t unit,
                                     const ResourceUnit& wish);
  void take(const Demand& demand, const Replica& replica);
  void give(const Demand& demand, const Replica& replica);
  /// Whether both replicas' GPUs are offered under the same attribute.
  bool same_offer(const Replica& a, const Replica& b, const Resources& wish) const;
  SharedOffer offer_of(const Allocation& allocation, const GroupSpec& spec) const;

  ClusterSpec cluster_;
  std::vector<Node> nodes_;
  PoolBytes pool_free_{};
  std::uint32_t ips_free_ = 0;
  ResourceSum total_;
  IdMap<OrderId, Allocation> allocations_;
};

}  // namespace souk
