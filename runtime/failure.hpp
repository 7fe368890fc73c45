#pragma once

#include <string>

#include "runtime/directory.hpp"

/// What a host says when an actor breaks: who, when, in which run.
namespace souk::runtime {

/// Marks this thread as handling an event of `actor` for as long as it lives, so that a failed SOUK_CHECK
/// inside names the actor, the time and the seed before the process aborts. Costs a few stores.
class Delivering {
 public:
  Delivering(const Directory& directory, const Context& context) : previous_(current_) {
    current_ = {&directory, &context};
  }
  ~Delivering() { current_ = previous_; }
  Delivering(const Delivering&) = delete;
  Delivering& operator=(const Delivering&) = delete;

 private:
  friend std::string describe_delivery();
  struct Current {
    const Directory* directory = nullptr;
    const Context* context = nullptr;
  };
  static constinit thread_local Current current_;
  Current previous_;
};

/// "actor tenant-3 at 2026-01-02T03:04:05.000000000Z, seed 7", or empty if this thread handles no event.
std::string describe_delivery();

/// Makes a failed SOUK_CHECK print describe_delivery() and abort. Every host calls it; once is enough.
void install_check_handler();

/// "actor tenant-3 failed at <time>, seed 7: <why>".
std::string describe_failure(const Directory& directory, const Context& context, const std::string& why);

/// Time as people write it: UTC, nanoseconds, `2026-01-02T03:04:05.123456789Z`.
std::string utc_text(Time time);

}  // namespace souk::runtime
