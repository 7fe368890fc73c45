#include "actors/choice.hpp"

#include <algorithm>

#include "actors/base/math.hpp"

namespace souk {

namespace {

/// Uptimes closer than this count as equal: a tenant does not tell 99.91 % from 99.93 %.
constexpr double uptime_steps = 1000;

bool acceptable(const ChoiceConfig& config, const Offer& offer, const ChoiceLimits& limits) {
  return offer.usd_h <= limits.usd_h_max && offer.tier >= config.min_tier;
}

bool cheaper(const Offer& a, const Offer& b) {
  if (a.price != b.price) return a.price < b.price;
  return bech32_less(a.provider, b.provider);
}

bool better(ChoiceRule rule, const Offer& a, const Offer& b) {
  if (rule == ChoiceRule::uptime_first) {
    const auto class_a = static_cast<int>(a.uptime * uptime_steps);
    const auto class_b = static_cast<int>(b.uptime * uptime_steps);
    if (class_a != class_b) return class_a > class_b;
  }
  if (rule == ChoiceRule::tier_first && a.tier != b.tier) return a.tier > b.tier;
  return cheaper(a, b);
}

double price_term(const ChoiceConfig& config, double usd_h, double reference) {
  const double ratio = reference > 0 ? usd_h / reference : 1.0;
  if (config.price_term == PriceTerm::ratio) return -config.price_slope * ratio;
  return -config.price_slope * math::log(ratio);
}

double utility(const ChoiceConfig& config, const Offer& offer, double reference) {
  return price_term(config, offer.usd_h, reference) + config.uptime_weight * (offer.uptime - 1) +
         config.tier_weight * offer.tier + (offer.in_region ? config.region_weight : 0.0);
}

/// Weights of the offers in the given order, then of the outside option (0 without one), scaled to sum to 1.
std::vector<double> shares_of(const ChoiceConfig& config, std::span<const Offer* const> offers,
                              double cloud) {
  const bool outside = config.outside_option && cloud > 0;
  double reference = cloud;
  if (!outside) {
    reference = math::infinity;
    for (const Offer* offer : offers) reference = std::min(reference, offer->usd_h);
  }
  std::vector<double> shares;
  for (const Offer* offer : offers) shares.push_back(utility(config, *offer, reference));
  if (outside) shares.push_back(price_term(config, cloud, reference));
  const double top = shares.empty() ? 0.0 : *std::max_element(shares.begin(), shares.end());
  double total = 0;
  for (double& share : shares) total += share = math::exp(share - top);
  for (double& share : shares) share /= total;
  if (!outside) shares.push_back(0);
  return shares;
}

std::size_t draw(const std::vector<double>& shares, Rng& rng) {
  double left = rng.uniform();
  for (std::size_t i = 0; i + 1 < shares.size(); ++i) {
    left -= shares[i];
    if (left < 0) return i;
  }
  // What is left is the outside option's, or a rounding error of the last offer's.
  return shares.back() > 0 ? shares.size() - 1 : shares.size() - 2;
}

/// The acceptable offer of `provider`, or null.
const Offer* offer_of(const ChoiceConfig& config, std::span<const Offer> offers, const ChoiceLimits& limits,
                      const Address& provider) {
  for (const Offer& offer : offers) {
    if (offer.provider == provider && acceptable(config, offer, limits)) return &offer;
  }
  return nullptr;
}

const Offer* preferred_offer(const ChoiceConfig& config, std::span<const Offer> offers,
                             const ChoiceLimits& limits) {
  for (const Address& provider : config.preferred) {
    if (const Offer* offer = offer_of(config, offers, limits, provider)) return offer;
  }
  if (!config.prefer_last_good || !limits.last_good) return nullptr;
  return offer_of(config, offers, limits, *limits.last_good);
}

const Offer* best_offer(const ChoiceConfig& config, std::span<const Offer> offers,
                        const ChoiceLimits& limits) {
  const Offer* best = nullptr;
  for (const Offer& offer : offers) {
    if (!acceptable(config, offer, limits)) continue;
    if (best == nullptr || better(config.rule, offer, *best)) best = &offer;
  }
  return best;
}

/// An offer drawn by its share; null is the outside option. REQUIRES: one is acceptable.
const Offer* drawn_offer(const ChoiceConfig& config, std::span<const Offer> offers,
                         const ChoiceLimits& limits, Rng& rng) {
  std::vector<const Offer*> candidates;
  for (const Offer& offer : offers) {
    if (acceptable(config, offer, limits)) candidates.push_back(&offer);
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Offer* a, const Offer* b) { return cheaper(*a, *b); });
  const std::size_t pick = draw(shares_of(config, candidates, limits.cloud_usd_h), rng);
  return pick == candidates.size() ? nullptr : candidates[pick];
}

}  // namespace

Decision choose(const ChoiceConfig& config, std::span<const Offer> offers, const ChoiceLimits& limits,
                Rng& rng) {
  const auto take = [&](const Offer* offer) {
    return Decision{Decision::Kind::take, static_cast<std::size_t>(offer - offers.data())};
  };
  constexpr Decision outside{Decision::Kind::outside, 0};
  const Offer* best = best_offer(config, offers, limits);
  if (best == nullptr) return {};
  if (const Offer* offer = preferred_offer(config, offers, limits)) return take(offer);
  if (config.rule == ChoiceRule::logit) {
    const Offer* drawn = drawn_offer(config, offers, limits, rng);
    return drawn == nullptr ? outside : take(drawn);
  }
  const bool cloud_wins = config.outside_option && limits.cloud_usd_h > 0 && best->usd_h > limits.cloud_usd_h;
  return cloud_wins ? outside : take(best);
}

std::vector<double> logit_shares(const ChoiceConfig& config, std::span<const Offer> offers,
                                 double cloud_usd_h) {
  std::vector<const Offer*> candidates;
  for (const Offer& offer : offers) candidates.push_back(&offer);
  return shares_of(config, candidates, cloud_usd_h);
}

}  // namespace souk
