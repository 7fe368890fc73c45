#pragma once

#include <atomic>

namespace souk::scenarios {

/// While it lives, Ctrl-C sets interrupted(), so that a verb can end with what is finished; a second one ends
/// the program as usual.
class InterruptScope {
 public:
  InterruptScope();
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

  static const std::atomic<bool>& interrupted();
};

}  // namespace souk::scenarios
