#pragma once

#include <string_view>

namespace souk {

/// What a failed CHECK does. Called with the printed condition; must not return. The host installs one
/// that adds actor, time, height and seed; without one the process prints and aborts.
using CheckHandler = void (*)(std::string_view condition, const char* file, int line);

/// Installs `handler` for the whole process and returns the one it replaces. Not thread-safe: call it
/// before any actor runs.
CheckHandler set_check_handler(CheckHandler handler);

[[noreturn]] void check_failed(std::string_view condition, const char* file, int line);

}  // namespace souk

/// States what our own code promises. Always on, in release too: a broken promise about money must stop
/// the run. Never for input from outside, which is answered with a Result.
#define SOUK_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::souk::check_failed(#condition, __FILE__, __LINE__))
