#include "runtime/sdl/json.hpp"

#include "runtime/sdl/json_writer.hpp"

namespace souk::sdl {
namespace {

void write_strings(JsonWriter& json, const std::vector<std::string>& strings) {
  json.begin_array();
  for (const std::string& text : strings) json.string(text);
  json.end_array();
}

void write_list(JsonWriter& json, const StringList& list) {
  if (list)
    write_strings(json, *list);
  else
    json.null();
}

void write_attributes(JsonWriter& json, const Attributes& attributes) {
  json.begin_array();
  for (const Attribute& attribute : attributes) {
    json.begin_object();
    if (!attribute.key.empty()) {
      json.key("key");
      json.string(attribute.key);
    }
    if (!attribute.value.empty()) {
      json.key("value");
      json.string(attribute.value);
    }
    json.end_object();
  }
  json.end_array();
}

/// `"units": {"val": "500"}` and attributes unless there are none.
void write_quantity(JsonWriter& json, std::string_view key, std::uint64_t value,
                    const Attributes& attributes) {
  json.key(key);
  json.begin_object();
  json.key("val");
  json.string(std::to_string(value));
  json.end_object();
  if (attributes.empty()) return;
  json.key("attributes");
  write_attributes(json, attributes);
}

void write_endpoints(JsonWriter& json, const std::vector<Endpoint>& endpoints) {
  json.begin_array();
  for (const Endpoint& endpoint : endpoints) {
    json.begin_object();
    if (endpoint.kind != EndpointKind::shared_http) {
      json.key("kind");
      json.number(static_cast<std::uint64_t>(endpoint.kind));
    }
    json.key("sequence_number");
    json.number(endpoint.sequence_number);
    json.end_object();
  }
  json.end_array();
}

void write_resources(JsonWriter& json, const Resources& resources) {
  json.begin_object();
  json.key("id");
  json.number(resources.id);
  json.key("cpu");
  json.begin_object();
  write_quantity(json, "units", resources.cpu_milli, resources.cpu_attributes);
  json.end_object();
  json.key("memory");
  json.begin_object();
  write_quantity(json, "size", resources.memory_bytes, resources.memory_attributes);
  json.end_object();
  json.key("storage");
  json.begin_array();
  for (const StorageVolume& volume : resources.storage) {
    json.begin_object();
    json.key("name");
    json.string(volume.name);
    write_quantity(json, "size", volume.bytes, volume.attributes);
    json.end_object();
  }
  json.end_array();
  json.key("gpu");
  json.begin_object();
  write_quantity(json, "units", resources.gpu_units, resources.gpu_attributes);
  json.end_object();
  json.key("endpoints");
  write_endpoints(json, resources.endpoints);
  json.end_object();
}

void write_http(JsonWriter& json, const HttpOptions& http) {
  json.begin_object();
  json.key("maxBodySize");
  json.number(http.max_body_size_bytes);
  json.key("readTimeout");
  json.number(http.read_timeout_ms);
  json.key("sendTimeout");
  json.number(http.send_timeout_ms);
  json.key("nextTries");
  json.number(http.next_tries);
  json.key("nextTimeout");
  json.number(http.next_timeout_ms);
  if (!http.next_cases.empty()) {
    json.key("nextCases");
    write_strings(json, http.next_cases);
  }
  if (http.proxy_buffer_size_bytes != 0) {
    json.key("proxyBufferSize");
    json.number(http.proxy_buffer_size_bytes);
  }
  json.end_object();
}

void write_expose(JsonWriter& json, const Expose& expose) {
  json.begin_object();
  json.key("port");
  json.number(expose.port);
  json.key("externalPort");
  json.number(expose.external_port);
  json.key("proto");
  json.string(expose.protocol == Protocol::tcp ? "TCP" : "UDP");
  json.key("service");
  json.string(expose.service);
  json.key("global");
  json.boolean(expose.global);
  json.key("hosts");
  write_list(json, expose.hosts);
  json.key("httpOptions");
  write_http(json, expose.http);
  json.key("ip");
  json.string(expose.ip);
  json.key("endpointSequenceNumber");
  json.number(expose.endpoint_sequence_number);
  json.end_object();
}

void write_params(JsonWriter& json, const ServiceParams& params) {
  json.begin_object();
  json.key("storage");
  if (params.storage.empty()) {
    json.null();
  } else {
    json.begin_array();
    for (const StorageMount& mount : params.storage) {
      json.begin_object();
      json.key("name");
      json.string(mount.name);
      json.key("mount");
      json.string(mount.mount);
      json.key("readOnly");
      json.boolean(mount.read_only);
      json.end_object();
    }
    json.end_array();
  }
  if (params.permissions_read) {
    json.key("permissions");
    json.begin_object();
    if (const StringList& read = *params.permissions_read; read && !read->empty()) {
      json.key("read");
      write_strings(json, *read);
    }
    json.end_object();
  }
  if (!params.tee.empty()) {
    json.key("tee");
    json.begin_object();
    json.key("type");
    json.string(params.tee);
    json.key("attestation");
    json.boolean(true);
    json.end_object();
  }
  json.end_object();
}

void write_credentials(JsonWriter& json, const std::optional<Credentials>& credentials) {
  if (!credentials) return json.null();
  json.begin_object();
  json.key("host");
  json.string(credentials->host);
  json.key("email");
  json.string(credentials->email);
  json.key("username");
  json.string(credentials->username);
  json.key("password");
  json.string(credentials->password);
  json.end_object();
}

void write_service(JsonWriter& json, const Service& service) {
  json.begin_object();
  json.key("name");
  json.string(service.name);
  json.key("image");
  json.string(service.image);
  json.key("command");
  write_list(json, service.command);
  json.key("args");
  write_list(json, service.args);
  json.key("env");
  write_list(json, service.env);
  json.key("resources");
  write_resources(json, service.resources);
  json.key("count");
  json.number(service.count);
  json.key("expose");
  json.begin_array();
  for (const Expose& expose : service.expose) write_expose(json, expose);
  json.end_array();
  if (service.params) {
    json.key("params");
    write_params(json, *service.params);
  }
  json.key("credentials");
  write_credentials(json, service.credentials);
  json.end_object();
}

void write_manifest(JsonWriter& json, const Manifest& manifest) {
  json.begin_array();
  for (const ManifestGroup& group : manifest) {
    json.begin_object();
    json.key("name");
    json.string(group.name);
    json.key("services");
    json.begin_array();
    for (const Service& service : group.services) write_service(json, service);
    json.end_array();
    json.end_object();
  }
  json.end_array();
}

void write_requirements(JsonWriter& json, const Group& group) {
  const PlacementRequirements& requirements = group.spec.requirements;
  const auto auditors = [&](std::string_view key, const std::vector<std::string>& list, bool is_null) {
    json.key(key);
    if (is_null) return json.null();
    write_strings(json, list);
  };
  json.begin_object();
  json.key("signed_by");
  json.begin_object();
  auditors("all_of", requirements.signed_by.all_of, group.all_of_null);
  auditors("any_of", requirements.signed_by.any_of, group.any_of_null);
  json.end_object();
  json.key("attributes");
  if (requirements.attributes.empty())
    json.null();
  else
    write_attributes(json, requirements.attributes);
  json.end_object();
}

void write_group(JsonWriter& json, const Group& group) {
  json.begin_object();
  json.key("name");
  json.string(group.spec.name);
  json.key("requirements");
  write_requirements(json, group);
  json.key("resources");
  json.begin_array();
  for (const ResourceUnit& unit : group.spec.resources) {
    json.begin_object();
    json.key("resource");
    write_resources(json, unit.resource);
    json.key("count");
    json.number(unit.count);
    json.key("price");
    json.begin_object();
    json.key("denom");
    json.string(group.denom);
    json.key("amount");
    json.string(unit.price.amount.to_string());
    json.end_object();
    json.end_object();
  }
  json.end_array();
  json.end_object();
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

std::string manifest_json(const Manifest& manifest, Layout layout) {
  JsonWriter json(layout, false);
  write_manifest(json, manifest);
  return json.take();
}

std::string groups_json(const std::vector<Group>& groups, Layout layout) {
  JsonWriter json(layout, false);
  json.begin_array();
  for (const Group& group : groups) write_group(json, group);
  json.end_array();
  return json.take();
}

std::string canonical_json(const Manifest& manifest) {
  JsonWriter json(Layout::compact, true);
  write_manifest(json, manifest);
  return json.take();
}

Hash deployment_hash(const Manifest& manifest) { return sha256(canonical_json(manifest)); }

}  // namespace souk::sdl
