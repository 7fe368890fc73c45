#include "scenarios/interrupt.hpp"

#include <csignal>

namespace souk::scenarios {
namespace {

std::atomic<bool> is_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

void on_interrupt(int) {
  is_interrupted.store(true);
  std::signal(SIGINT, SIG_DFL);
}

}  // namespace

InterruptScope::InterruptScope() { std::signal(SIGINT, on_interrupt); }
InterruptScope::~InterruptScope() { std::signal(SIGINT, SIG_DFL); }
const std::atomic<bool>& InterruptScope::interrupted() { return is_interrupted; }

}  // namespace souk::scenarios
