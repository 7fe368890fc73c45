#include "scenarios/swarm/statements.hpp"

#include <fmt/format.h>

#include "actors/base/enums.hpp"

namespace souk::scenarios::swarm {

using namespace consensus;

std::string short_hex(const Hash& hash) { return to_hex(std::span(hash).first(4)); }

std::string to_text(const Statement& s) {
  std::string text = fmt::format("{} {}/{} {}", enum_name(s.step), s.height.value, s.round,
                                 s.value ? short_hex(*s.value) : "nil");
  if (s.valid_round != no_round) text += fmt::format(" valid {}", s.valid_round);
  return text;
}

}  // namespace souk::scenarios::swarm
