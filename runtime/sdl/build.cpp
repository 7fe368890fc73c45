// From checked source to groups and manifest (akash-offchain.md section 1.6).
#include <algorithm>
#include <tuple>

#include "runtime/sdl/resolve.hpp"
#include "runtime/sdl/rules.hpp"
#include "runtime/sdl/stable.hpp"

namespace souk::sdl {
namespace {

using SequenceNumbers = std::map<std::string, std::uint32_t>;

/// Section 1.6 item 2. Go gives an endpoint the last of its positions in the sorted list of all uses, and
/// that list has an empty name for every `to` that is not global: both are kept.
SequenceNumbers sequence_numbers(const Source& source) {
  std::vector<std::string> names;
  for (const auto& [service, uses] : source.deployment) {
    const auto found = source.services.find(service);
    if (found == source.services.end()) continue;
    for (const ExposeEntry& expose : found->second.expose) {
      for (const ExposeTo& to : expose.to) {
        if (!to.global || !to.ip.empty()) names.push_back(to.ip);
      }
    }
  }
  std::sort(names.begin(), names.end());
  SequenceNumbers numbers;
  for (std::size_t i = 0; i < names.size(); ++i) numbers[names[i]] = static_cast<std::uint32_t>(i + 1);
  return numbers;
}

std::vector<Expose> build_exposes(const ServiceSpec& service, const SequenceNumbers& numbers) {
  std::vector<Expose> exposes;
  for (const ExposeEntry& entry : service.expose) {
    Expose expose;
    expose.port = entry.port.value;
    expose.external_port = entry.as.value;
    expose.protocol = *protocol_of(entry.proto.value);
    expose.hosts = entry.accept;
    expose.http = entry.http;
    if (entry.to.empty()) exposes.push_back(expose);
    for (const ExposeTo& to : entry.to) {
      expose.service = to.service;
      expose.global = to.global;
      expose.ip = to.ip;
      expose.endpoint_sequence_number = to.global && !to.ip.empty() ? numbers.at(to.ip) : 0;
      exposes.push_back(expose);
    }
  }
  const auto key = [](const Expose& e) { return std::tie(e.service, e.port, e.protocol); };
  sort_stably(exposes, [&](const Expose& a, const Expose& b) {
    if (key(a) != key(b)) return key(a) < key(b);
    return a.global && !b.global;
  });
  return exposes;
}

bool by_sequence_number(const Endpoint& a, const Endpoint& b) {
  return a.sequence_number < b.sequence_number;
}

std::vector<Endpoint> endpoints_of(const std::vector<Expose>& exposes) {
  std::vector<Endpoint> endpoints;
  for (const Expose& expose : exposes) {
    if (!expose.global) continue;
    const std::uint32_t external = expose.external_port != 0 ? expose.external_port : expose.port;
    const bool ingress = expose.protocol == Protocol::tcp && external == 80;
    endpoints.push_back({ingress ? EndpointKind::shared_http : EndpointKind::random_port, 0});
    if (!expose.ip.empty()) endpoints.push_back({EndpointKind::leased_ip, expose.endpoint_sequence_number});
  }
  return endpoints;
}

Resources build_resources(const ComputeProfile& compute) {
  Resources resources;
  resources.cpu_milli = compute.cpu_milli->value;
  resources.cpu_attributes = compute.cpu_attributes;
  resources.memory_bytes = compute.memory_bytes->value;
  for (const Volume& volume : compute.storage)
    resources.storage.push_back({volume.name, volume.bytes.value, volume.attributes});
  resources.gpu_units = compute.gpu_units.value;
  resources.gpu_attributes = compute.gpu_attributes;
  return resources;
}

ServiceParams build_params(const ParamsSpec& spec) {
  ServiceParams params;
  for (const auto& [name, mount] : spec.storage)
    params.storage.push_back({name, mount.mount, mount.read_only});
  params.permissions_read = spec.permissions_read;
  params.tee = spec.tee.value;
  return params;
}

std::string trimmed(const std::string& text) {
  static constexpr std::string_view space = " \t\r\n\v\f";
  const std::size_t begin = text.find_first_not_of(space);
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

/// v2.0 forgets the e-mail address and trims nothing.
Credentials build_credentials(const Credentials& written, Grammar grammar) {
  if (grammar == Grammar::v2_0) return {written.host, "", written.username, written.password};
  return {trimmed(written.host), trimmed(written.email), trimmed(written.username),
          trimmed(written.password)};
}

/// A placement on its way to being a group.
struct Draft {
  Group group;
  ManifestGroup manifest;
  std::map<std::string, std::size_t> unit_of_profile;
};

Draft start_draft(const std::string& name, const PlacementProfile& placement) {
  Draft draft;
  draft.group.spec.name = draft.manifest.name = name;
  draft.group.spec.requirements.attributes = placement.attributes;
  draft.group.all_of_null = !placement.all_of;
  draft.group.any_of_null = !placement.any_of;
  draft.group.spec.requirements.signed_by = {placement.all_of.value_or(std::vector<std::string>{}),
                                             placement.any_of.value_or(std::vector<std::string>{})};
  return draft;
}

/// So that the group matches only providers that offer this kind of trusted execution.
void require_tee(Attributes& attributes, const std::string& tee) {
  const Attribute wanted{"tee/type", tee};
  if (std::find(attributes.begin(), attributes.end(), wanted) != attributes.end()) return;
  attributes.push_back(wanted);
  sort_stably(attributes, [](const Attribute& a, const Attribute& b) { return a.key < b.key; });
}

/// Adds the use's replicas to a unit of the group and returns the unit's id. v2.1 shares one unit between the
/// uses of one profile. Go's sort of the endpoints is not stable beyond 12 of them; ours is.
std::uint32_t add_unit(Draft& draft, const Use& use, const Resources& resources, const Price& price,
                       Grammar grammar) {
  auto& units = draft.group.spec.resources;
  const auto [bound, is_new] = draft.unit_of_profile.try_emplace(use.profile.value, units.size());
  if (!is_new && grammar == Grammar::v2_1) {
    ResourceUnit& unit = units[bound->second];
    unit.count += use.count.value;
    auto& endpoints = unit.resource.endpoints;
    endpoints.insert(endpoints.end(), resources.endpoints.begin(), resources.endpoints.end());
    sort_stably(endpoints, by_sequence_number);
    return unit.resource.id;
  }
  units.push_back({resources, use.count.value, price.coin});
  units.back().resource.id = static_cast<std::uint32_t>(units.size());
  return units.back().resource.id;
}

void add_service(const Source& source, const std::string& name, const Use& use, const Price& price,
                 const SequenceNumbers& numbers, Draft& draft) {
  const ServiceSpec& spec = source.services.at(name);
  Service service;
  service.name = name;
  service.image = spec.image.value;
  service.command = spec.command;
  service.args = spec.args;
  service.env = spec.env;
  service.count = use.count.value;
  service.expose = build_exposes(spec, numbers);
  service.resources = build_resources(source.compute.at(use.profile.value));
  service.resources.endpoints = endpoints_of(service.expose);
  if (spec.params) {
    service.params = build_params(*spec.params);
    if (!service.params->tee.empty())
      require_tee(draft.group.spec.requirements.attributes, service.params->tee);
  }
  if (spec.credentials) service.credentials = build_credentials(spec.credentials->fields, source.grammar);
  service.resources.id = add_unit(draft, use, service.resources, price, source.grammar);
  draft.group.denom = price.denom;
  draft.manifest.services.push_back(std::move(service));
}

}  // namespace

void build(const Source& source, Sdl& sdl) {
  const SequenceNumbers numbers = sequence_numbers(source);
  std::map<std::string, Draft> drafts;  // by name, which is the order of the output
  for (const auto& [service, uses] : source.deployment) {
    for (const auto& [placement_name, use] : uses) {
      const PlacementProfile& placement = source.placement.at(placement_name);
      auto draft = drafts.find(placement_name);
      if (draft == drafts.end())
        draft = drafts.emplace(placement_name, start_draft(placement_name, placement)).first;
      add_service(source, service, use, placement.pricing.at(use.profile.value), numbers, draft->second);
    }
  }
  for (auto& [name, draft] : drafts) {
    sdl.groups.push_back(std::move(draft.group));
    sdl.manifest.push_back(std::move(draft.manifest));
  }
}

}  // namespace souk::sdl
