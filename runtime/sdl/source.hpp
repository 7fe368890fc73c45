#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "runtime/sdl/decoder.hpp"
#include "runtime/sdl/manifest.hpp"
#include "runtime/sdl/units.hpp"

/// An SDL file as written: quantities parsed, names not yet resolved, every thing with its line. Maps are
/// ordered by name, the order in which the Go implementation walks them. Internal to this folder.
namespace souk::sdl {

template <class T>
struct Located {
  T value{};
  std::uint32_t line = 0;
};

struct Volume {
  std::string name = "default";
  Located<std::uint64_t> bytes;
  Attributes attributes;  ///< sorted by key
  std::uint32_t attributes_line = 0;
  std::uint32_t line = 0;
};

struct ComputeProfile {
  std::uint32_t line = 0;
  bool has_resources = false;
  std::optional<Located<std::uint64_t>> cpu_milli;
  Attributes cpu_attributes;
  std::optional<Located<std::uint64_t>> memory_bytes;
  std::vector<Volume> storage;  ///< in the manifest's order
  Located<std::uint64_t> gpu_units;
  Attributes gpu_attributes;  ///< sorted by key
};

struct Price {
  std::string denom;
  DecCoin coin;
  std::uint32_t line = 0;
};

struct PlacementProfile {
  std::uint32_t line = 0;
  Attributes attributes;  ///< sorted by key
  StringList all_of;
  StringList any_of;
  std::map<std::string, Price> pricing;  ///< by compute profile
};

struct ExposeTo {
  std::uint32_t line = 0;
  std::string service;
  bool global = false;
  std::string ip;
};

struct ExposeEntry {
  std::uint32_t line = 0;
  Located<std::uint32_t> port;
  Located<std::uint32_t> as;
  Located<std::string> proto;  ///< as written
  std::vector<ExposeTo> to;
  StringList accept;
  std::vector<std::uint32_t> accept_lines;
  HttpOptions http;
  /// What is wrong with `http`; an error once the service is deployed.
  std::optional<Problem> http_problem;
};

struct MountSpec {
  std::uint32_t line = 0;       ///< of the volume's name
  std::uint32_t path_line = 0;  ///< of `mount`
  std::string mount;
  bool read_only = false;
};

struct ParamsSpec {
  std::map<std::string, MountSpec> storage;
  std::optional<StringList> permissions_read;
  Located<std::string> tee;
};

struct CredentialsSpec {
  std::uint32_t line = 0;
  Credentials fields;
};

struct ServiceSpec {
  std::uint32_t line = 0;
  Located<std::string> image;
  StringList command;
  StringList args;
  StringList env;
  std::vector<std::uint32_t> env_lines;
  std::vector<ExposeEntry> expose;
  std::optional<ParamsSpec> params;
  std::optional<CredentialsSpec> credentials;
};

/// `deployment.<service>.<placement>`.
struct Use {
  std::uint32_t line = 0;
  Located<std::string> profile;
  Located<std::uint32_t> count;
};

struct Source {
  Grammar grammar = Grammar::v2_0;
  std::string version;
  std::map<std::string, Located<std::string>> endpoints;  ///< name to kind
  std::map<std::string, ServiceSpec> services;
  std::map<std::string, ComputeProfile> compute;
  std::map<std::string, PlacementProfile> placement;
  std::map<std::string, std::map<std::string, Use>> deployment;
  std::uint32_t deployment_line = 0;
  std::optional<Duration> reclamation_min_window;
};

/// Reads a document. Throws Refused.
Source decode_source(const YamlDocument& document, Warnings& warnings);

ServiceSpec decode_service(const Node& node, Warnings& warnings);
ComputeProfile decode_compute(const Node& node, Warnings& warnings);
PlacementProfile decode_placement(const Node& node, Warnings& warnings);

}  // namespace souk::sdl
