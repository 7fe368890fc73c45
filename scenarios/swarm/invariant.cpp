#include "scenarios/swarm/invariant.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "actors/base/check.hpp"

namespace souk::scenarios::swarm {
namespace {

struct Text {
  std::string_view code;
  std::string_view meaning;
};
constexpr std::array<Text, invariant_count> texts{{
    {"S1", "agreement: one value per height"},
    {"S2", "every decided block validates"},
    {"S3", "a correct key signs one statement per height, round and step"},
    {"S4", "no prevote against a lock, or on a valid round, without the polka it rests on"},
    {"S5", "commits verify under the validators of their height"},
    {"S6", "equal app hash and equal state at equal height"},
    {"S7", "height and time strictly increase, and proposers' clocks are bounded"},
    {"S8", "nothing reported final is lost"},
    {"S9", "observed equivocation is punished, correct validators never"},
    {"S10", "proposer(h, r) is equal everywhere"},
    {"S11", "the ledger's own invariants"},
    {"S12", "the state after a crash is the state without it"},
    {"S13", "every queue within its bound"},
    {"S14", "the same seed twice is the same run"},
    {"L1", "after the heal a new height within 10 block times"},
    {"L2", "every correct node catches up within 60 simulated seconds"},
    {"L3", "a paid valid transaction is included within 20 blocks"},
    {"X1", "what clients are told is one linear history"},
}};

const Text& text_of(Invariant invariant) {
  const auto place = static_cast<std::size_t>(invariant);
  SOUK_CHECK(place < texts.size());
  return texts[place];
}

}  // namespace

std::string_view code_of(Invariant invariant) { return text_of(invariant).code; }
std::string_view meaning_of(Invariant invariant) { return text_of(invariant).meaning; }

std::string to_text(const Violation& v, Time genesis) {
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(v.at - genesis).count();
  return fmt::format("{} ({}) at height {}, {:02}:{:02}.{:03} after genesis, {}: {}", code_of(v.invariant),
                     meaning_of(v.invariant), v.height.value, ms / 60'000, ms / 1'000 % 60, ms % 1'000,
                     v.who.empty() ? "all" : fmt::format("{}", fmt::join(v.who, " ")), v.what);
}

}  // namespace souk::scenarios::swarm
