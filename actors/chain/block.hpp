#pragma once

#include "actors/base/time.hpp"

namespace souk {

/// Height and time of the block being applied. Heights must grow; empty heights may be skipped.
struct BlockContext {
  Height height;
  Time time;
};

}  // namespace souk
