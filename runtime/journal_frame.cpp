#include "runtime/journal_frame.hpp"
#include "actors/consensus/observation.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "actors/base/codec.hpp"

namespace souk::runtime {
namespace {

enum class BodyKind : std::uint8_t { header = 0, record = 1, end = 2 };

void put_integer(std::uint8_t* out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) out[i] = static_cast<std::uint8_t>(value >> (8 * i));
}

std::uint64_t get_integer(const std::uint8_t* in, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value |= std::uint64_t{in[i]} << (8 * i);
  return value;
}

std::uint32_t length_check(std::uint64_t length, std::uint64_t number) {
  StreamHash hash;
  hash.add(number);
  hash.add(length);
  return static_cast<std::uint32_t>(hash.value().low);
}

void put_kind(Bytes& out, BodyKind kind) { out.push_back(static_cast<std::uint8_t>(kind)); }

Unexpected<Error> left_over(const ByteReader& in, std::string_view what) {
  return fail(fmt::format("{} bytes too many for one {}", in.remaining(), what));
}

/// Reads one field; false, with `in` refused, if that fails.
template <class T>
bool get(ByteReader& in, T& field) {
  auto value = decode_next<T>(in);
  if (value) field = std::move(*value);
  return value.has_value();
}

Result<JournalRecord> decode_record(ByteReader& in, const JournalHeader& header) {
  JournalRecord record;
  const bool ok = get(in, record.at) && get(in, record.actor) && get(in, record.event) &&
                  get(in, record.effects_hash) &&
                  (header.effects == JournalEffects::hash || get(in, record.effects));
  if (!ok) return fail(in.error());
  if (in.remaining() != 0) return left_over(in, "record");
  if (record.actor.value >= header.actors.size()) {
    return fail(fmt::format("actor {} of a run with {}", record.actor.value, header.actors.size()));
  }
  return record;
}

}  // namespace

std::size_t begin_frame(Bytes& out) {
  const std::size_t start = out.size();
  out.resize(start + frame_head_bytes);
  return start;
}

bool end_frame(Bytes& out, std::size_t start, std::uint64_t number) {
  const std::size_t length = out.size() - start - frame_head_bytes;
  if (length > frame_bytes_max) return out.resize(start), false;
  const std::span<const std::uint8_t> body(out.data() + start + frame_head_bytes, length);
  put_integer(out.data() + start, length, 4);
  put_integer(out.data() + start + 4, length_check(length, number), 4);
  put_integer(out.data() + start + 8, frame_checksum(body, number), 8);
  return true;
}

Result<FrameHead> parse_frame_head(std::span<const std::uint8_t, frame_head_bytes> head,
                                   std::uint64_t number) {
  const auto length = static_cast<std::uint32_t>(get_integer(head.data(), 4));
  if (get_integer(head.data() + 4, 4) != length_check(length, number) || length > frame_bytes_max) {
    return fail("the check of the length does not match: the file is damaged here");
  }
  return FrameHead{length, get_integer(head.data() + 8, 8)};
}

std::uint64_t frame_checksum(std::span<const std::uint8_t> body, std::uint64_t number) {
  StreamHash hash;
  hash.add(number);
  hash.add(body);
  return hash.value().low;
}

void encode_header(Bytes& out, const JournalHeader& header) {
  put_kind(out, BodyKind::header);
  encode_to(out, header);
}

void encode_record(Bytes& out, Time at, ActorId actor, const Event& event, std::span<const Effect> effects,
                   bool with_effects) {
  put_kind(out, BodyKind::record);
  encode_to(out, at);
  encode_to(out, actor);
  encode_to(out, event);
  encode_to(out, effects_hash(effects));
  if (!with_effects) return;
  // As a vector is encoded.
  encode_to(out, static_cast<std::uint32_t>(std::count_if(effects.begin(), effects.end(), counts)));
  for (const Effect& effect : effects) {
    if (counts(effect)) encode_to(out, effect);
  }
}

void encode_end(Bytes& out, const JournalEnd& end) {
  put_kind(out, BodyKind::end);
  encode_to(out, end);
}

Result<JournalHeader> decode_header(std::span<const std::uint8_t> body) {
  if (body.empty() || body[0] != static_cast<std::uint8_t>(BodyKind::header)) return fail("there is none");
  return decode<JournalHeader>(body.subspan(1));
}

Result<std::variant<JournalRecord, JournalEnd>> decode_body(std::span<const std::uint8_t> body,
                                                            const JournalHeader& header) {
  using Body = std::variant<JournalRecord, JournalEnd>;
  if (body.empty()) return fail("an empty body");
  ByteReader in(body.subspan(1));
  if (body[0] == static_cast<std::uint8_t>(BodyKind::record)) {
    auto record = decode_record(in, header);
    if (!record) return fail(record.error().message);
    return Body(std::move(*record));
  }
  if (body[0] == static_cast<std::uint8_t>(BodyKind::end)) {
    auto end = decode<JournalEnd>(body.subspan(1));
    if (!end) return fail(end.error().message);
    return Body(*end);
  }
  return fail(fmt::format("a body of kind {}, which no journal has", body[0]));
}

}  // namespace souk::runtime
