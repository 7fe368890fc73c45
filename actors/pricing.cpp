#include "actors/pricing.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "actors/base/check.hpp"
#include "actors/gpu_wish.hpp"

namespace souk {
namespace {

constexpr double gib = 1024.0 * 1024.0 * 1024.0;
constexpr std::int64_t mib = 1024 * 1024;
constexpr double hours_per_month = 730.0;

double usd_per_unit(Denom denom, const Exchange& exchange) {
  return denom == Denom::uakt ? exchange.akt_usd * 1e-6 : 1e-6;
}

double power(double base, std::uint32_t exponent) {
  double product = 1.0;
  for (std::uint32_t i = 0; i < exponent; ++i) product *= base;
  return product;
}

/// "" for ephemeral volumes, else the class.
std::string_view storage_class(const StorageVolume& volume) {
  std::string_view name;
  bool persistent = false;
  for (const Attribute& attribute : volume.attributes) {
    if (attribute.key == "class") name = attribute.value;
    if (attribute.key == "persistent") persistent = attribute.value == "true";
  }
  return persistent || name == "ram" ? name : std::string_view{};
}

struct EndpointCounts {
  std::int64_t all = 0;
  std::int64_t leased_ips = 0;
};

EndpointCounts endpoints_of(const Resources& resources) {
  EndpointCounts counts;
  for (const Endpoint& endpoint : resources.endpoints) {
    ++counts.all;
    if (endpoint.kind == EndpointKind::leased_ip) ++counts.leased_ips;
  }
  return counts;
}

// ---- script -------------------------------------------------------------------------------------------

const GpuTarget* find_target(const std::vector<GpuTarget>& targets, std::string_view name) {
  const auto it = std::find_if(targets.begin(), targets.end(),
                               [&](const GpuTarget& target) { return target.name == name; });
  return it == targets.end() ? nullptr : &*it;
}

/// model.ram.interface, model.ram, model, *, else the dearest of the table; without a table the default.
double gpu_usd_month(const ScriptPricing& script, const Attributes& attributes) {
  if (script.gpus.empty()) return script.gpu_default;
  // The script's input keeps one model per vendor, the last: the reason why offers name the concrete GPU.
  const auto wish = attributes.empty() ? std::nullopt : parse_gpu_wish(attributes.back().key);
  if (wish) {
    const std::string model(wish->model);
    const std::string with_ram = model + "." + std::string(wish->ram);
    for (const std::string& name :
         {with_ram + "." + std::string(wish->form), with_ram, model, std::string("*")}) {
      if (const GpuTarget* target = find_target(script.gpus, name)) return target->usd_month;
    }
  }
  double dearest = 0;
  for (const GpuTarget& target : script.gpus) dearest = std::max(dearest, target.usd_month);
  return dearest;
}

double volume_usd_month(const ScriptPricing& script, const StorageVolume& volume) {
  const double size = static_cast<double>(volume.bytes) / gib;
  const std::string_view name = storage_class(volume);
  if (name.empty()) return size * script.ephemeral;
  if (name == "ram") return size * script.memory;
  if (name == "beta3") return size * script.beta3;
  if (name == "beta2") return size * script.beta2;
  return size * script.beta1;
}

double unit_usd_month(const ScriptPricing& script, const ResourceUnit& unit, const Resources& offered) {
  const Resources& r = unit.resource;
  double replica = static_cast<double>(r.cpu_milli) / 1000.0 * script.cpu;
  replica += static_cast<double>(r.memory_bytes) / gib * script.memory;
  for (const StorageVolume& volume : r.storage) replica += volume_usd_month(script, volume);
  if (r.gpu_units > 0) {
    replica += static_cast<double>(r.gpu_units) * gpu_usd_month(script, offered.gpu_attributes);
  }
  const EndpointCounts endpoints = endpoints_of(r);
  return replica * unit.count + static_cast<double>(endpoints.all) * script.endpoint +
         static_cast<double>(endpoints.leased_ips) * script.ip;
}

/// Rounded half up to `decimals` places. REQUIRES: 0 <= value < 1e12.
Dec rounded(double value, std::uint32_t decimals) {
  SOUK_CHECK(value >= 0 && value < 1e12 && decimals <= 6);
  const double units = power(10.0, decimals);
  i128 raw = static_cast<i128>(std::floor(value * units + 0.5));
  for (std::uint32_t i = decimals; i < 18; ++i) raw *= 10;
  return Dec::from_raw(raw);
}

// ---- what comes out -----------------------------------------------------------------------------------

/// A price, unless it is nothing or more than the order pays.
std::optional<DecCoin> at_most_maximum(Dec price, DecCoin maximum) {
  if (price <= Dec{} || price > maximum.amount) return std::nullopt;
  return DecCoin{maximum.denom, price};
}

/// As above for a rent known not to exceed the maximum but for rounding.
std::optional<DecCoin> clamped(double usd_h, const PricingInput& input, const Exchange& exchange) {
  const Dec price = per_block(usd_h, input.maximum.denom, exchange);
  return at_most_maximum(std::min(price, input.maximum.amount), input.maximum);
}

double maximum_usd_h(const PricingInput& input, const Exchange& exchange) {
  return usd_per_hour(input.maximum, exchange);
}

// ---- one function per strategy ------------------------------------------------------------------------

std::optional<DecCoin> price_of(const ScriptPricing& script, const PricingInput& input,
                                const Exchange& exchange) {
  const double month = script_usd_month(script, input.spec, input.offer);
  const double micro = month / usd_per_unit(input.maximum.denom, exchange) / script.blocks_per_month;
  if (!(micro < 1e12)) return std::nullopt;
  return at_most_maximum(rounded(micro, script.price_decimals), input.maximum);
}

std::optional<Dec> scale_of_class(const ScalePricing& scale, std::string_view name) {
  if (name.empty()) return scale.ephemeral_mib;
  if (name == "ram") return scale.memory_mib;
  for (const ScalePricing::Class& entry : scale.classes) {
    if (entry.name == name) return entry.per_mib;
  }
  return std::nullopt;
}

std::optional<DecCoin> price_of(const ScalePricing& scale, const PricingInput& input, const Exchange&) {
  const auto per_mib = [](Dec price, std::uint64_t bytes) {
    return Dec::quo(price.times(static_cast<std::int64_t>(bytes)), Dec::from_int(mib));
  };
  Dec total;
  for (const ResourceUnit& unit : input.spec.resources) {
    const Resources& r = unit.resource;
    Dec replica = scale.cpu_milli.times(static_cast<std::int64_t>(r.cpu_milli));
    replica += per_mib(scale.memory_mib, r.memory_bytes);
    for (const StorageVolume& volume : r.storage) {
      const auto price = scale_of_class(scale, storage_class(volume));
      if (!price) return std::nullopt;
      replica += per_mib(*price, volume.bytes);
    }
    const EndpointCounts endpoints = endpoints_of(r);
    total += replica.times(unit.count) + scale.endpoint.times(endpoints.all) +
             scale.ip.times(endpoints.leased_ips);
  }
  return at_most_maximum(total, input.maximum);
}

std::optional<DecCoin> price_of(const RandomPricing& random, const PricingInput& input,
                                const Exchange& exchange) {
  Rng rng = input.rng;
  const double u = rng.uniform();
  if (random.above_cost) {
    const double top = maximum_usd_h(input, exchange);
    if (input.cost_usd_h > top) return std::nullopt;
    return clamped(input.cost_usd_h + (top - input.cost_usd_h) * u, input, exchange);
  }
  double memory_gib = 0;
  for (const ResourceUnit& unit : input.spec.resources) {
    memory_gib += static_cast<double>(unit.resource.memory_bytes) / gib * unit.count;
  }
  const double low = random.band_low_per_gib * memory_gib;
  const double high = std::min(random.band_high_per_gib * memory_gib, input.maximum.amount.to_double());
  if (low > high) return std::nullopt;
  return at_most_maximum(std::min(Dec::nearest(low + (high - low) * u), input.maximum.amount), input.maximum);
}

std::optional<DecCoin> price_of(const UniformEquilibriumPricing& equilibrium, const PricingInput& input,
                                const Exchange& exchange) {
  const double width = equilibrium.high - equilibrium.low;
  SOUK_CHECK(width > 0);
  const double reserve = std::min((maximum_usd_h(input, exchange) - equilibrium.low) / width, 1.0);
  const double cost = (input.cost_usd_h - equilibrium.low) / width;
  if (cost < 0 || cost > reserve) return std::nullopt;
  const double bid = equilibrium_bid(cost, reserve, equilibrium.bidders);
  return clamped(equilibrium.low + width * bid, input, exchange);
}

std::optional<DecCoin> price_of(const ExponentialEquilibriumPricing& equilibrium, const PricingInput& input,
                                const Exchange& exchange) {
  SOUK_CHECK(equilibrium.bidders >= 2);
  const double bid = input.cost_usd_h + equilibrium.mean / (equilibrium.bidders - 1);
  if (bid > maximum_usd_h(input, exchange)) return std::nullopt;
  return clamped(bid, input, exchange);
}

std::optional<DecCoin> price_of(const UndercutPricing& undercut, const PricingInput& input,
                                const Exchange& exchange) {
  const double top = maximum_usd_h(input, exchange);
  if (input.cost_usd_h > top) return std::nullopt;
  if (input.last_win_ratio <= 0) return at_most_maximum(input.maximum.amount, input.maximum);
  const double size = script_usd_month(undercut.size, input.spec, input.offer) / hours_per_month;
  const double below = input.last_win_ratio * size * (1.0 - undercut.step);
  return clamped(std::max(below, input.cost_usd_h), input, exchange);
}

std::optional<DecCoin> price_of(const TruthfulPricing& truthful, const PricingInput& input,
                                const Exchange& exchange) {
  const double bid = input.cost_usd_h + truthful.shift_usd_h;
  if (bid > maximum_usd_h(input, exchange)) return std::nullopt;
  return clamped(bid, input, exchange);
}

std::optional<DecCoin> price_of(const PostedPricing&, const PricingInput& input, const Exchange& exchange) {
  if (input.cost_usd_h > maximum_usd_h(input, exchange)) return std::nullopt;
  return at_most_maximum(input.maximum.amount, input.maximum);
}

}  // namespace

Dec per_block(double usd_h, Denom denom, const Exchange& exchange) {
  return Dec::nearest(usd_h * (seconds(exchange.block_time) / 3600.0) / usd_per_unit(denom, exchange));
}

double usd_per_hour(DecCoin price, const Exchange& exchange) {
  return price.amount.to_double() * usd_per_unit(price.denom, exchange) *
         (3600.0 / seconds(exchange.block_time));
}

std::optional<DecCoin> quote(const Pricing& pricing, const PricingInput& input, const Exchange& exchange) {
  return std::visit([&](const auto& strategy) { return price_of(strategy, input, exchange); }, pricing);
}

double script_usd_month(const ScriptPricing& script, const GroupSpec& spec,
                        const std::vector<ResourceOffer>* offer) {
  double month = 0;
  for (std::size_t i = 0; i < spec.resources.size(); ++i) {
    const ResourceUnit& unit = spec.resources[i];
    month += unit_usd_month(script, unit, offer == nullptr ? unit.resource : (*offer)[i].resources);
  }
  return month * script.multiplier;
}

double equilibrium_bid(double cost, double reserve, std::uint32_t bidders) {
  SOUK_CHECK(bidders >= 1 && cost >= 0 && cost <= reserve && reserve <= 1);
  const double above = 1.0 - cost;
  if (above <= 0) return cost;
  const double beaten = power(above, bidders) - power(1.0 - reserve, bidders);
  return cost + beaten / (bidders * power(above, bidders - 1));
}

}  // namespace souk
