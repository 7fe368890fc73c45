#include "scenarios/swarm/statements.hpp"

#include <fmt/format.h>

#include "actors/base/codec.hpp"

namespace souk::scenarios::swarm {

using namespace consensus;

std::optional<Statement> statement_of(std::span<const std::uint8_t> bytes) {
  ByteReader in(bytes);
  const auto step = decode_next<Step>(in);
  const auto height = decode_next<std::int64_t>(in);
  const auto round = decode_next<std::int64_t>(in);
  const auto valid_round = decode_next<std::int64_t>(in);
  const auto has_value = decode_next<bool>(in);
  const auto value = decode_next<ValueId>(in);
  if (!step || !height || !round || !valid_round || !has_value || !value) return std::nullopt;
  Statement s{*step, {*height}, static_cast<Round>(*round), std::nullopt, static_cast<Round>(*valid_round)};
  if (*has_value) s.value = *value;
  return s;
}

std::string short_hex(const Hash& hash) { return to_hex(std::span(hash).first(4)); }

std::string to_text(const Statement& s) {
  std::string text = fmt::format("{} {}/{} {}", enum_name(s.step), s.height.value, s.round,
                                 s.value ? short_hex(*s.value) : "nil");
  if (s.valid_round != no_round) text += fmt::format(" valid {}", s.valid_round);
  return text;
}

}  // namespace souk::scenarios::swarm
