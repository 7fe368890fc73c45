#pragma once

#include <string_view>

#include "actors/chain/types.hpp"

namespace souk::scenarios {

/// The reason's name as Akash writes it, without its prefix: `owner`, `unstable`, ...
constexpr std::string_view reason_name(LeaseClosedReason reason) {
  switch (reason) {
    case LeaseClosedReason::invalid: return "invalid";
    case LeaseClosedReason::owner: return "owner";
    case LeaseClosedReason::unstable: return "unstable";
    case LeaseClosedReason::decommission: return "decommission";
    case LeaseClosedReason::unspecified: return "unspecified";
    case LeaseClosedReason::manifest_timeout: return "manifest_timeout";
    case LeaseClosedReason::insufficient_funds: return "insufficient_funds";
  }
  return "unknown";
}

}  // namespace souk::scenarios
