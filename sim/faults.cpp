#include "sim/faults.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/base/enums.hpp"

namespace souk::sim {
namespace {

constexpr std::string_view first_line = "souk-faults 1";
constexpr std::int64_t ns_per_s = 1'000'000'000;

std::string_view group_name(FaultGroup group) { return enum_name(group); }

/// "-12.000000500s".
std::string seconds_text(std::int64_t ns) {
  const auto size = ns < 0 ? 0 - static_cast<std::uint64_t>(ns) : static_cast<std::uint64_t>(ns);
  std::string fraction = std::to_string(size % ns_per_s);
  fraction.insert(0, 9 - fraction.size(), '0');
  return (ns < 0 ? "-" : "") + std::to_string(size / ns_per_s) + "." + fraction + "s";
}

std::string list_text(const std::vector<ActorId>& actors) {
  std::string text;
  for (const ActorId actor : actors) text += (text.empty() ? "" : ",") + std::to_string(actor.value);
  return text.empty() ? "-" : text;
}

template <class T>
bool parse_number(std::string_view text, T& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool parse_seconds(std::string_view text, std::int64_t& ns) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  if (point == std::string_view::npos || text.size() != point + 11 || text.back() != 's') return false;
  std::uint64_t whole = 0;
  std::uint64_t fraction = 0;
  if (!parse_number(text.substr(0, point), whole) || !parse_number(text.substr(point + 1, 9), fraction) ||
      whole > 9'000'000'000) {
    return false;
  }
  ns = static_cast<std::int64_t>(whole * ns_per_s + fraction);
  if (negative) ns = -ns;
  return true;
}

bool parse_list(std::string_view text, std::vector<ActorId>& actors) {
  actors.clear();
  if (text == "-") return true;
  while (true) {
    const std::size_t comma = text.find(',');
    ActorId actor;
    if (!parse_number(text.substr(0, comma), actor.value)) return false;
    actors.push_back(actor);
    if (comma == std::string_view::npos) return true;
    text.remove_prefix(comma + 1);
  }
}

std::optional<FaultFamily> parse_family(std::string_view text) {
  for (const FaultFamily family : enum_values<FaultFamily>) {
    if (name_of(family) == text) return family;
  }
  return std::nullopt;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (line.empty()) return words;
    const std::size_t end = std::min(line.find(' '), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

/// Takes the first line off `text`.
std::string_view next_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// What is wrong with `line` as a fault; empty if nothing, and `fault` is set.
std::string parse_fault(std::string_view line, Time begin, Fault& fault) {
  const auto words = words_of(line);
  if (words.size() != 10 || words[2] != "lasts" || words[4] != "who" || words[6] != "amount" ||
      words[8] != "draw") {
    return "a fault is \"+TIME FAMILY lasts TIME who IDS amount NUMBER draw NUMBER\"";
  }
  std::int64_t after = 0;
  std::int64_t lasts = 0;
  if (!words[0].starts_with('+') || !parse_seconds(words[0].substr(1), after)) {
    return "\"" + std::string(words[0]) + "\" is no time such as +1.500000000s";
  }
  const auto family = parse_family(words[1]);
  if (!family) return "there is no family \"" + std::string(words[1]) + "\"";
  if (!parse_seconds(words[3], lasts) || lasts < 0) {
    return "\"" + std::string(words[3]) + "\" is no time such as 1.500000000s";
  }
  if (!parse_list(words[5], fault.who)) return "\"" + std::string(words[5]) + "\" is no list such as 0,2";
  if (!parse_number(words[7], fault.amount)) return "\"" + std::string(words[7]) + "\" is no amount";
  if (!parse_number(words[9], fault.draw)) return "\"" + std::string(words[9]) + "\" is no draw";
  fault.at = begin + Duration{after};
  fault.lasts = Duration{lasts};
  fault.family = *family;
  return {};
}

bool parse_head(std::string_view line, FaultPlan& plan) {
  const auto words = words_of(line);
  std::int64_t begin = 0;
  std::int64_t heal = 0;
  if (words.size() != 10 || words[0] != "seed" || words[2] != "begin" || words[4] != "heal" ||
      words[6] != "byzantine" || words[8] != "not_healed" || !parse_number(words[1], plan.seed) ||
      !parse_number(words[3], begin) || !parse_number(words[5], heal) ||
      !parse_list(words[7], plan.byzantine) || !parse_list(words[9], plan.not_healed)) {
    return false;
  }
  plan.begin = Time{Duration{begin}};
  plan.heal = Time{Duration{heal}};
  return true;
}

}  // namespace

static_assert(enum_values<FaultFamily>.size() == fault_family_count);

FaultGroup group_of(FaultFamily family) {
  if (family <= FaultFamily::bandwidth_cap) return FaultGroup::network;
  if (family <= FaultFamily::exhaustion) return FaultGroup::process;
  if (family <= FaultFamily::rolled_back) return FaultGroup::disk;
  if (family <= FaultFamily::strobe) return FaultGroup::clock;
  if (family <= FaultFamily::lunatic_header) return FaultGroup::byzantine;
  if (family <= FaultFamily::rotate_key) return FaultGroup::membership;
  return family == FaultFamily::stricter ? FaultGroup::application : FaultGroup::byzantine;
}

std::string name_of(FaultFamily family) {
  return std::string(group_name(group_of(family))) + "." + std::string(enum_name(family));
}

std::string to_text(const Fault& fault, Time begin) {
  return "+" + seconds_text((fault.at - begin).count()) + " " + name_of(fault.family) + " lasts " +
         seconds_text(fault.lasts.count()) + " who " + list_text(fault.who) + " amount " +
         std::to_string(fault.amount) + " draw " + std::to_string(fault.draw);
}

std::string to_text(const FaultPlan& plan) {
  std::string text(first_line);
  text += "\nseed " + std::to_string(plan.seed) + " begin " +
          std::to_string(plan.begin.time_since_epoch().count()) + " heal " +
          std::to_string(plan.heal.time_since_epoch().count()) + " byzantine " + list_text(plan.byzantine) +
          " not_healed " + list_text(plan.not_healed) + "\n";
  for (const Fault& fault : plan.faults) text += to_text(fault, plan.begin) + "\n";
  return text;
}

Result<FaultPlan> parse_plan(std::string_view text) {
  if (next_line(text) != first_line) {
    return fail("fault plan, line 1: not a plan of this version, it should be \"" + std::string(first_line) +
                "\"");
  }
  FaultPlan plan;
  if (!parse_head(next_line(text), plan)) {
    return fail(
        "fault plan, line 2: should be \"seed N begin NS heal NS byzantine IDS not_healed IDS\", IDS being "
        "0,2 or -");
  }
  for (std::size_t number = 3; !text.empty(); ++number) {
    const std::string_view line = next_line(text);
    if (words_of(line).empty()) continue;
    Fault fault;
    std::string wrong = parse_fault(line, plan.begin, fault);
    if (wrong.empty() && !plan.faults.empty() && fault.at < plan.faults.back().at) {
      wrong = "it begins before the fault above it; faults go by time";
    }
    if (!wrong.empty()) return fail("fault plan, line " + std::to_string(number) + ": " + wrong);
    plan.faults.push_back(std::move(fault));
  }
  return plan;
}

FaultCounts& FaultCounts::operator+=(const FaultCounts& other) {
  for (std::size_t i = 0; i < fired.size(); ++i) fired[i] += other.fired[i];
  return *this;
}

std::size_t FaultCounts::families() const {
  return static_cast<std::size_t>(
      std::count_if(fired.begin(), fired.end(), [](std::uint64_t count) { return count > 0; }));
}

void FaultSet::set(FaultFamily family, bool on) {
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(family);
  bits = on ? bits | bit : bits & ~bit;
}

FaultSet FaultSet::only(FaultGroup group) {
  FaultSet set = none();
  for (const FaultFamily family : enum_values<FaultFamily>) {
    if (group_of(family) == group) set.set(family);
  }
  return set;
}

FaultPlan keep_recoverable(FaultPlan plan, std::span<const ActorId> actors,
                           std::span<const std::int64_t> powers) {
  SOUK_CHECK(actors.size() == powers.size());
  __extension__ typedef __int128 Wide;
  const auto power_of = [&](const std::vector<ActorId>& some) {
    Wide sum = 0;
    for (std::size_t i = 0; i < actors.size(); ++i) {
      if (std::find(some.begin(), some.end(), actors[i]) != some.end()) sum += powers[i];
    }
    return sum;
  };
  const Wide total = power_of({actors.begin(), actors.end()});
  std::vector<ActorId> forgetful = plan.byzantine;
  std::vector<ActorId> damaged = plan.byzantine;
  const auto with = [](std::vector<ActorId> some, ActorId one) {
    if (std::find(some.begin(), some.end(), one) == some.end()) some.push_back(one);
    return some;
  };
  const auto is_too_much = [&](const Fault& fault) {
    const bool forgets = fault.family == FaultFamily::wipe || fault.family == FaultFamily::wal_truncated ||
                         fault.family == FaultFamily::rolled_back;
    const bool damages = forgets || fault.family == FaultFamily::read_rot ||
                         fault.family == FaultFamily::write_rot ||
                         fault.family == FaultFamily::misdirected_write;
    if (!damages) return false;
    SOUK_CHECK(!fault.who.empty());
    auto more_damaged = with(damaged, fault.who[0]);
    auto more_forgetful = forgets ? with(forgetful, fault.who[0]) : forgetful;
    if (3 * (total - power_of(more_damaged)) <= total || 3 * power_of(more_forgetful) >= total) return true;
    damaged = std::move(more_damaged);
    forgetful = std::move(more_forgetful);
    return false;
  };
  std::erase_if(plan.faults, is_too_much);
  return plan;
}

}  // namespace souk::sim
