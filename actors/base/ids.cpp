#include "actors/base/ids.hpp"

#include <algorithm>
#include <cctype>
#include <span>

#include "actors/base/bech32.hpp"
#include "actors/base/hash.hpp"

// Bech32 as in BIP-173. An address is 160 bits = exactly 32 groups of 5, so no padding bits occur.
namespace souk {
namespace {

constexpr std::string_view prefix = "akash";
constexpr std::string_view charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t group_count = 32;
constexpr std::size_t checksum_size = 6;
constexpr std::size_t text_size = prefix.size() + 1 + group_count + checksum_size;

using Groups = std::array<std::uint8_t, group_count + checksum_size>;

/// The 5 bits number `index` of `bytes`, first bit first.
constexpr std::uint8_t group_at(const std::array<std::uint8_t, 20>& bytes, std::size_t index) {
  const std::size_t bit = 5 * index;
  const unsigned high = bytes[bit / 8];
  const unsigned low = bit / 8 + 1 < bytes.size() ? bytes[bit / 8 + 1] : 0u;
  return static_cast<std::uint8_t>(((high << 8 | low) >> (11 - bit % 8)) & 31u);
}

/// What the top five bits of a checksum state add to the next one (BIP-173's generator).
constexpr std::array<std::uint32_t, 32> carries = [] {
  constexpr std::array<std::uint32_t, 5> generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                   0x2a1462b3};
  std::array<std::uint32_t, 32> table{};
  for (std::size_t top = 0; top < table.size(); ++top)
    for (std::size_t i = 0; i < generator.size(); ++i)
      if ((top >> i & 1) != 0) table[top] ^= generator[i];
  return table;
}();

constexpr std::uint32_t checksum_step(std::uint32_t checksum, std::uint8_t group) {
  return ((checksum & 0x1ffffff) << 5 ^ group) ^ carries[checksum >> 25];
}

/// Checksum state over the expanded prefix and `groups`. A valid address leaves 1.
std::uint32_t checksum_of(std::span<const std::uint8_t> groups, std::string_view of_prefix = prefix) {
  std::uint32_t checksum = 1;
  for (const char c : of_prefix) checksum = checksum_step(checksum, static_cast<std::uint8_t>(c >> 5));
  checksum = checksum_step(checksum, 0);
  for (const char c : of_prefix) checksum = checksum_step(checksum, static_cast<std::uint8_t>(c & 31));
  for (const std::uint8_t group : groups) checksum = checksum_step(checksum, group);
  return checksum;
}

/// Lower case of a text that is all lower or all upper case, as BIP-173 asks; empty otherwise.
std::string one_case(std::string_view text) {
  const bool has_lower = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  const bool has_upper = std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (has_lower && has_upper) return {};
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

/// Shows untrusted text in an error: printable ASCII only, and not more of it than an address is long.
std::string shown(std::string_view text) {
  std::string result = "'";
  for (const char c : text.substr(0, 64)) result += c >= ' ' && c <= '~' ? c : '?';
  return result + (text.size() > 64 ? "...'" : "'");
}

Unexpected<Error> bad_address(std::string_view text, std::string_view why) {
  return fail("address " + shown(text) + ": " + std::string(why));
}

using Text = std::array<char, text_size>;

/// The groups of an address, and of the checksum under a prefix.
Groups groups_of(const Address& address, std::string_view of_prefix) {
  Groups groups{};
  for (std::size_t i = 0; i < group_count; ++i) groups[i] = group_at(address.bytes, i);
  const std::uint32_t checksum = checksum_of(groups, of_prefix) ^ 1;
  for (std::size_t i = 0; i < checksum_size; ++i)
    groups[group_count + i] = static_cast<std::uint8_t>(checksum >> (5 * (checksum_size - 1 - i)) & 31);
  return groups;
}

Text text_of(const Address& address) {
  const Groups groups = groups_of(address, prefix);
  Text text{};
  char* at = std::copy(prefix.begin(), prefix.end(), text.data());
  *at++ = '1';
  for (const std::uint8_t group : groups) *at++ = charset[group];
  return text;
}

}  // namespace

std::string to_bech32(const Address& address) {
  const Text text = text_of(address);
  return {text.data(), text.size()};
}

std::string to_bech32(const Address& address, std::string_view other_prefix) {
  std::string text(other_prefix);
  text += '1';
  for (const std::uint8_t group : groups_of(address, other_prefix)) text += charset[group];
  return text;
}

bool is_bech32_of(std::string_view text, const Address& address) {
  constexpr std::size_t first = prefix.size() + 1;
  if (text.size() != text_size || !text.starts_with(prefix) || text[prefix.size()] != '1') return false;
  for (std::size_t i = 0; i < group_count; ++i)
    if (text[first + i] != charset[group_at(address.bytes, i)]) return false;
  const Text own = text_of(address);
  return text == std::string_view(own.data(), own.size());  // the checksum too
}

Result<Address> parse_bech32(std::string_view text) {
  if (text.size() > 90) return bad_address(text, "longer than the 90 characters of bech32");
  const std::string lower = one_case(text);
  if (lower.empty()) return bad_address(text, text.empty() ? "is empty" : "mixes upper and lower case");
  const std::size_t separator = lower.rfind('1');
  if (separator == std::string::npos || lower.substr(0, separator) != prefix)
    return bad_address(text, "must begin with 'akash1'");
  const std::string_view data = std::string_view(lower).substr(separator + 1);
  std::array<std::uint8_t, 90> groups{};
  for (std::size_t i = 0; i < data.size(); ++i) {
    const std::size_t value = charset.find(data[i]);
    if (value == std::string_view::npos)
      return bad_address(text, "character " + shown(data.substr(i, 1)) + " is not in the bech32 alphabet");
    groups[i] = static_cast<std::uint8_t>(value);
  }
  if (data.size() < checksum_size || checksum_of(std::span(groups.data(), data.size())) != 1)
    return bad_address(text, "the checksum is wrong; a character was mistyped or lost");
  if (data.size() != group_count + checksum_size) return bad_address(text, "an account address has 20 bytes");
  Address address;
  for (std::size_t bit = 0; bit < 160; ++bit) {
    const unsigned value = groups[bit / 5] >> (4 - bit % 5) & 1u;
    address.bytes[bit / 8] = static_cast<std::uint8_t>(address.bytes[bit / 8] << 1 | value);
  }
  return address;
}

bool bech32_less(const Address& a, const Address& b) {
  const auto [at_a, at_b] = std::mismatch(a.bytes.begin(), a.bytes.end(), b.bytes.begin());
  if (at_a == a.bytes.end()) return false;
  // The first group that differs lies in, or begins before, the first byte that differs.
  const auto byte = static_cast<std::size_t>(at_a - a.bytes.begin());
  for (std::size_t group = 8 * byte / 5;; ++group) {
    const std::uint8_t of_a = group_at(a.bytes, group);
    const std::uint8_t of_b = group_at(b.bytes, group);
    if (of_a != of_b) return charset[of_a] < charset[of_b];
  }
}

Address module_address(std::string_view name) {
  const Hash digest = sha256(name);
  Address address;
  std::copy_n(digest.begin(), address.bytes.size(), address.bytes.begin());
  return address;
}

std::string to_string(const DeploymentId& id) { return to_bech32(id.owner) + '/' + std::to_string(id.dseq); }

std::string to_string(const GroupId& id) {
  return to_string(id.deployment()) + '/' + std::to_string(id.gseq);
}

std::string to_string(const OrderId& id) { return to_string(id.group()) + '/' + std::to_string(id.oseq); }

std::string to_string(const BidId& id) { return to_string(id.order()) + '/' + to_bech32(id.provider); }

}  // namespace souk
