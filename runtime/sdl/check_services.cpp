#include <set>

#include "runtime/sdl/resolve.hpp"
#include "runtime/sdl/rules.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

/// What is unique or counted over the whole manifest.
struct ManifestState {
  std::set<std::string> hosts;
  bool any_global = false;
};

void check_env(const ServiceSpec& service) {
  if (!service.env) return;
  for (std::size_t i = 0; i < service.env->size(); ++i) {
    const std::string_view entry = (*service.env)[i];
    const std::string_view name = entry.substr(0, entry.find('='));
    if (!is_env_name(name))
      refuse(service.env_lines[i],
             quoted(name) + " is no name of an environment variable; `NAME=value` would be right");
  }
}

/// Every `to` becomes an expose of its own with the same hosts, which then are there more than once.
void check_hosts(const ExposeEntry& expose, ManifestState& state) {
  if (!expose.accept) return;
  const std::size_t copies = expose.to.empty() ? 1 : expose.to.size();
  for (std::size_t copy = 0; copy < copies; ++copy) {
    for (std::size_t i = 0; i < expose.accept->size(); ++i) {
      const std::string& host = (*expose.accept)[i];
      if (!is_hostname(host))
        refuse(expose.accept_lines[i],
               quoted(host) + " is no host name; lower-case `example.com` would be right");
      if (!state.hosts.insert(host).second)
        refuse(expose.accept_lines[i],
               "host " + quoted(host) + " is there twice in this deployment; keep one");
    }
  }
}

void check_expose(const ExposeEntry& expose, ManifestState& state) {
  const std::string& proto = expose.proto.value;
  if (!protocol_of(proto))
    refuse(expose.proto.line, "unknown `proto` " + quoted(proto) + "; tcp or udp would be right");
  if (expose.http_problem) throw Refused{*expose.http_problem};
  if (expose.port.value == 0 || expose.port.value > port_max)
    refuse(expose.port.line, "`port` must be from 1 to 65535, not " + std::to_string(expose.port.value));
  for (const ExposeTo& to : expose.to) state.any_global |= to.global;
  check_hosts(expose, state);
}

void check_service(const std::string& name, const ServiceSpec& service, ManifestState& state) {
  if (!is_service_name(name))
    refuse(service.line,
           quoted(name) + " is no service name; a-z 0-9 and - inside, the first a letter, would be right");
  if (service.image.value.empty()) refuse(service.image.line, "service " + quoted(name) + " has no `image`");
  check_env(service);
  for (const ExposeEntry& expose : service.expose) check_expose(expose, state);
}

}  // namespace

std::optional<Protocol> protocol_of(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  if (upper.empty() || upper == "TCP") return Protocol::tcp;
  if (upper == "UDP") return Protocol::udp;
  return std::nullopt;
}

void check_services(const Source& source) {
  ManifestState state;
  for (const auto& [name, uses] : source.deployment) {
    for (std::size_t use = 0; use < uses.size(); ++use) check_service(name, source.services.at(name), state);
  }
  if (!state.any_global)
    refuse(source.deployment_line,
           "nothing is exposed to the world; one `expose` with `to: [{global: true}]` would be right");
}

}  // namespace souk::sdl
