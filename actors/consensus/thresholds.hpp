#pragma once

#include "actors/consensus/validator_set.hpp"
#include "actors/votes.hpp"

namespace souk::consensus {

/// Whether `power` is more than a third of `total`: at least one of them is honest (section 1.1, the paper's
/// f + 1). More than two thirds is souk::has_quorum.
constexpr bool has_third(Power power, Power total) { return static_cast<i128>(power) * 3 > total; }

}  // namespace souk::consensus
