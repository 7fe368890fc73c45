#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "actors/chain/types.hpp"

/// The manifest: what a tenant sends to the provider, and what the deployment hash is taken of. Field names
/// and their meaning follow akash-offchain.md section 1.7; JSON is made by runtime/sdl/json.hpp.
namespace souk::sdl {

/// A list as the Go implementation holds it: nullopt is its nil slice (JSON `null`), which the hash tells
/// from an empty list (JSON `[]`).
using StringList = std::optional<std::vector<std::string>>;

struct HttpOptions {
  std::uint32_t max_body_size_bytes = 1'048'576;
  std::uint32_t read_timeout_ms = 60'000;
  std::uint32_t send_timeout_ms = 60'000;
  std::uint32_t next_tries = 3;
  std::uint32_t next_timeout_ms = 0;
  std::vector<std::string> next_cases{"error", "timeout"};
  std::uint32_t proxy_buffer_size_bytes = 0;  ///< 0: the provider's own default
  friend bool operator==(const HttpOptions&, const HttpOptions&) = default;
};

enum class Protocol : std::uint8_t { tcp, udp };

/// One port of a service, towards one destination.
struct Expose {
  std::uint32_t port = 0;
  std::uint32_t external_port = 0;  ///< 0: the same as `port`
  Protocol protocol = Protocol::tcp;
  std::string service;  ///< destination inside the deployment, "" for every one
  bool global = false;
  StringList hosts;
  HttpOptions http;
  std::string ip;  ///< name of a declared endpoint, or ""
  std::uint32_t endpoint_sequence_number = 0;
  friend bool operator==(const Expose&, const Expose&) = default;
};

struct StorageMount {
  std::string name;
  std::string mount;
  bool read_only = false;
  friend bool operator==(const StorageMount&, const StorageMount&) = default;
};

struct ServiceParams {
  std::vector<StorageMount> storage;  ///< sorted by name; empty is JSON `null`
  /// `permissions.read`; the outer optional is "the key was there", the inner list may be absent too.
  std::optional<StringList> permissions_read;
  std::string tee;  ///< "", "cpu" or "cpu-gpu"
  friend bool operator==(const ServiceParams&, const ServiceParams&) = default;
};

struct Credentials {
  std::string host;
  std::string email;
  std::string username;
  std::string password;
  friend bool operator==(const Credentials&, const Credentials&) = default;
};

struct Service {
  std::string name;
  std::string image;
  StringList command;
  StringList args;
  StringList env;
  Resources resources;  ///< id of the group's unit, endpoints of this service alone
  std::uint32_t count = 0;
  std::vector<Expose> expose;  ///< sorted by service, port, protocol, global first
  std::optional<ServiceParams> params;
  std::optional<Credentials> credentials;
  friend bool operator==(const Service&, const Service&) = default;
};

struct ManifestGroup {
  std::string name;
  std::vector<Service> services;  ///< sorted by name
  friend bool operator==(const ManifestGroup&, const ManifestGroup&) = default;
};

/// Sorted by group name.
using Manifest = std::vector<ManifestGroup>;

}  // namespace souk::sdl
