#include "actors/consensus/statement_bytes.hpp"

#include "actors/base/codec.hpp"

namespace souk::consensus {

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

}  // namespace souk::consensus
