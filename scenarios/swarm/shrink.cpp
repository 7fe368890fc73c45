#include "scenarios/swarm/shrink.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "actors/base/check.hpp"

namespace souk::scenarios::swarm {
namespace {

using Faults = std::vector<sim::Fault>;

class Shrinker {
 public:
  Shrinker(const Plan& failing, const std::function<SeedResult(const Plan&)>& run, std::uint32_t runs_max,
           const std::atomic<bool>* stop)
      : run_(run), runs_max_(runs_max), stop_(stop) {
    best_.plan = failing;
    best_.faults_before = failing.faults.faults.size();
    best_.result = run_(failing);
    best_.runs = 1;
    SOUK_CHECK(!best_.result.holds());
    wanted_ = best_.result.violations.front().invariant;
  }

  Shrunk shrink() {
    drop_families();
    drop_faults();
    for (const Simpler how : enum_values<Simpler>) {
      const auto& had = best_.plan.options.simpler;
      if (std::find(had.begin(), had.end(), how) == had.end()) try_plan(simplified(best_.plan, how));
    }
    drop_faults();
    return best_;
  }

 private:
  bool is_spent() const { return best_.runs >= runs_max_ || (stop_ != nullptr && stop_->load()); }

  /// Takes `plan` if it fails the same way.
  bool try_plan(Plan plan) {
    if (is_spent()) return false;
    ++best_.runs;
    SeedResult result = run_(plan);
    if (result.holds() || !result.complete || result.violations.front().invariant != wanted_) return false;
    best_.plan = std::move(plan);
    best_.result = std::move(result);
    return true;
  }

  bool try_faults(Faults faults) {
    Plan plan = best_.plan;
    plan.faults.faults = std::move(faults);
    return try_plan(std::move(plan));
  }

  void drop_families() {
    std::set<sim::FaultFamily> families;
    for (const sim::Fault& fault : best_.plan.faults.faults) families.insert(fault.family);
    for (const sim::FaultFamily family : families) {
      Faults rest = best_.plan.faults.faults;
      std::erase_if(rest, [&](const sim::Fault& fault) { return fault.family == family; });
      try_faults(std::move(rest));
    }
  }

  /// Parts of the list are left out, halves first, single faults last.
  void drop_faults() {
    std::size_t part = std::max<std::size_t>(1, best_.plan.faults.faults.size() / 2);
    while (!best_.plan.faults.faults.empty() && !is_spent()) {
      bool dropped = false;
      for (std::size_t begin = 0; begin < best_.plan.faults.faults.size();) {
        Faults rest = best_.plan.faults.faults;
        const auto first = rest.begin() + static_cast<std::ptrdiff_t>(begin);
        rest.erase(first, first + static_cast<std::ptrdiff_t>(std::min(part, rest.size() - begin)));
        if (try_faults(std::move(rest))) {
          dropped = true;
        } else {
          begin += part;
        }
      }
      if (part == 1 && !dropped) break;
      part = std::max<std::size_t>(1, part / 2);
    }
  }

  const std::function<SeedResult(const Plan&)>& run_;
  std::uint32_t runs_max_;
  const std::atomic<bool>* stop_;
  Invariant wanted_{};
  Shrunk best_;
};

}  // namespace

Shrunk shrink(const Plan& failing, const std::function<SeedResult(const Plan&)>& run, std::uint32_t runs_max,
              const std::atomic<bool>* stop) {
  return Shrinker(failing, run, runs_max, stop).shrink();
}

}  // namespace souk::scenarios::swarm
