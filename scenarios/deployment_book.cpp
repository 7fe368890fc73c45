#include "scenarios/deployment_book.hpp"

namespace souk::scenarios {

const LiveDeployment* DeploymentBook::find(const DeploymentKey& key) const {
  const auto found = live_.find(key);
  return found == live_.end() ? nullptr : &found->second;
}

void DeploymentBook::created(const DeploymentKey& key, MarketTotals& totals) {
  live_[key].on_chain = true;
  ++totals.tenants.deployments;
}

void DeploymentBook::leased(const DeploymentKey& key, Time at, MarketTotals& totals) {
  LiveDeployment& deployment = live_[key];
  deployment.leased = true;
  if (!deployment.lost) return;
  ++totals.service.replaced;
  totals.service.replacement_s += seconds(at - *deployment.lost);
  deployment.lost.reset();
}

void DeploymentBook::lost(const DeploymentKey& key, Time at, MarketTotals& totals) {
  LiveDeployment& deployment = live_[key];
  if (deployment.lost) return;  // left, and then closed
  deployment.lost = at;
  ++totals.service.lost;
}

void DeploymentBook::closed(const DeploymentKey& key, Height height, MarketTotals& totals) {
  ++totals.tenants.closed;
  const auto found = live_.find(key);
  if (found == live_.end() || !found->second.leased) ++totals.tenants.never_leased;
  if (found != live_.end() && found->second.lost) ++totals.service.not_replaced;
  ended_.push_back(key);
  ended_at_ = height;
}

void DeploymentBook::given_up(const DeploymentKey& key) {
  const auto found = live_.find(key);
  if (found != live_.end() && !found->second.on_chain) live_.erase(found);
}

void DeploymentBook::begin(Height height) {
  if (ended_.empty() || height == ended_at_) return;
  for (const DeploymentKey& key : ended_) live_.erase(key);
  ended_.clear();
}

}  // namespace souk::scenarios
