#include "actors/consensus/wal.hpp"

#include <algorithm>
#include <array>
#include <type_traits>

#include "actors/base/check.hpp"

namespace souk::consensus {
namespace {

constexpr std::size_t head_bytes = 8;  // CRC and length

using CrcTables = std::array<std::array<std::uint32_t, 256>, 8>;

/// Table k: what a byte contributes that has k more bytes behind it.
constexpr CrcTables make_crc_tables() {
  CrcTables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78u : 0u);
    tables[0][byte] = crc;
  }
  for (std::size_t k = 1; k < tables.size(); ++k) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t before = tables[k - 1][byte];
      tables[k][byte] = before >> 8 ^ tables[0][before & 255];
    }
  }
  return tables;
}
constexpr CrcTables crc_tables = make_crc_tables();

std::uint32_t load4(std::span<const std::uint8_t> bytes) {
  return std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 | std::uint32_t{bytes[2]} << 16 |
         std::uint32_t{bytes[3]} << 24;
}

void store4(std::uint32_t word, std::uint8_t* to) {
  for (int i = 0; i < 4; ++i) to[i] = static_cast<std::uint8_t>(word >> (8 * i));
}

template <class Record>
std::shared_ptr<const Bytes> make_frame(const Record& record) {
  auto bytes = std::make_shared<Bytes>(head_bytes);
  encode_to(*bytes, record);
  const std::size_t length = bytes->size() - head_bytes;
  SOUK_CHECK(length <= UINT32_MAX);
  store4(static_cast<std::uint32_t>(length), bytes->data() + 4);
  store4(crc32c(std::span(*bytes).subspan(4)), bytes->data());
  return bytes;
}

/// Whether the bytes begin with a frame that is whole and undamaged. Sets its payload then.
bool whole_frame(std::span<const std::uint8_t> bytes, std::uint32_t payload_max,
                 std::span<const std::uint8_t>& payload) {
  if (bytes.size() <= head_bytes) return false;
  const std::uint32_t length = load4(bytes.subspan(4));
  if (length == 0 || length > payload_max || length > bytes.size() - head_bytes) return false;
  if (crc32c(bytes.subspan(4, 4 + std::size_t{length})) != load4(bytes)) return false;
  payload = bytes.subspan(head_bytes, length);
  return true;
}

/// Why the bytes, which begin with no whole frame, do not.
std::string damage(std::span<const std::uint8_t> bytes, std::uint32_t payload_max) {
  if (bytes.size() <= head_bytes)
    return "the frame ends after " + std::to_string(bytes.size()) + " bytes of it";
  const std::uint32_t length = load4(bytes.subspan(4));
  if (length == 0 || length > payload_max)
    return "the frame claims " + std::to_string(length) + " bytes; 1 to " + std::to_string(payload_max) +
           " are possible";
  if (length > bytes.size() - head_bytes)
    return "the frame claims " + std::to_string(length) + " bytes, " +
           std::to_string(bytes.size() - head_bytes) + " are there";
  return "the checksum of the frame is wrong";
}

/// The records with which a signature may leave: their alternative and the sizes that an encoded one can
/// have.
template <class Record>
struct StatementRecord;
template <>
struct StatementRecord<WalRecord> {
  static constexpr std::size_t alternative = 2;
  static_assert(std::is_same_v<std::variant_alternative_t<alternative, WalRecord>, OwnStatement>);
  static constexpr std::size_t head = detail::smallest_size<OwnStatement>() + 1;
  static constexpr std::size_t value_id = sizeof(ValueId);
  static constexpr std::size_t value_header = detail::smallest_size<ValueHeader>();
  static constexpr std::array<std::size_t, 4> sizes{head, head + value_id, head + value_header,
                                                    head + value_id + value_header};
};
template <>
struct StatementRecord<StoreRecord> {
  static constexpr std::size_t alternative = 2;
  static_assert(std::is_same_v<std::variant_alternative_t<alternative, StoreRecord>, SignedCopy>);
  static constexpr std::size_t head = detail::smallest_size<SignedCopy>() + 1;
  static constexpr std::array<std::size_t, 2> sizes{head, head + sizeof(ValueId)};
};

/// Whether the damaged frame may have been a durable statement. If its size or its kind say so it may; if the
/// length is nonsense, or is not there, nothing can be said.
template <class Record>
bool may_hold_statement(std::span<const std::uint8_t> bytes, std::uint32_t payload_max) {
  using Expected = StatementRecord<Record>;
  if (bytes.size() <= head_bytes) return true;
  const std::uint32_t length = load4(bytes.subspan(4));
  if (length == 0 || length > payload_max) return true;
  const bool kind_says_so = bytes[head_bytes] == Expected::alternative;
  return kind_says_so || std::ranges::find(Expected::sizes, length) != Expected::sizes.end();
}

/// Where the first whole frame with a record in it begins behind the damaged one, if there is one.
template <class Record>
std::optional<std::size_t> find_frame_behind(std::span<const std::uint8_t> bytes, std::uint32_t payload_max) {
  std::span<const std::uint8_t> payload;
  for (std::size_t at = 1; at + head_bytes < bytes.size(); ++at) {
    const bool may_be_record = bytes[at + head_bytes] < std::variant_size_v<Record>;
    if (may_be_record && whole_frame(bytes.subspan(at), payload_max, payload)) return at;
  }
  return std::nullopt;
}

/// What a decoded record lacks though its type would allow that.
std::string_view lack(const WalRecord& record) {
  if (const auto* received = std::get_if<Received>(&record))
    return received->message == nullptr ? "it has no message" : "";
  if (const auto* own = std::get_if<OwnValue>(&record)) return own->value == nullptr ? "it has no value" : "";
  return "";
}
std::string_view lack(const StoreRecord& record) {
  const auto* decided = std::get_if<CertifiedValue>(&record);
  return decided != nullptr && decided->value == nullptr ? "it has no value" : "";
}

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes) {
  std::uint32_t crc = ~0u;
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    const std::uint64_t word = load_little(bytes.data() + i) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= crc_tables[7 - k][word >> (8 * k) & 255];
  }
  for (; i < bytes.size(); ++i) crc = crc >> 8 ^ crc_tables[0][(crc ^ bytes[i]) & 255];
  return ~crc;
}

std::shared_ptr<const Bytes> frame(const WalRecord& record) {
  SOUK_CHECK(lack(record).empty());
  return make_frame(record);
}

std::shared_ptr<const Bytes> frame(const StoreRecord& record) {
  SOUK_CHECK(lack(record).empty());
  return make_frame(record);
}

template <class Record>
std::optional<Record> FileReader<Record>::next() {
  if (end_) return std::nullopt;
  const auto rest = bytes_.subspan(offset_);
  std::span<const std::uint8_t> payload;
  if (!whole_frame(rest, payload_max_, payload)) {
    finish();
    return std::nullopt;
  }
  auto record = decode<Record>(payload);
  const std::string_view lacking = record ? lack(*record) : std::string_view{};
  if (!record || !lacking.empty()) {
    const std::string why = record ? std::string(lacking) : record.error().message;
    end_ = FileEnd{FileEnd::Kind::corrupt, offset_, "a whole frame holds no record: " + why, true};
    return std::nullopt;
  }
  offset_ += head_bytes + payload.size();
  return std::move(*record);
}

template <class Record>
void FileReader<Record>::finish() {
  const auto rest = bytes_.subspan(offset_);
  if (rest.empty()) {
    end_ = FileEnd{FileEnd::Kind::clean, offset_, "", false};
    return;
  }
  const std::string why = damage(rest, payload_max_);
  if (const auto behind = find_frame_behind<Record>(rest, payload_max_)) {
    end_ = FileEnd{FileEnd::Kind::corrupt, offset_,
                   why + ", and a whole one follows at byte " + std::to_string(offset_ + *behind), true};
  } else {
    end_ = FileEnd{FileEnd::Kind::torn, offset_, why, may_hold_statement<Record>(rest, payload_max_)};
  }
}

template <class Record>
const FileEnd& FileReader<Record>::end() const {
  SOUK_CHECK(end_.has_value());
  return *end_;
}

template class FileReader<WalRecord>;
template class FileReader<StoreRecord>;

}  // namespace souk::consensus
