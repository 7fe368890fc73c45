#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "actors/chain/types.hpp"
#include "scenarios/market_totals.hpp"

/// The deployments that live, with what their tenants said of them.
namespace souk::scenarios {

/// Tenant or provider index, dseq.
using DeploymentKey = std::pair<std::uint32_t, std::uint64_t>;

struct LiveDeployment {
  double value_usd_h = unknown;
  double cloud_usd_h = unknown;
  double wanted_h = 0;
  bool on_chain = false;
  bool leased = false;       ///< has had a lease
  std::optional<Time> lost;  ///< when it lost a lease to its provider, until the next one
};

class DeploymentBook {
 public:
  /// Null if nobody has said anything of it.
  const LiveDeployment* find(const DeploymentKey& key) const;
  /// Made if need be.
  LiveDeployment& at(const DeploymentKey& key) { return live_[key]; }

  void created(const DeploymentKey& key, MarketTotals& totals);
  void leased(const DeploymentKey& key, Time at, MarketTotals& totals);
  /// Its provider closed the lease, or did what made the tenant leave.
  void lost(const DeploymentKey& key, Time at, MarketTotals& totals);
  /// Closed in the block at `height`. What was said of it is kept until the next block: its orders and
  /// leases close after it.
  void closed(const DeploymentKey& key, Height height, MarketTotals& totals);
  /// The tenant gave the wish up. Forgets it unless it is on the chain, whose events end it.
  void given_up(const DeploymentKey& key);
  /// Call with every event of the chain, before it is looked at.
  void begin(Height height);
  std::size_t size() const { return live_.size(); }

 private:
  std::map<DeploymentKey, LiveDeployment> live_;
  std::vector<DeploymentKey> ended_;  ///< in block ended_at_
  Height ended_at_;
};

}  // namespace souk::scenarios
