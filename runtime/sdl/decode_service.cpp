// services.<name> (akash-offchain.md section 1.2).
#include <algorithm>

#include "runtime/sdl/rules.hpp"
#include "runtime/sdl/source.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

constexpr std::uint32_t body_size_bytes_max = 104'857'600;
constexpr std::uint32_t timeout_ms_max = 60'000;
constexpr std::uint32_t proxy_buffer_bytes_max = 1'048'576;

bool is_next_case(std::string_view text) {
  for (std::string_view known :
       {"error", "timeout", "500", "502", "503", "504", "403", "404", "429", "off"}) {
    if (text == known) return true;
  }
  return false;
}

/// Reads http_options into an entry. What is out of bounds is an error only once the service is deployed, so
/// it is noted rather than thrown.
class HttpDecoder {
 public:
  HttpDecoder(const Node& node, Warnings& warnings)
      : warnings_(warnings), fields_(warnings, node, "http_options") {}

  void decode(ExposeEntry& entry) {
    HttpOptions& http = entry.http;
    number("max_body_size", body_size_bytes_max, http.max_body_size_bytes);
    number("read_timeout", timeout_ms_max, http.read_timeout_ms);
    number("send_timeout", timeout_ms_max, http.send_timeout_ms);
    number("next_tries", UINT32_MAX, http.next_tries);
    number("next_timeout", UINT32_MAX, http.next_timeout_ms);
    cases(http.next_cases);
    number("proxy_buffer_size", proxy_buffer_bytes_max, http.proxy_buffer_size_bytes);
    fields_.warn_of_unknown();
    entry.http_problem = problem_;
  }

 private:
  void note(std::uint32_t line, std::string message) {
    if (!problem_) problem_ = Problem{line, std::move(message)};
  }

  /// 0 keeps the default.
  void number(std::string_view key, std::uint32_t max, std::uint32_t& out) {
    const Node* node = fields_.take(key);
    if (node == nullptr) return;
    const std::uint32_t value = u32_of(*node, key);
    if (value > max)
      note(node->line,
           quoted(key) + " must be at most " + std::to_string(max) + ", not " + std::to_string(value));
    if (value != 0) out = value;
  }

  void cases(std::vector<std::string>& out) {
    const Node* node = fields_.take("next_cases");
    if (node == nullptr) return;
    const StringList listed = strings_of(warnings_, node, "next_cases");
    if (listed->empty()) return;
    for (const std::string& next_case : *listed) {
      if (!is_next_case(next_case))
        note(node->line, "unknown next case " + quoted(next_case) +
                             "; error, timeout, 500, 502, 503, 504, 403, 404, 429 or off would be right");
      if (next_case == "off" && listed->size() != 1) note(node->line, "next case `off` must stand alone");
    }
    out = *listed;
  }

  Warnings& warnings_;
  Fields fields_;
  std::optional<Problem> problem_;
};

ExposeTo decode_to(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "to");
  ExposeTo to;
  to.line = node.line;
  if (const Node* service = fields.take("service")) to.service = string_of(warnings, *service, "service");
  if (const Node* global = fields.take("global")) to.global = bool_of(*global, "global");
  if (const Node* ip = fields.take("ip")) {
    to.ip = string_of(warnings, *ip, "ip");
    to.line = ip->line;
  }
  fields.warn_of_unknown();
  return to;
}

void decode_accept(const Node& node, ExposeEntry& entry, Warnings& warnings) {
  entry.accept = strings_of(warnings, &node, "accept");
  for (const Node* host : items_of(node, "accept")) {
    if (!is_request_uri_host(host->text))
      refuse(host->line, quoted(host->text) + " is no host name; `example.com` would be right");
    entry.accept_lines.push_back(host->line);
  }
}

ExposeEntry decode_expose(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "expose");
  ExposeEntry entry;
  entry.line = node.line;
  entry.port.line = entry.as.line = entry.proto.line = node.line;
  if (const Node* port = fields.take("port")) entry.port = {u32_of(*port, "port"), port->line};
  if (entry.port.value == 0 || entry.port.value > port_max)
    warnings.add(entry.port.line, "`port` should be from 1 to 65535");
  if (const Node* as = fields.take("as")) {
    entry.as = {u32_of(*as, "as"), as->line};
    if (entry.as.value == 0 || entry.as.value > port_max)
      warnings.add(as->line, "`as` should be from 1 to 65535; leave it out for the same port");
  }
  if (const Node* proto = fields.take("proto")) {
    entry.proto = {string_of(warnings, *proto, "proto"), proto->line};
    if (!entry.proto.value.empty() && entry.proto.value != "TCP" && entry.proto.value != "UDP" &&
        entry.proto.value != "tcp" && entry.proto.value != "udp")
      warnings.add(proto->line, "`proto` should be tcp or udp");
  }
  if (const Node* to = fields.take("to")) {
    for (const Node* item : items_of(*to, "to")) entry.to.push_back(decode_to(*item, warnings));
  }
  if (const Node* accept = fields.take("accept")) decode_accept(*accept, entry, warnings);
  if (const Node* http = fields.take("http_options")) HttpDecoder(*http, warnings).decode(entry);
  fields.warn_of_unknown();
  return entry;
}

void decode_permissions(const Node& node, ParamsSpec& params, Warnings& warnings) {
  Fields fields(warnings, node, "permissions");
  const Node* read = fields.take("read");
  params.permissions_read = strings_of(warnings, read, "read");
  if (read != nullptr) {
    for (const Node* item : items_of(*read, "read")) {
      if (item->text != "deployment" && item->text != "logs" && item->text != "events")
        warnings.add(item->line,
                     "unknown permission " + quoted(item->text) + "; known: deployment logs events");
    }
  }
  fields.warn_of_unknown();
}

MountSpec decode_mount(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "params.storage");
  MountSpec mount;
  mount.path_line = node.line;
  if (const Node* path = fields.take("mount")) {
    mount.mount = string_of(warnings, *path, "mount");
    mount.path_line = path->line;
  }
  if (const Node* read_only = fields.take("readOnly")) mount.read_only = bool_of(*read_only, "readOnly");
  fields.warn_of_unknown();
  return mount;
}

ParamsSpec decode_params(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "params");
  ParamsSpec params;
  if (const Node* storage = fields.take("storage")) {
    for (const Entry& entry : entries_of(*storage, "params.storage")) {
      MountSpec mount = decode_mount(*entry.value, warnings);
      mount.line = entry.line;
      params.storage.emplace(entry.key, mount);
    }
  }
  if (const Node* permissions = fields.take("permissions"))
    decode_permissions(*permissions, params, warnings);
  if (const Node* tee = fields.take("tee")) {
    params.tee = {string_of(warnings, *tee, "tee"), tee->line};
    if (!params.tee.value.empty() && params.tee.value != "cpu" && params.tee.value != "cpu-gpu")
      refuse(tee->line, "unknown `tee` " + quoted(params.tee.value) + "; `cpu` or `cpu-gpu` would be right");
  }
  fields.warn_of_unknown();
  return params;
}

CredentialsSpec decode_credentials(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "credentials");
  CredentialsSpec credentials;
  credentials.line = node.line;
  const auto take = [&](std::string_view key, std::string& out, std::size_t length_min) {
    const Node* value = fields.take(key);
    if (value == nullptr) return;
    out = string_of(warnings, *value, key);
    if (out.size() < length_min)
      warnings.add(value->line,
                   quoted(key) + " should have at least " + std::to_string(length_min) + " characters");
  };
  take("host", credentials.fields.host, 1);
  take("email", credentials.fields.email, 5);
  take("username", credentials.fields.username, 1);
  take("password", credentials.fields.password, 6);
  fields.warn_of_unknown();
  return credentials;
}

void decode_dependencies(const Node& node, Warnings& warnings) {
  for (const Node* item : items_of(node, "dependencies")) {
    Fields fields(warnings, *item, "dependencies");
    if (const Node* service = fields.take("service")) string_of(warnings, *service, "service");
    fields.warn_of_unknown();
  }
}

}  // namespace

ServiceSpec decode_service(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "service");
  ServiceSpec service;
  service.line = service.image.line = node.line;
  if (const Node* image = fields.take("image"))
    service.image = {string_of(warnings, *image, "image"), image->line};
  if (service.image.value.empty()) warnings.add(service.image.line, "a service should have an `image`");
  service.command = strings_of(warnings, fields.take("command"), "command");
  service.args = strings_of(warnings, fields.take("args"), "args");
  if (const Node* env = fields.take("env")) {
    service.env = strings_of(warnings, env, "env");
    for (const Node* item : items_of(*env, "env")) service.env_lines.push_back(item->line);
  }
  if (const Node* expose = fields.take("expose")) {
    for (const Node* item : items_of(*expose, "expose"))
      service.expose.push_back(decode_expose(*item, warnings));
  }
  if (const Node* dependencies = fields.take("dependencies")) decode_dependencies(*dependencies, warnings);
  if (const Node* params = fields.take("params")) service.params = decode_params(*params, warnings);
  if (const Node* credentials = fields.take("credentials"))
    service.credentials = decode_credentials(*credentials, warnings);
  fields.warn_of_unknown();
  return service;
}

}  // namespace souk::sdl
