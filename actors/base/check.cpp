#include "actors/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace souk {
namespace {
CheckHandler g_handler = nullptr;  // set once before actors run
}  // namespace

CheckHandler set_check_handler(CheckHandler handler) {
  CheckHandler previous = g_handler;
  g_handler = handler;
  return previous;
}

void check_failed(std::string_view condition, const char* file, int line) {
  if (g_handler != nullptr) g_handler(condition, file, line);
  std::fprintf(stderr, "%s:%d: check failed: %.*s\n", file, line, static_cast<int>(condition.size()),
               condition.data());
  std::abort();
}

}  // namespace souk
