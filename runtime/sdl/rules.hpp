#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/chain/types.hpp"

/// The constants and spelling rules of akash-offchain.md sections 1.2 to 1.5. Internal to this folder.
namespace souk::sdl {

// Per replica (section 1.5, validation_config.go).
inline constexpr std::uint64_t cpu_milli_min = 10;
inline constexpr std::uint64_t cpu_milli_max = 384'000;
inline constexpr std::uint64_t gpu_units_max = 24;
inline constexpr std::uint64_t memory_bytes_min = std::uint64_t{1} << 20;
inline constexpr std::uint64_t memory_bytes_max = std::uint64_t{2} << 40;
inline constexpr std::uint64_t volume_bytes_min = std::uint64_t{5} << 20;
inline constexpr std::uint64_t volume_bytes_max = std::uint64_t{32} << 40;
inline constexpr std::uint32_t port_max = 65'535;
inline constexpr std::int64_t price_max = 10'000'000;  ///< base units per block
/// A group may hold as much as this many of the largest replica.
inline constexpr std::uint64_t group_factor = 50;
/// Up to here our order of volumes is known to be Go's. Providers take 4.
inline constexpr std::size_t volumes_max = 20;

/// `^([a-zA-Z][\w\/\.\-]{1,126}[\w\*]?)$`
bool is_attribute_key(std::string_view text);
/// `^[a-z]([-a-z0-9]*[a-z0-9])?$`
bool is_service_name(std::string_view text);
/// `^[a-z]+[a-z-_0-9]+$`, at least two characters
bool is_endpoint_name(std::string_view text);
/// DNS-1123 subdomain of at most 253 characters
bool is_hostname(std::string_view text);
/// Whether `http://<text>` is a request URI to Go.
bool is_request_uri_host(std::string_view text);
/// A Kubernetes environment variable name.
bool is_env_name(std::string_view text);
bool is_storage_class(std::string_view text);
/// true/on/yes and false/off/no, exactly so.
std::optional<bool> fold_bool(std::string_view text);

const std::string* find_attribute(const Attributes& attributes, std::string_view key);

/// The denominations a ledger knows, under their names in SDL files.
std::optional<Denom> denom_of(std::string_view text);

}  // namespace souk::sdl
