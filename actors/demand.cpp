#include "actors/demand.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "actors/base/math.hpp"

namespace souk {

namespace {

constexpr double seconds_per_day = 86400;
constexpr double gap_max_s = 100.0 * 365 * seconds_per_day;
/// Candidates one daily gap may reject before it is taken as it is; the chance is below (1 - 1e-3)^100000.
constexpr int thinning_max = 100'000;
constexpr double gib = 1024.0 * 1024.0 * 1024.0;

double exponential(double rate, Rng& rng) { return -math::log(rng.uniform()) / rate; }

Duration from_seconds(double s) { return Duration(static_cast<std::int64_t>(std::min(s, gap_max_s) * 1e9)); }

/// Rate at `t` over the weekday peak rate, in [0, 1].
double daily_shape(const ArrivalConfig& config, Time t) {
  const std::int64_t s = unix_seconds(t);
  const std::int64_t day = s >= 0 ? s / 86400 : (s - 86399) / 86400;
  const double hour = static_cast<double>(s - day * 86400) / 3600;
  const std::int64_t weekday = ((day + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday; 0 = Sunday
  const double week = weekday == 0 || weekday == 6 ? config.weekend_factor : 1.0;
  const double wave =
      1 + config.daily_amplitude * math::cos(2 * math::pi * (hour - config.peak_hour_utc) / 24);
  return week * wave / (1 + config.daily_amplitude);
}

/// Lewis and Shedler's thinning: candidates at the peak rate, each kept with probability rate(t) / peak.
double daily_gap(const ArrivalConfig& config, Time now, Rng& rng) {
  const double peak = config.per_day * (1 + config.daily_amplitude) / seconds_per_day;
  double gap = 0;
  for (int i = 0; i < thinning_max && gap < gap_max_s; ++i) {
    gap += exponential(peak, rng);
    if (rng.uniform() <= daily_shape(config, now + from_seconds(gap))) break;
  }
  return gap;
}

/// Two phases of balanced means (p1 / rate1 = p2 / rate2): mean 1 / rate, squared cv `cv2`.
double hyper_exponential_gap(double rate, double cv2, Rng& rng) {
  const double p = 0.5 * (1 + std::sqrt((cv2 - 1) / (cv2 + 1)));
  const bool fast = rng.uniform() < p;
  return exponential(2 * (fast ? p : 1 - p) * rate, rng);
}

double gpu_price(const CloudPrices& prices, std::string_view model) {
  const auto it = prices.gpu_model_h.find(model);
  return it == prices.gpu_model_h.end() ? prices.gpu_h : it->second;
}

/// "vendor/nvidia/model/a100/ram/80Gi" -> "a100".
std::string_view gpu_model_of(std::string_view key) {
  constexpr std::string_view mark = "/model/";
  const auto at = key.find(mark);
  if (at == std::string_view::npos) return "*";
  const std::string_view rest = key.substr(at + mark.size());
  return rest.substr(0, rest.find('/'));
}

/// The cheapest of the models named by `list`; any model if it is empty.
template <class List, class ModelOf>
double cheapest_gpu(const CloudPrices& prices, const List& list, ModelOf model_of) {
  double best = list.empty() ? prices.gpu_h : math::infinity;
  for (const auto& entry : list) best = std::min(best, gpu_price(prices, model_of(entry)));
  return best;
}

double as_gib(std::uint64_t bytes) { return static_cast<double>(bytes) / gib; }

double rent(const CloudPrices& prices, std::uint64_t cpu_milli, double memory_gib, double storage_gib) {
  return static_cast<double>(cpu_milli) / 1000 * prices.vcpu_h + memory_gib * prices.memory_gib_h +
         storage_gib * prices.storage_gib_h;
}

/// USD per hour for one replica of `r`.
double rent(const CloudPrices& prices, const Resources& r) {
  double storage_gib = 0;
  for (const StorageVolume& volume : r.storage) storage_gib += as_gib(volume.bytes);
  const double rest = rent(prices, r.cpu_milli, as_gib(r.memory_bytes), storage_gib);
  if (r.gpu_units == 0) return rest;
  const auto model_of = [](const Attribute& a) { return gpu_model_of(a.key); };
  return rest + static_cast<double>(r.gpu_units) * cheapest_gpu(prices, r.gpu_attributes, model_of);
}

double rent(const CloudPrices& prices, const RequestRow& row) {
  const double storage_gib = as_gib(row.ephemeral_bytes) + as_gib(row.persistent_bytes);
  const double rest = rent(prices, row.cpu_milli, as_gib(row.memory_bytes), storage_gib);
  if (row.gpu_units == 0) return rest;
  const auto model_of = [](const std::string& model) -> std::string_view { return model; };
  return rest + static_cast<double>(row.gpu_units) * cheapest_gpu(prices, row.gpu_models, model_of);
}

Resources resources_of(const RequestRow& row) {
  Resources r;
  r.id = 1;
  r.cpu_milli = row.cpu_milli;
  r.memory_bytes = row.memory_bytes;
  r.storage.push_back({"default", row.ephemeral_bytes, {}});
  if (row.persistent_bytes > 0) {
    r.storage.push_back(
        {"data", row.persistent_bytes, {{"class", row.persistent_class}, {"persistent", "true"}}});
  }
  r.gpu_units = row.gpu_units;
  if (row.gpu_units > 0 && row.gpu_models.empty())
    r.gpu_attributes.push_back({"vendor/nvidia/model/*", "true"});
  if (row.gpu_units > 0) {
    for (const std::string& model : row.gpu_models) {
      r.gpu_attributes.push_back({"vendor/nvidia/model/" + model, "true"});
    }
    std::sort(r.gpu_attributes.begin(), r.gpu_attributes.end());
  }
  r.endpoints.push_back({EndpointKind::shared_http, 0});
  return r;
}

/// Stands for the hash of a manifest where the row came without one: equal rows, equal hashes.
Hash hash_of(const GroupSpec& spec, const std::string& name) {
  std::string text = name;
  for (const ResourceUnit& unit : spec.resources) {
    const Resources& r = unit.resource;
    for (const std::uint64_t n : {r.cpu_milli, r.memory_bytes, r.gpu_units, std::uint64_t{unit.count}}) {
      text += '/' + std::to_string(n);
    }
    for (const StorageVolume& v : r.storage) text += '/' + v.name + '=' + std::to_string(v.bytes);
    for (const Attribute& a : r.gpu_attributes) text += '/' + a.key;
  }
  return sha256(text);
}

GroupSpec bare_spec(const RequestRow& row) {
  if (row.spec != nullptr) return *row.spec;
  GroupSpec spec;
  spec.name = "dcloud";
  spec.resources.push_back({resources_of(row), row.count, {}});
  return spec;
}

}  // namespace

std::optional<Duration> next_gap(const ArrivalConfig& config, Time now, Rng& rng) {
  if (config.per_day <= 0) return std::nullopt;
  const double rate = config.per_day / seconds_per_day;
  switch (config.kind) {
    case ArrivalKind::poisson: return from_seconds(exponential(rate, rng));
    case ArrivalKind::daily: return from_seconds(daily_gap(config, now, rng));
    case ArrivalKind::bursty: return from_seconds(hyper_exponential_gap(rate, config.cv2, rng));
    case ArrivalKind::none:
    case ArrivalKind::trace:
    case ArrivalKind::closed_loop: return std::nullopt;
  }
  return std::nullopt;
}

double cloud_usd_per_hour(const CloudPrices& prices, const RequestRow& row) {
  if (row.cloud_usd_h > 0) return row.cloud_usd_h;
  if (row.spec == nullptr) return row.count * rent(prices, row);
  double usd_h = 0;
  for (const ResourceUnit& unit : row.spec->resources) usd_h += unit.count * rent(prices, unit.resource);
  return usd_h;
}

SharedRequests sample_requests(const RequestDistributions& from, std::uint32_t count, Rng& rng) {
  constexpr std::uint64_t cpu_step = 100;
  constexpr std::uint64_t memory_step = 128ull << 20;
  constexpr std::uint64_t storage_step = 1ull << 30;
  const auto draw = [&](const Distribution& d, double unit, std::uint64_t step, std::uint64_t low,
                        std::uint64_t high) {
    const double steps = std::round(std::clamp(d.sample(rng) * unit / static_cast<double>(step), 0.0, 1e12));
    return std::clamp(static_cast<std::uint64_t>(steps) * step, low, high);
  };
  std::vector<double> weights;
  for (const GpuModelShare& share : from.gpu_models) weights.push_back(share.weight);
  const WeightedIndex models = weights.empty() ? WeightedIndex{} : WeightedIndex(weights);
  RequestTable table;
  table.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    RequestRow row;
    row.name = "drawn-" + std::to_string(i);
    row.cpu_milli = draw(from.vcpu, 1000, cpu_step, 100, 384'000);
    row.memory_bytes = draw(from.memory_gib, gib, memory_step, memory_step, 2048 * storage_step);
    row.ephemeral_bytes = draw(from.ephemeral_gib, gib, storage_step, storage_step, 32768 * storage_step);
    row.persistent_bytes = draw(from.persistent_gib, gib, storage_step, 0, 32768 * storage_step);
    row.persistent_class = from.persistent_class;
    row.gpu_units = draw(from.gpu_units, 1, 1, 0, 24);
    if (row.gpu_units > 0 && !from.gpu_models.empty())
      row.gpu_models = {from.gpu_models[models.draw(rng)].model};
    table.push_back(std::move(row));
  }
  return std::make_shared<const RequestTable>(std::move(table));
}

double draw_value(const ValueConfig& config, double cloud_usd_h, Rng& rng) {
  switch (config.kind) {
    case ValueKind::constant_elasticity: {
      const double pareto = math::pow(rng.uniform(), 1 / config.elasticity);
      return cloud_usd_h * std::min(config.floor_ratio * pareto, config.cap_ratio);
    }
    case ValueKind::distribution: return cloud_usd_h * std::max(0.0, config.ratio.sample(rng));
    case ValueKind::fixed_usd_h: return config.usd_h;
  }
  return 0;
}

double usd_per_hour(Dec micro_per_block, Duration block_time, double usd_per_coin) {
  return micro_per_block.to_double() * 1e-6 * usd_per_coin * 3600 / seconds(block_time);
}

Dec micro_per_block(double usd_h, Duration block_time, double usd_per_coin) {
  return Dec::nearest(usd_h / usd_per_coin * 1e6 * seconds(block_time) / 3600);
}

Dec draw_max_price(const PriceHabit& habit, const RequestRow& row, Dec value, Rng& rng) {
  Dec price = habit.fixed_max;
  if (row.max_price) {
    price = *row.max_price;
  } else if (habit.kind == PriceHabitKind::reserve) {
    price = Dec::quo_truncate(value, Dec::from_int(std::max(1u, replica_count(row))));
  } else if (habit.kind == PriceHabitKind::show_all) {
    double total = 0;
    for (const PriceMax& m : habit.maxima) total += m.weight;
    double left = rng.uniform() * total;
    price = habit.maxima.back().micro_per_block;
    for (const PriceMax& m : habit.maxima) {
      left -= m.weight;
      if (left < 0) {
        price = m.micro_per_block;
        break;
      }
    }
  }
  return std::clamp(price, unit_price_min, unit_price_max);
}

std::uint32_t replica_count(const RequestRow& row) {
  if (row.spec == nullptr) return row.count;
  std::uint32_t count = 0;
  for (const ResourceUnit& unit : row.spec->resources) count += unit.count;
  return count;
}

MadeRequest make_request(const RequestRow& row, Dec max_price, Denom denom,
                         const PlacementRequirements& requirements) {
  GroupSpec spec = bare_spec(row);
  MadeRequest made;
  made.manifest_hash = row.manifest_hash ? *row.manifest_hash : hash_of(spec, row.name);
  if (row.spec == nullptr) spec.requirements = requirements;
  for (ResourceUnit& unit : spec.resources) unit.price = {denom, max_price};
  made.max_price = {denom, max_price.times(replica_count(row))};
  made.spec = std::make_shared<const GroupSpec>(std::move(spec));
  return made;
}

MadeRequest RequestCache::get(const RequestTable& table, std::uint32_t row, Dec max_price, Denom denom,
                              const PlacementRequirements& requirements) {
  const auto key = std::pair(row, max_price);
  if (const auto it = made_.find(key); it != made_.end()) return it->second;
  MadeRequest made = make_request(table.at(row), max_price, denom, requirements);
  if (made_.size() < request_cache_max) made_.emplace(key, made);
  return made;
}

WeightedIndex::WeightedIndex(const std::vector<double>& weights) {
  double total = 0;
  for (const double w : weights) {
    SOUK_CHECK(w >= 0 && w < math::infinity);
    cumulative_.push_back(total += w);
  }
  SOUK_CHECK(total > 0);
}

std::uint32_t WeightedIndex::draw(Rng& rng) const {
  const double point = rng.uniform() * cumulative_.back();
  const auto it = std::upper_bound(cumulative_.begin(), cumulative_.end(), point);
  const auto last = static_cast<std::ptrdiff_t>(cumulative_.size()) - 1;
  return static_cast<std::uint32_t>(std::min(it - cumulative_.begin(), last));
}

}  // namespace souk
