#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>

#include "actors/consensus/block.hpp"
#include "actors/consensus/types.hpp"

/// The records of a validator's two files, and how they lie in them (consensus-node.md section 1.9).
///
/// A file is frames and nothing between: CRC-32C of all that follows in the frame (4 bytes), length of the
/// payload (4 bytes), payload (1 byte for the alternative and its canonical encoding); integers
/// little-endian.
namespace souk::consensus {

// ---- what both files can hold

/// The first record of a file: whose it is. A node reads no other chain's and no other key's file.
struct FileHead {
  std::uint32_t version = 1;
  std::string chain_id;
  std::optional<PublicKey> key;  ///< none: a follower's
  friend bool operator==(const FileHead&, const FileHead&) = default;
};

// ---- write-ahead log: inputs, before they are processed

/// A message that passed its checks.
struct Received {
  ActorId from;
  std::shared_ptr<const Envelope> message;  ///< never null
  Time at{};  ///< own clock: whether a proposal is timely is judged by it (section 1.8)
};
/// About to be signed: durable before the signature exists. A proposal's comes with the header of its value.
struct OwnStatement {
  Statement statement;
  std::optional<ValueHeader> value;
};
/// A value that this node built. Building is not deterministic, so replay takes it from here.
struct OwnValue {
  Height height;
  Round round = 0;
  SharedValue value;  ///< never null
};
/// Whether a value was found valid, for the same reason.
struct Verdict {
  Height height;
  ValueId value{};
  bool valid = false;
};
/// A timeout that fired.
struct TimedOut {
  Height height;
  Round round = 0;
  Step step = Step::propose;
};
/// A step that was entered.
struct Entered {
  Height height;
  Round round = 0;
  Step step = Step::propose;
};
/// The height is decided; what follows belongs to the next.
struct EndHeight {
  Height height;
};
using WalRecord =
    std::variant<FileHead, Received, OwnStatement, OwnValue, Verdict, TimedOut, Entered, EndHeight>;

// ---- store: decided values, evidence, and a copy of what the guard must not forget

/// A copy of the last statement signed, in the other file: if the write-ahead log is behind it, it lost some.
struct SignedCopy {
  Statement statement;
};
/// Evidence is stored when it is found or heard of: until a block holds it, no restart may lose it.
using StoreRecord = std::variant<FileHead, CertifiedValue, SignedCopy, Evidence>;

/// A record around a value of the largest size: 1 MiB for everything else in it.
constexpr std::uint32_t frame_payload_max(const BlockLimits& limits) {
  return limits.bytes_max + (std::uint32_t{1} << 20);
}

/// One frame, as Persist appends it. REQUIRES: nothing in it that "never" is null is.
std::shared_ptr<const Bytes> frame(const WalRecord& record);
std::shared_ptr<const Bytes> frame(const StoreRecord& record);

/// How the reading of a file ended.
struct FileEnd {
  enum class Kind : std::uint8_t {
    clean,
    torn,  ///< the last frame is incomplete or damaged, and nothing whole follows: cut the file at `offset`
    corrupt,  ///< whole frames follow a damaged one, or a whole one is no record: the file is not to be used
  };
  Kind kind = Kind::clean;
  std::size_t offset = 0;  ///< behind the last good record
  std::string why;         ///< empty if clean
  /// What is cut off may have been an OwnStatement that was durable, so that its signature may be out. False
  /// only if the bytes that are left of the frame say that it was something else. (A file that lost whole
  /// frames looks clean: SignedCopy in the other file tells.)
  bool may_hold_statement = false;
};

/// Reads the frames of one file, in order. Never allocates for more than the bytes that are there.
template <class Record>
class FileReader {
 public:
  /// A length above `payload_max` is damage.
  FileReader(std::span<const std::uint8_t> bytes, std::uint32_t payload_max)
      : bytes_(bytes), payload_max_(payload_max) {}

  /// The next record; none at the end, which end() describes.
  std::optional<Record> next();
  /// Where the next record begins.
  std::size_t offset() const { return offset_; }
  /// REQUIRES: next() gave none.
  const FileEnd& end() const;

 private:
  void finish();

  std::span<const std::uint8_t> bytes_;
  std::uint32_t payload_max_ = 0;
  std::size_t offset_ = 0;
  std::optional<FileEnd> end_;
};
using WalReader = FileReader<WalRecord>;
using StoreReader = FileReader<StoreRecord>;

/// CRC-32C (Castagnoli: reflected polynomial 0x82f63b78, RFC 3720 appendix B.4).
std::uint32_t crc32c(std::span<const std::uint8_t> bytes);

}  // namespace souk::consensus
