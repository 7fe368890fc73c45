#include "actors/base/money.hpp"
#include "runtime/sdl/resolve.hpp"
#include "runtime/sdl/rules.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

struct Range {
  std::uint64_t min;
  std::uint64_t max;
  const char* unit;
};

void check_range(std::string_view what, const Located<std::uint64_t>& quantity, const Range& range) {
  if (quantity.value >= range.min && quantity.value <= range.max) return;
  const auto text = [&](std::uint64_t value) { return std::to_string(value) + range.unit; };
  refuse(quantity.line, std::string(what) + " of " + text(quantity.value) +
                            " is outside what a replica may have, " + text(range.min) + " to " +
                            text(range.max));
}

/// One replica.
void check_resources(const std::string& name, const ComputeProfile& compute) {
  const std::string where = "compute profile " + quoted(name);
  if (!compute.cpu_milli) refuse(compute.line, where + " has no `cpu`");
  if (!compute.memory_bytes) refuse(compute.line, where + " has no `memory`");
  if (compute.storage.empty()) refuse(compute.line, where + " has no `storage`");
  check_range("CPU", *compute.cpu_milli, {cpu_milli_min, cpu_milli_max, "m"});
  check_range("GPU count", compute.gpu_units, {0, gpu_units_max, ""});
  if (compute.gpu_units.value == 0 && !compute.gpu_attributes.empty())
    refuse(compute.gpu_units.line, "`gpu.attributes` without GPUs; set `units` to 1 or more, or remove them");
  check_range("memory", *compute.memory_bytes, {memory_bytes_min, memory_bytes_max, " bytes"});
  for (const Volume& volume : compute.storage)
    check_range("volume " + quoted(volume.name), volume.bytes,
                {volume_bytes_min, volume_bytes_max, " bytes"});
}

struct Totals {
  u128 cpu_milli = 0;
  u128 gpu_units = 0;
  u128 memory_bytes = 0;
};

void check_total(std::string_view what, u128 total, std::uint64_t max, const Use& use) {
  if (total > static_cast<u128>(max) * group_factor)
    refuse(use.count.line, "the group's total " + std::string(what) + " exceeds " +
                               std::to_string(group_factor) +
                               " times the largest replica; lower the `count`");
}

void add_use(const ComputeProfile& compute, const Use& use, Totals& totals) {
  const u128 count = use.count.value;
  check_total("CPU", totals.cpu_milli += count * compute.cpu_milli->value, cpu_milli_max, use);
  check_total("GPU count", totals.gpu_units += count * compute.gpu_units.value, gpu_units_max, use);
  check_total("memory", totals.memory_bytes += count * compute.memory_bytes->value, memory_bytes_max, use);
}

void check_price(const Price& price, std::string& denom) {
  if (price.coin.amount > Dec::from_int(price_max))
    refuse(price.line, "a price above " + std::to_string(price_max) + " per block and replica; lower it");
  if (!denom.empty() && denom != price.denom)
    refuse(price.line, "all prices of a deployment must have one denom; " + quoted(price.denom) + " and " +
                           quoted(denom) + " do not mix");
  denom = price.denom;
}

/// `cpu-gpu` needs a GPU; one group has one TEE type.
void check_tee(const ServiceSpec& service, const ComputeProfile& compute, std::string& group_tee) {
  if (!service.params || service.params->tee.value.empty()) return;
  const Located<std::string>& tee = service.params->tee;
  if (tee.value == "cpu-gpu" && compute.gpu_units.value == 0)
    refuse(tee.line, "`tee: cpu-gpu` needs a compute profile with GPUs");
  if (!group_tee.empty() && group_tee != tee.value)
    refuse(tee.line, "one group can not have both `tee: " + group_tee + "` and `tee: " + tee.value + "`");
  group_tee = tee.value;
}

struct GroupState {
  Totals totals;
  std::string tee;
  const Use* first_use = nullptr;
};

}  // namespace

void check_limits(const Source& source) {
  std::map<std::string, GroupState> groups;
  std::string denom;
  for (const auto& [service, uses] : source.deployment) {
    for (const auto& [placement, use] : uses) {
      if (placement.empty()) refuse(use.line, "a placement must have a name");
      const ComputeProfile& compute = source.compute.at(use.profile.value);
      GroupState& group = groups[placement];
      if (group.first_use == nullptr) group.first_use = &use;
      check_resources(use.profile.value, compute);
      check_price(source.placement.at(placement).pricing.at(use.profile.value), denom);
      check_tee(source.services.at(service), compute, group.tee);
      add_use(compute, use, group.totals);
    }
  }
  if (groups.empty())
    refuse(source.deployment_line,
           "nothing is deployed; `deployment: {<service>: {<placement>: {profile: ..., count: 1}}}` would be "
           "right");
  for (const auto& [name, group] : groups) {
    if (group.totals.cpu_milli == 0)
      refuse(group.first_use->count.line,
             "group " + quoted(name) + " has no replica; a `count` of 1 or more would be right");
  }
}

}  // namespace souk::sdl
