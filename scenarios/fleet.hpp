#pragma once

#include <cstdint>
#include <vector>

#include "scenarios/market_totals.hpp"
#include "scenarios/population.hpp"

/// What there is to rent: machines of providers, in the market or not, up or down.
namespace souk::scenarios {

class Fleet {
 public:
  /// `population` must outlive the fleet. `gpu_model[i]` is the number of provider i's model, counted on in
  /// MarketTotals::gpu; of providers without GPUs it is not used.
  Fleet(const Population& population, std::vector<std::uint32_t> gpu_model, Time start);

  /// Counts capacity over time up to `at`.
  void account(Time at, MarketTotals& totals);
  /// The provider says that it entered or left.
  void set_inside(Time at, std::uint32_t provider, bool inside, MarketTotals& totals);
  /// The provider says that a machine failed or is repaired.
  void set_up(Time at, std::uint32_t provider, std::size_t machine, bool up, MarketTotals& totals);

  std::uint32_t gpu_model(std::uint32_t provider) const { return supply_[provider].gpu_model; }
  double providers_inside() const { return inside_; }
  /// Mean over the machines in the market of the time since their provider entered it, days; NaN if there are
  /// none. Providers of the start entered then.
  double age_days(Time at) const;

 private:
  struct Supply {
    std::uint32_t gpu_model = 0;
    bool inside = false;
    Time entered{};
    double machines_up = 0;
    std::vector<bool> up;
    std::vector<Time> failed;  ///< when a machine that is down went down
  };
  void add(const Supply& supply, const ProviderSeat::Node& machine, double sign);

  const Population& population_;
  std::vector<Supply> supply_;
  double cpus_ = 0;
  std::vector<double> gpus_;  ///< by model
  double inside_ = 0;
  Time accounted_;
};

}  // namespace souk::scenarios
