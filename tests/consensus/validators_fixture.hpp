#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "actors/consensus/validator_set.hpp"

namespace souk::consensus::test {

/// `count` keys whose addresses ascend, so that "the smaller address" is "the lower index".
inline std::vector<PublicKey> ascending_keys(std::size_t count) {
  std::vector<PublicKey> keys(count);
  for (std::size_t i = 0; i < count; ++i) {
    keys[i][0] = static_cast<std::uint8_t>(i);
    keys[i][1] = static_cast<std::uint8_t>(i >> 8);
    keys[i][2] = 0x5e;
  }
  std::sort(keys.begin(), keys.end(),
            [](const PublicKey& a, const PublicKey& b) { return address_of(a) < address_of(b); });
  return keys;
}

/// The genesis set of ascending_keys with these powers.
inline ValidatorSet set_of(std::span<const Power> powers) {
  const auto keys = ascending_keys(powers.size());
  std::vector<PowerChange> changes;
  for (std::size_t i = 0; i < powers.size(); ++i) changes.push_back({keys[i], powers[i]});
  return ValidatorSet::genesis(changes).value();
}
inline ValidatorSet set_of(std::initializer_list<Power> powers) {
  return set_of(std::span<const Power>(powers.begin(), powers.size()));
}

}  // namespace souk::consensus::test
