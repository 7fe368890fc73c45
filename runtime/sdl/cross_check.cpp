// The provider's cross-validation of a manifest against the chain's groups (akash-offchain.md section 1.8).
#include <array>
#include <map>

#include "runtime/sdl/sdl.hpp"

namespace souk::sdl {
namespace {

/// What is left of one unit while services consume it.
struct Left {
  const ResourceUnit* unit = nullptr;
  std::uint32_t count = 0;
  std::array<std::int64_t, 3> endpoints{};  ///< by EndpointKind
};

std::array<std::int64_t, 3> count_kinds(const std::vector<Endpoint>& endpoints) {
  std::array<std::int64_t, 3> counts{};
  for (const Endpoint& endpoint : endpoints) ++counts[static_cast<std::size_t>(endpoint.kind)];
  return counts;
}

bool same_resources(const Resources& a, const Resources& b) {
  return a.cpu_milli == b.cpu_milli && a.cpu_attributes == b.cpu_attributes &&
         a.memory_bytes == b.memory_bytes && a.memory_attributes == b.memory_attributes &&
         a.storage == b.storage && a.gpu_units == b.gpu_units && a.gpu_attributes == b.gpu_attributes;
}

Result<void> consume(const Service& service, std::map<std::uint32_t, Left>& units) {
  const auto fail_service = [&](const std::string& what) {
    return fail("service `" + service.name + "`: " + what);
  };
  const auto found = units.find(service.resources.id);
  if (found == units.end())
    return fail_service("no unit " + std::to_string(service.resources.id) + " in the group");
  Left& left = found->second;
  if (!same_resources(service.resources, left.unit->resource))
    return fail_service("resources differ from the group's");
  if (service.count > left.count) return fail_service("more replicas than the group has");
  left.count -= service.count;
  const auto used = count_kinds(service.resources.endpoints);
  for (std::size_t kind = 0; kind < used.size(); ++kind) {
    left.endpoints[kind] -= used[kind];
    if (left.endpoints[kind] < 0) return fail_service("more endpoints than the group has");
  }
  return {};
}

Result<void> check_group(const ManifestGroup& manifest, const GroupSpec& group) {
  std::map<std::uint32_t, Left> units;
  for (const ResourceUnit& unit : group.resources)
    units[unit.resource.id] = {&unit, unit.count, count_kinds(unit.resource.endpoints)};
  for (const Service& service : manifest.services) {
    if (auto result = consume(service, units); !result) return result;
  }
  for (const auto& [id, left] : units) {
    if (left.count > 0 || left.endpoints != std::array<std::int64_t, 3>{})
      return fail("group `" + group.name + "`: unit " + std::to_string(id) +
                  " is not used up by the manifest");
  }
  return {};
}

}  // namespace

Result<void> check_against_groups(const Manifest& manifest, const std::vector<GroupSpec>& groups) {
  if (manifest.size() != groups.size())
    return fail("the manifest and the chain differ in the number of groups");
  std::map<std::string_view, const GroupSpec*> by_name;
  for (const GroupSpec& group : groups) by_name[group.name] = &group;
  for (const ManifestGroup& group : manifest) {
    const auto found = by_name.find(group.name);
    if (found == by_name.end()) return fail("no group `" + group.name + "` on the chain");
    if (auto result = check_group(group, *found->second); !result) return result;
  }
  return {};
}

}  // namespace souk::sdl
