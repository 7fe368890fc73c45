#include "runtime/failure.hpp"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>

namespace souk::runtime {
namespace {

[[noreturn]] void report_check(std::string_view condition, const char* file, int line) {
  const std::string where = describe_delivery();
  std::fputs(
      fmt::format("{}:{}: check failed: {}{}{}\n", file, line, condition, where.empty() ? "" : "; ", where)
          .c_str(),
      stderr);
  std::abort();
}

std::string describe(const Directory& directory, const Context& context) {
  return fmt::format("actor {} at {}, seed {}", directory.name(context.self), utc_text(context.now),
                     context.seed);
}

}  // namespace

constinit thread_local Delivering::Current Delivering::current_;

std::string describe_delivery() {
  const auto& current = Delivering::current_;
  return current.context == nullptr ? std::string() : describe(*current.directory, *current.context);
}

void install_check_handler() {
  static std::once_flag once;
  std::call_once(once, [] { set_check_handler(report_check); });
}

std::string describe_failure(const Directory& directory, const Context& context, const std::string& why) {
  return fmt::format("{}: {}", describe(directory, context), why);
}

std::string utc_text(Time time) {
  using namespace std::chrono;
  const auto since_epoch = time.time_since_epoch();
  const auto whole_days = floor<days>(since_epoch);
  const year_month_day date{sys_days(whole_days)};
  const auto of_day = since_epoch - whole_days;
  const auto s = duration_cast<std::chrono::seconds>(of_day).count();
  const auto ns = (of_day % std::chrono::seconds(1)).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), s / 3600,
                     s / 60 % 60, s % 60, ns);
}

}  // namespace souk::runtime
