#include "scenarios/fleet.hpp"

#include <algorithm>

namespace souk::scenarios {
namespace {

constexpr double day_s = 86'400;
double hours(Duration d) { return seconds(d) / 3600; }

}  // namespace

Fleet::Fleet(const Population& population, std::vector<std::uint32_t> gpu_model, Time start)
    : population_(population), accounted_(start) {
  for (std::uint32_t i = 0; i < population.providers.size(); ++i) {
    const ProviderSeat& seat = population.providers[i];
    const std::size_t machines = seat.nodes.size();
    Supply supply{gpu_model[i],
                  seat.inside,
                  start,
                  static_cast<double>(machines),
                  std::vector<bool>(machines, true),
                  std::vector<Time>(machines)};
    if (!seat.gpu_model.empty()) gpus_.resize(std::max<std::size_t>(gpus_.size(), gpu_model[i] + 1));
    supply_.push_back(std::move(supply));
    if (!seat.inside) continue;
    ++inside_;
    for (const ProviderSeat::Node& machine : seat.nodes) add(supply_[i], machine, 1);
  }
}

void Fleet::add(const Supply& supply, const ProviderSeat::Node& machine, double sign) {
  cpus_ += sign * machine.cpus;
  if (machine.gpus > 0) gpus_[supply.gpu_model] += sign * machine.gpus;
}

void Fleet::account(Time at, MarketTotals& totals) {
  if (at <= accounted_) return;  // live actors' clocks differ by a moment
  const double h = hours(at - accounted_);
  accounted_ = at;
  totals.hours += h;
  totals.cpu_available_h += h * cpus_;
  for (std::size_t i = 0; i < gpus_.size(); ++i) totals.gpu[i].available_h += h * gpus_[i];
  for (std::size_t i = 0; i < supply_.size(); ++i) {
    if (!supply_[i].inside) continue;
    totals.providers[i].machine_h += h * static_cast<double>(supply_[i].up.size());
    totals.providers[i].machine_up_h += h * supply_[i].machines_up;
  }
}

void Fleet::set_inside(Time at, std::uint32_t provider, bool inside, MarketTotals& totals) {
  ++(inside ? totals.entered : totals.exited);
  Supply& supply = supply_[provider];
  if (supply.inside == inside) return;
  account(at, totals);
  supply.inside = inside;
  supply.entered = at;
  const double sign = inside ? 1 : -1;
  inside_ += sign;
  const ProviderSeat& seat = population_.providers[provider];
  for (std::size_t machine = 0; machine < seat.nodes.size(); ++machine) {
    totals.vcpus_added += sign * seat.nodes[machine].cpus;
    if (seat.nodes[machine].gpus > 0) totals.gpu[supply.gpu_model].added += sign * seat.nodes[machine].gpus;
    if (supply.up[machine]) add(supply, seat.nodes[machine], sign);
  }
}

void Fleet::set_up(Time at, std::uint32_t provider, std::size_t machine, bool up, MarketTotals& totals) {
  if (!up) ++totals.service.machines_failed;
  Supply& supply = supply_[provider];
  if (machine >= supply.up.size() || supply.up[machine] == up) return;
  account(at, totals);
  supply.up[machine] = up;
  supply.machines_up += up ? 1 : -1;
  if (up) {
    ++totals.service.repairs;
    totals.service.repair_h += hours(at - supply.failed[machine]);
  } else {
    supply.failed[machine] = at;
  }
  if (supply.inside) add(supply, population_.providers[provider].nodes[machine], up ? 1 : -1);
}

double Fleet::age_days(Time at) const {
  double machines = 0;
  double days = 0;
  for (const Supply& supply : supply_) {
    if (!supply.inside) continue;
    machines += static_cast<double>(supply.up.size());
    days += static_cast<double>(supply.up.size()) * seconds(at - supply.entered) / day_s;
  }
  return machines > 0 ? days / machines : unknown;
}

}  // namespace souk::scenarios
