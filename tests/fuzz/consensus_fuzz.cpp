#include <cstddef>
#include <cstdint>

#include "actors/base/text.hpp"
#include "actors/consensus/block.hpp"
#include "actors/consensus/gossip.hpp"
#include "actors/consensus/wal.hpp"

namespace souk::consensus {
namespace {

/// Whatever bytes decode must be exactly the encoding of what they decoded to.
template <class T>
void try_as(std::span<const std::uint8_t> bytes) {
  const auto x = decode<T>(bytes);
  if (!x) return;
  SOUK_CHECK(std::ranges::equal(encode(*x), bytes));
  SOUK_CHECK(!to_text(*x).empty());
}

/// A peer may send any message: the planner takes what is well-formed and plans within its bounds.
void try_message(std::span<const std::uint8_t> bytes) {
  try_as<Envelope>(bytes);
  const auto envelope = decode<Envelope>(bytes);
  if (!envelope) return;
  GossipPlanner planner({ActorId{1}, ActorId{2}}, {.burst_max = 8});
  planner.enter_height({1}, 4, nullptr);
  planner.note_received(ActorId{1}, envelope->message);
  if (const auto* status = std::get_if<RoundStatus>(&envelope->message))
    static_cast<void>(planner.note_status(ActorId{1}, *status));
  planner.tick();
  std::vector<Outgoing> out;
  planner.plan(out);
  SOUK_CHECK(out.size() <= 16);
}

/// Each record that is read must be what was framed, and the reader must end inside the bytes.
template <class Record>
void try_file(std::span<const std::uint8_t> bytes) {
  FileReader<Record> reader(bytes, std::uint32_t{1} << 20);
  std::size_t start = 0;
  while (const auto record = reader.next()) {
    const auto again = frame(*record);
    SOUK_CHECK(std::ranges::equal(*again, bytes.subspan(start, reader.offset() - start)));
    start = reader.offset();
  }
  const FileEnd& end = reader.end();
  SOUK_CHECK(end.offset == start && start <= bytes.size());
  SOUK_CHECK((end.kind == FileEnd::Kind::clean) == (start == bytes.size()));
}

/// The bytes as the payload of a frame with a right checksum, which no mutation would find.
template <class Record>
void try_payload(std::span<const std::uint8_t> bytes) {
  Bytes framed(4);
  encode_to(framed, static_cast<std::uint32_t>(bytes.size()));
  framed.insert(framed.end(), bytes.begin(), bytes.end());
  const Bytes crc = encode(crc32c(std::span(framed).subspan(4)));
  std::ranges::copy(crc, framed.begin());
  try_file<Record>(framed);
}

}  // namespace
}  // namespace souk::consensus

/// The first byte chooses what the rest is read as.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace souk::consensus;
  if (size == 0) return 0;
  const std::span bytes(data + 1, size - 1);
  switch (data[0] % 6) {
    case 0: try_message(bytes); break;
    case 1: try_as<Block>(bytes); break;
    case 2: try_file<WalRecord>(bytes); break;
    case 3: try_file<StoreRecord>(bytes); break;
    case 4: try_payload<WalRecord>(bytes); break;
    default: try_payload<StoreRecord>(bytes); break;
  }
  return 0;
}
