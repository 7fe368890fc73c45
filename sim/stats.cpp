#include "sim/stats.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include "actors/base/math.hpp"

namespace souk::sim {
namespace {

constexpr double infinity = math::infinity;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

double total_of(std::span<const double> values) {
  double total = 0;
  for (const double value : values) {
    SOUK_CHECK(value >= 0);
    total += value;
  }
  return total;
}

}  // namespace

// ---- Tally ------------------------------------------------------------------------------------------

void Tally::add(double x) {
  ++count_;
  const double before = x - mean_;
  mean_ += before / static_cast<double>(count_);
  squares_ += before * (x - mean_);
  min_ = std::min(min_, x);
  max_ = std::max(max_, x);
}

void Tally::merge(const Tally& other) {
  if (other.count_ == 0) return;
  const auto n = static_cast<double>(count_);
  const auto m = static_cast<double>(other.count_);
  const double apart = other.mean_ - mean_;
  mean_ += apart * (m / (n + m));
  squares_ += other.squares_ + apart * apart * (n * m / (n + m));
  count_ += other.count_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

double Tally::variance() const { return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1); }

double Tally::sd() const { return std::sqrt(variance()); }

double Tally::standard_error() const {
  return count_ < 2 ? 0 : std::sqrt(variance() / static_cast<double>(count_));
}

// ---- TimeWeighted -----------------------------------------------------------------------------------

TimeWeighted::TimeWeighted(Time start, double value)
    : start_(start), changed_(start), value_(value), min_(value), max_(value) {}

void TimeWeighted::set(Time now, double value) {
  SOUK_CHECK(now >= changed_);
  integral_ += value_ * seconds(now - changed_);
  changed_ = now;
  value_ = value;
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
}

void TimeWeighted::restart(Time now) {
  SOUK_CHECK(now >= changed_);
  *this = TimeWeighted(now, value_);
}

double TimeWeighted::integral(Time now) const {
  SOUK_CHECK(now >= changed_);
  return integral_ + value_ * seconds(now - changed_);
}

double TimeWeighted::mean(Time now) const {
  return now == start_ ? value_ : integral(now) / seconds(now - start_);
}

// ---- Histogram --------------------------------------------------------------------------------------

Histogram::Histogram(std::vector<double> edges) : edges_(std::move(edges)) {
  SOUK_CHECK(edges_.size() >= 2);
  for (std::size_t i = 1; i < edges_.size(); ++i) SOUK_CHECK(edges_[i - 1] < edges_[i]);
  cells_.resize(edges_.size() - 1);
}

Histogram Histogram::linear(double low, double high, std::size_t cells) {
  SOUK_CHECK(cells >= 1 && low < high);
  std::vector<double> edges(cells + 1);
  for (std::size_t i = 0; i <= cells; ++i)
    edges[i] = low + (high - low) * (static_cast<double>(i) / static_cast<double>(cells));
  edges.back() = high;
  return Histogram(std::move(edges));
}

Histogram Histogram::logarithmic(double low, double high, std::size_t cells) {
  SOUK_CHECK(cells >= 1 && low > 0 && low < high);
  std::vector<double> edges(cells + 1);
  for (std::size_t i = 0; i <= cells; ++i)
    edges[i] = low * math::pow(high / low, static_cast<double>(i) / static_cast<double>(cells));
  edges.back() = high;
  return Histogram(std::move(edges));
}

void Histogram::add(double x) {
  SOUK_CHECK(x == x);
  ++count_;
  min_ = std::min(min_, x);
  max_ = std::max(max_, x);
  if (x < edges_.front()) {
    ++below_;
  } else if (x >= edges_.back()) {
    ++above_;
  } else {
    const auto edge = std::upper_bound(edges_.begin(), edges_.end(), x);
    ++cells_[static_cast<std::size_t>(edge - edges_.begin()) - 1];
  }
}

double Histogram::quantile(double p) const {
  SOUK_CHECK(p >= 0 && p <= 1);
  if (count_ == 0) return nothing;
  const double rank = p * static_cast<double>(count_);
  auto passed = static_cast<double>(below_);
  if (rank <= passed && below_ > 0) return min_;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const auto here = static_cast<double>(cells_[i]);
    if (here > 0 && rank <= passed + here) {
      const double inside = edges_[i] + (edges_[i + 1] - edges_[i]) * ((rank - passed) / here);
      return std::clamp(inside, min_, max_);
    }
    passed += here;
  }
  return max_;
}

// ---- warm-up ----------------------------------------------------------------------------------------

WarmUp mser5(std::span<const double> series) {
  constexpr std::size_t group = 5;
  const std::size_t n = series.size() / group;
  if (n < 2) return {0, false};
  std::vector<double> means(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t k = 0; k < group; ++k) means[i] += series[group * i + k] / group;
  }
  // Backwards, so that each cut's squared deviations come from one more observation.
  Tally rest;
  std::size_t best = 0;
  double smallest = infinity;
  for (std::size_t cut = n; cut-- > 0;) {
    rest.add(means[cut]);
    if (cut > n / 2) continue;
    const auto left = static_cast<double>(n - cut);
    const double criterion = rest.variance() * (left - 1) / (left * left);
    // <=: of equal cuts the earliest, which keeps the most data.
    if (criterion <= smallest) {
      smallest = criterion;
      best = cut;
    }
  }
  return {group * best, best < n / 2};
}

Result<std::vector<double>> welch_curve(std::span<const std::vector<double>> replications,
                                        std::size_t window) {
  if (replications.empty()) return fail("Welch's plot needs at least one replication");
  const std::size_t length = replications.front().size();
  std::vector<double> mean(length);
  for (const auto& replication : replications) {
    if (replication.size() != length)
      return fail("Welch's plot needs replications of one length, not " + std::to_string(length) + " and " +
                  std::to_string(replication.size()));
    for (std::size_t i = 0; i < length; ++i)
      mean[i] += replication[i] / static_cast<double>(replications.size());
  }
  if (length <= window) return std::vector<double>{};
  std::vector<double> curve(length - window);
  for (std::size_t i = 0; i < curve.size(); ++i) {
    const std::size_t reach = std::min(i, window);
    for (std::size_t k = i - reach; k <= i + reach; ++k) curve[i] += mean[k];
    curve[i] /= static_cast<double>(2 * reach + 1);
  }
  return curve;
}

WarmUp welch_cut(std::span<const double> curve, double tolerance) {
  if (curve.empty()) return {0, false};
  Tally tail;
  for (const double x : curve.subspan(curve.size() / 2)) tail.add(x);
  const double band = tolerance * std::fabs(tail.mean());
  std::size_t cut = curve.size();
  while (cut > 0 && std::fabs(curve[cut - 1] - tail.mean()) <= band) --cut;
  return {cut, cut < curve.size() / 2 || curve.size() == 1};
}

// ---- survival ---------------------------------------------------------------------------------------

std::vector<SurvivalPoint> kaplan_meier(std::vector<Lifetime> lifetimes) {
  std::sort(lifetimes.begin(), lifetimes.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
  std::vector<SurvivalPoint> points;
  double survival = 1;
  double greenwood = 0;
  for (std::size_t i = 0; i < lifetimes.size();) {
    const std::size_t at_risk = lifetimes.size() - i;
    std::size_t ended = 0;
    const double time = lifetimes[i].time;
    for (; i < lifetimes.size() && lifetimes[i].time == time; ++i) ended += lifetimes[i].ended ? 1 : 0;
    if (ended == 0) continue;
    const auto n = static_cast<double>(at_risk);
    const auto d = static_cast<double>(ended);
    survival *= (n - d) / n;
    if (ended < at_risk) greenwood += d / (n * (n - d));
    points.push_back({time, at_risk, ended, survival, survival * std::sqrt(greenwood)});
  }
  return points;
}

// ---- concentration ----------------------------------------------------------------------------------

double gini(std::vector<double> values) {
  const double total = total_of(values);
  if (!(total > 0)) return nothing;
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double weighted = 0;
  for (std::size_t i = 0; i < values.size(); ++i)
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * values[i];
  return weighted / (n * total);
}

double hhi(std::span<const double> values) {
  const double total = total_of(values);
  if (!(total > 0)) return nothing;
  double sum = 0;
  for (const double value : values) sum += (value / total) * (value / total);
  return sum;
}

double hhi_points(std::span<const double> values) { return 10'000 * hhi(values); }

std::size_t nakamoto(std::vector<double> values, double threshold) {
  const double total = total_of(values);
  std::sort(values.begin(), values.end(), std::greater<>());
  double held = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    held += values[i];
    if (held > threshold * total) return i + 1;
  }
  return 0;
}

double top_share(std::vector<double> values, std::size_t k) {
  const double total = total_of(values);
  if (!(total > 0)) return nothing;
  std::sort(values.begin(), values.end(), std::greater<>());
  double held = 0;
  for (std::size_t i = 0; i < std::min(k, values.size()); ++i) held += values[i];
  return held / total;
}

std::vector<LorenzPoint> lorenz(std::vector<double> values) {
  const double total = total_of(values);
  std::sort(values.begin(), values.end());
  std::vector<LorenzPoint> points{{0, 0}};
  double held = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    held += values[i];
    points.push_back({static_cast<double>(i + 1) / static_cast<double>(values.size()), held / total});
  }
  if (!values.empty() && total > 0) points.back().value = 1;  // whatever the sum was rounded to
  return points;
}

}  // namespace souk::sim
