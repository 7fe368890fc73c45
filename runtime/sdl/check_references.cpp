#include <set>
#include <tuple>

#include "runtime/sdl/resolve.hpp"
#include "runtime/sdl/rules.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

void check_credentials(const CredentialsSpec& credentials) {
  const Credentials& fields = credentials.fields;
  for (const auto& [key, value] : {std::pair<std::string_view, const std::string&>{"host", fields.host},
                                   {"username", fields.username},
                                   {"password", fields.password}}) {
    if (is_blank(value))
      refuse(credentials.line, "`credentials` need a " + quoted(key) + " that is not blank");
  }
}

/// Which (endpoint, external port, protocol) is taken, by what was written, defaults unresolved.
using PortKey = std::tuple<std::string, std::uint32_t, std::string>;

struct EndpointUse {
  std::set<std::string> endpoints;
  std::set<PortKey> ports;
};

void check_endpoints(const Source& source, const ServiceSpec& service, EndpointUse& use) {
  for (const ExposeEntry& expose : service.expose) {
    for (const ExposeTo& to : expose.to) {
      if (to.ip.empty()) continue;
      if (!to.global) refuse(to.line, "`ip` needs `global: true` beside it");
      if (!source.endpoints.contains(to.ip))
        refuse(to.line, "no endpoint named " + quoted(to.ip) + "; declare it under `endpoints`");
      use.endpoints.insert(to.ip);
      if (!use.ports.emplace(to.ip, expose.as.value, expose.proto.value).second)
        refuse(to.line,
               "endpoint " + quoted(to.ip) + " already serves this port and protocol; use another `as`");
    }
  }
}

const Volume* find_volume(const ComputeProfile& compute, std::string_view name) {
  for (const Volume& volume : compute.storage) {
    if (volume.name == name) return &volume;
  }
  return nullptr;
}

bool has(const Volume& volume, std::string_view key, std::string_view value) {
  const std::string* found = find_attribute(volume.attributes, key);
  return found != nullptr && *found == value;
}

[[noreturn]] void refuse_volume(const std::string& name, const MountSpec& mount,
                                const ComputeProfile& compute) {
  std::string volumes;
  for (const Volume& volume : compute.storage) volumes += " " + volume.name;
  refuse(mount.line, "the compute profile has no volume named " + quoted(name) + ", it has:" + volumes +
                         " (`storage` written as a map is named `default`; a list keeps its names)");
}

void check_mounts(const Source& source, const ServiceSpec& service, const ComputeProfile& compute) {
  std::set<std::string> mounts;
  for (const auto& [name, mount] : service.params->storage) {
    const Volume* volume = find_volume(compute, name);
    if (volume == nullptr) refuse_volume(name, mount, compute);
    if (!mount.mount.starts_with('/'))
      refuse(mount.path_line, "`mount` must be an absolute path, not " + quoted(mount.mount));
    if (!mounts.insert(mount.mount).second)
      refuse(mount.path_line,
             "another volume is mounted on " + quoted(mount.mount) + "; mount this one elsewhere");
    if (source.grammar == Grammar::v2_1 && mount.read_only && has(*volume, "class", "ram"))
      refuse(mount.line, "a volume of class `ram` can not be `readOnly: true`");
  }
}

/// v2.0 asks for one mount of any volume; v2.1 looks only at volumes that are mounted, so it never asks.
void check_persistent_volumes(const Source& source, const ServiceSpec& service, const ComputeProfile& compute,
                              const std::string& service_name) {
  if (source.grammar != Grammar::v2_0 || (service.params && !service.params->storage.empty())) return;
  for (const Volume& volume : compute.storage) {
    if (has(volume, "persistent", "true"))
      refuse(volume.attributes_line, "persistent volume " + quoted(volume.name) +
                                         " needs a mount; add `services." + service_name +
                                         ".params.storage." + volume.name + ".mount: /path`");
  }
}

void check_use(const Source& source, const std::string& service_name, const std::string& placement_name,
               const Use& use, EndpointUse& endpoints) {
  const auto compute = source.compute.find(use.profile.value);
  if (compute == source.compute.end())
    refuse(use.profile.line,
           "no compute profile named " + quoted(use.profile.value) + "; define it under `profiles.compute`");
  const auto placement = source.placement.find(placement_name);
  if (placement == source.placement.end())
    refuse(use.line,
           "no placement profile named " + quoted(placement_name) + "; define it under `profiles.placement`");
  if (!placement->second.pricing.contains(use.profile.value))
    refuse(placement->second.line, "placement " + quoted(placement_name) + " has no price for profile " +
                                       quoted(use.profile.value) + ", used at line " +
                                       std::to_string(use.profile.line) + "; add `pricing." +
                                       use.profile.value + ": {denom: uact, amount: ...}`");
  const auto service = source.services.find(service_name);
  if (service == source.services.end())
    refuse(use.line, "no service named " + quoted(service_name) + "; define it under `services`");
  if (!compute->second.has_resources)
    refuse(compute->second.line, "compute profile " + quoted(use.profile.value) + " has no `resources`");
  if (service->second.credentials) check_credentials(*service->second.credentials);
  check_endpoints(source, service->second, endpoints);
  if (service->second.params) check_mounts(source, service->second, compute->second);
  check_persistent_volumes(source, service->second, compute->second, service_name);
}

}  // namespace

void check_references(const Source& source) {
  EndpointUse endpoints;
  for (const auto& [service, uses] : source.deployment) {
    for (const auto& [placement, use] : uses) check_use(source, service, placement, use, endpoints);
  }
  for (const auto& [name, kind] : source.endpoints) {
    if (!endpoints.endpoints.contains(name))
      refuse(kind.line, "endpoint " + quoted(name) + " is never used; remove it or name it in a `to`");
  }
}

}  // namespace souk::sdl
