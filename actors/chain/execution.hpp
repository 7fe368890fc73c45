#pragma once

#include <vector>

#include "actors/chain/block.hpp"
#include "actors/chain/events.hpp"
#include "actors/chain/params.hpp"

namespace souk {

/// What every message is carried out under.
struct Execution {
  const ChainParams& params;
  BlockContext block;
  std::vector<ChainEvent>& events;
};

}  // namespace souk
