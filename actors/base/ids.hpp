#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "actors/base/result.hpp"

namespace souk {

/// An actor inside one host: dense, from 0, in the order of spawning.
struct ActorId {
  std::uint32_t value = 0;
  friend constexpr auto operator<=>(ActorId, ActorId) = default;
};
inline constexpr ActorId no_actor{0xffff'ffffu};

/// A 20-byte account address. Ordered by bytes, which is NOT the order of the bech32 text; where Akash
/// iterates in text order use bech32_less.
struct Address {
  std::array<std::uint8_t, 20> bytes{};

  // By whole words: addresses are compared in every look-up, and the library's way is a call to memcmp.
  friend constexpr bool operator==(const Address& a, const Address& b) {
    const auto x = a.words();
    const auto y = b.words();
    return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | (x[2] ^ y[2]) | (x[3] ^ y[3]) | (x[4] ^ y[4])) == 0;
  }
  friend constexpr std::strong_ordering operator<=>(const Address& a, const Address& b) {
    const auto x = a.words();
    const auto y = b.words();
    for (std::size_t i = 0; i < x.size(); ++i)
      if (x[i] != y[i]) return big_endian(x[i]) <=> big_endian(y[i]);
    return std::strong_ordering::equal;
  }

 private:
  using Words = std::array<std::uint32_t, 5>;
  constexpr Words words() const { return std::bit_cast<Words>(bytes); }
  static constexpr std::uint32_t big_endian(std::uint32_t word) {
    return std::endian::native == std::endian::little ? __builtin_bswap32(word) : word;
  }
};

/// The text form, `akash1...` (BIP-173 bech32, prefix `akash`).
std::string to_bech32(const Address& address);
/// Errors: wrong prefix, bad character, bad checksum, not 20 bytes.
Result<Address> parse_bech32(std::string_view text);
/// Whether `text` is exactly to_bech32(address), found without making it.
bool is_bech32_of(std::string_view text, const Address& address);
/// Order of the bech32 texts, without making them: the order of iteration of Akash's stores.
bool bech32_less(const Address& a, const Address& b);
/// sha256(name)[0..20]: addresses of module accounts (akash-chain.md section 0).
Address module_address(std::string_view name);

/// A tenant's deployment. (owner, dseq) is unique forever.
struct DeploymentId {
  Address owner;
  std::uint64_t dseq = 0;
  friend constexpr auto operator<=>(const DeploymentId&, const DeploymentId&) = default;
};

/// One placement of a deployment. gseq counts from 1.
struct GroupId {
  Address owner;
  std::uint32_t gseq = 0;
  std::uint64_t dseq = 0;
  friend constexpr bool operator==(const GroupId&, const GroupId&) = default;
  friend constexpr auto operator<=>(const GroupId& a, const GroupId& b) {
    if (auto c = a.owner <=> b.owner; c != 0) return c;
    if (auto c = a.dseq <=> b.dseq; c != 0) return c;
    return a.gseq <=> b.gseq;
  }
  constexpr DeploymentId deployment() const { return {owner, dseq}; }
};

/// The request to lease one group. oseq counts from 1 and grows with each re-order.
struct OrderId {
  Address owner;
  std::uint32_t gseq = 0;
  std::uint64_t dseq = 0;
  std::uint32_t oseq = 0;
  friend constexpr bool operator==(const OrderId&, const OrderId&) = default;
  friend constexpr auto operator<=>(const OrderId& a, const OrderId& b) {
    if (auto c = a.group() <=> b.group(); c != 0) return c;
    return a.oseq <=> b.oseq;
  }
  constexpr GroupId group() const { return {owner, gseq, dseq}; }
  constexpr DeploymentId deployment() const { return {owner, dseq}; }
};

/// A provider's offer on an order. bseq must be 0 on today's chain.
struct BidId {
  Address owner;
  Address provider;
  std::uint64_t dseq = 0;
  std::uint32_t gseq = 0;
  std::uint32_t oseq = 0;
  std::uint32_t bseq = 0;
  friend constexpr bool operator==(const BidId&, const BidId&) = default;
  friend constexpr auto operator<=>(const BidId& a, const BidId& b) {
    if (auto c = a.order() <=> b.order(); c != 0) return c;
    if (auto c = a.provider <=> b.provider; c != 0) return c;
    return a.bseq <=> b.bseq;
  }
  constexpr OrderId order() const { return {owner, gseq, dseq, oseq}; }
  constexpr GroupId group() const { return {owner, gseq, dseq}; }
  constexpr DeploymentId deployment() const { return {owner, dseq}; }
};

/// A lease has the id of the bid that won.
using LeaseId = BidId;

constexpr BidId bid_id(const OrderId& order, const Address& provider) {
  return {order.owner, provider, order.dseq, order.gseq, order.oseq, 0};
}
constexpr OrderId order_id(const GroupId& group, std::uint32_t oseq) {
  return {group.owner, group.gseq, group.dseq, oseq};
}
constexpr GroupId group_id(const DeploymentId& deployment, std::uint32_t gseq) {
  return {deployment.owner, gseq, deployment.dseq};
}

/// Text forms used in queries, logs and error messages: `owner/dseq[/gseq[/oseq[/provider]]]`.
std::string to_string(const DeploymentId& id);
std::string to_string(const GroupId& id);
std::string to_string(const OrderId& id);
std::string to_string(const BidId& id);

}  // namespace souk
