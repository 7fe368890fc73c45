#include "actors/deployments.hpp"

#include <algorithm>
#include <utility>

namespace souk {

OwnDeployment& Deployments::open(std::uint64_t dseq) {
  SOUK_CHECK(dseq > last_dseq_);
  last_dseq_ = dseq;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(slots_.size()));
    slots_.emplace_back();
  }
  const std::uint32_t slot = free_.back();
  free_.pop_back();
  index_.push_back({dseq, slot});
  OwnDeployment& deployment = slots_[slot];
  deployment.dseq = dseq;
  return deployment;
}

const OwnDeployment* Deployments::find(std::uint64_t dseq) const {
  const auto it = std::lower_bound(index_.begin(), index_.end(), dseq,
                                   [](const Entry& entry, std::uint64_t d) { return entry.dseq < d; });
  return it == index_.end() || it->dseq != dseq ? nullptr : &slots_[it->slot];
}

OwnDeployment* Deployments::find(std::uint64_t dseq) {
  return const_cast<OwnDeployment*>(std::as_const(*this).find(dseq));
}

void Deployments::erase(std::uint64_t dseq) {
  const auto it = std::lower_bound(index_.begin(), index_.end(), dseq,
                                   [](const Entry& entry, std::uint64_t d) { return entry.dseq < d; });
  SOUK_CHECK(it != index_.end() && it->dseq == dseq);
  OwnDeployment& deployment = slots_[it->slot];
  std::vector<SeenBid> bids = std::move(deployment.bids);
  bids.clear();
  deployment = OwnDeployment{};
  deployment.bids = std::move(bids);  // keeps its capacity for the slot's next deployment
  free_.push_back(it->slot);
  index_.erase(it);
}

}  // namespace souk
