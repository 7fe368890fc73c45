#pragma once

#include <cstdint>

#include "actors/base/money.hpp"

/// Arithmetic of Byzantine quorums (economics.md V22). Powers are whole numbers, so there is no rounding to
/// get wrong: "more than two thirds" is 3 x > 2 n.
namespace souk {

/// The largest power that may be Byzantine among `total`: the largest f with 3 f < total.
/// REQUIRES: total >= 1.
constexpr std::int64_t byzantine_max(std::int64_t total) { return (total - 1) / 3; }

/// The smallest power that is more than two thirds of `total`.
constexpr std::int64_t quorum(std::int64_t total) {
  return static_cast<std::int64_t>(static_cast<i128>(total) * 2 / 3) + 1;
}

/// Whether `power` of `total` decides.
constexpr bool has_quorum(std::int64_t power, std::int64_t total) {
  return static_cast<i128>(power) * 3 > static_cast<i128>(total) * 2;
}

/// Whether an absent power of `absent` stops the chain: the rest is no quorum.
constexpr bool halts(std::int64_t absent, std::int64_t total) { return !has_quorum(total - absent, total); }

}  // namespace souk
