#include "actors/reputation.hpp"

#include <algorithm>

namespace souk {

Reputation::View* Reputation::at(const Address& provider) {
  if (const auto it = views_.find(provider); it != views_.end()) return &it->second;
  if (views_.size() >= providers_known_max) return nullptr;
  return &views_[provider];
}

const Reputation::View* Reputation::find(const Address& provider) const {
  const auto it = views_.find(provider);
  return it == views_.end() ? nullptr : &it->second;
}

void Reputation::learn(const Address& provider, const Attributes& attributes, std::string_view region) {
  View* view = at(provider);
  if (view == nullptr) return;
  view->in_region =
      !region.empty() && std::any_of(attributes.begin(), attributes.end(), [&](const Attribute& a) {
        return (a.key == "region" || a.key == "location-region") && a.value == region;
      });
}

void Reputation::sign(const Address& provider, const Address& auditor) {
  View* view = at(provider);
  if (view == nullptr || view->auditors.size() >= auditors_max) return;
  const auto place = std::lower_bound(view->auditors.begin(), view->auditors.end(), auditor);
  if (place == view->auditors.end() || *place != auditor) view->auditors.insert(place, auditor);
}

void Reputation::unsign(const Address& provider, const Address& auditor) {
  if (View* view = at(provider)) std::erase(view->auditors, auditor);
}

void Reputation::observe(const Address& provider, Duration up, Duration down) {
  View* view = at(provider);
  if (view == nullptr) return;
  view->up_h += seconds(up) / 3600;
  view->down_h += seconds(down) / 3600;
}

double Reputation::uptime(const Address& provider) const {
  const View* view = find(provider);
  if (view == nullptr) return uptime_prior;
  const double up = view->up_h + uptime_prior * uptime_prior_h;
  return up / (view->up_h + view->down_h + uptime_prior_h);
}

std::uint32_t Reputation::tier(const Address& provider, const std::vector<Address>& trusted) const {
  const View* view = find(provider);
  if (view == nullptr) return 0;
  if (trusted.empty()) return static_cast<std::uint32_t>(view->auditors.size());
  return static_cast<std::uint32_t>(
      std::count_if(trusted.begin(), trusted.end(), [&](const Address& auditor) {
        return std::binary_search(view->auditors.begin(), view->auditors.end(), auditor);
      }));
}

bool Reputation::in_region(const Address& provider) const {
  const View* view = find(provider);
  return view != nullptr && view->in_region;
}

void Reputation::exclude(const Address& provider, Time until) {
  for (Exclusion& exclusion : exclusions_)
    if (exclusion.provider == provider) return void(exclusion.until = std::max(exclusion.until, until));
  if (exclusions_.size() < providers_known_max) exclusions_.push_back({provider, until});
}

bool Reputation::excluded(const Address& provider, Time now) const {
  return std::any_of(exclusions_.begin(), exclusions_.end(), [&](const Exclusion& exclusion) {
    return exclusion.provider == provider && now < exclusion.until;
  });
}

}  // namespace souk
