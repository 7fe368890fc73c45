#pragma once

#include <string>
#include <utility>
#include <vector>

#include "actors/chain/types.hpp"

/// Small orders for tests of actors.
namespace souk::test {

inline constexpr std::uint64_t gib = std::uint64_t{1} << 30;

inline Address account(std::uint8_t n) {
  Address address;
  address.bytes[0] = n;
  return address;
}

inline OrderId order(std::uint64_t dseq, std::uint8_t tenant = 200) { return {account(tenant), 1, dseq, 1}; }

inline ResourceUnit unit(std::uint64_t cpu_milli, std::uint64_t memory_gib, std::uint32_t count,
                         std::int64_t price = 10'000) {
  ResourceUnit u;
  u.resource.id = 1;
  u.resource.cpu_milli = cpu_milli;
  u.resource.memory_bytes = memory_gib * gib;
  u.count = count;
  u.price = {Denom::uact, Dec::from_int(price)};
  return u;
}

inline ResourceUnit gpu_unit(const std::string& key, std::uint64_t gpus, std::int64_t price = 100'000) {
  ResourceUnit u = unit(1000, 1, 1, price);
  u.resource.gpu_units = gpus;
  u.resource.gpu_attributes = {{key, "true"}};
  return u;
}

inline GroupSpec group(std::vector<ResourceUnit> units) {
  for (std::uint32_t i = 0; i < units.size(); ++i) units[i].resource.id = i + 1;
  return {"web", {}, std::move(units)};
}

inline SharedGroupSpec shared(GroupSpec spec) { return std::make_shared<const GroupSpec>(std::move(spec)); }

}  // namespace souk::test
