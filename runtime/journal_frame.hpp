#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

#include "runtime/journal.hpp"

/// The bytes of a journal: frames and bodies. Only runtime/journal.cpp and its tests need this.
namespace souk::runtime {

inline constexpr std::string_view journal_magic = "SOUKJNL2";

/// Frame: length u32, check of the length u32, checksum of the body u64, body. Both checks cover the number
/// of the frame, so a frame lost, doubled or moved is noticed too; and a damaged length is not mistaken for
/// the end of a file that was cut off.
inline constexpr std::size_t frame_head_bytes = 16;
inline constexpr std::size_t frame_bytes_max = std::size_t{1} << 28;

/// Makes room for a frame's head; the caller appends the body, then calls end_frame with what this returned.
std::size_t begin_frame(std::vector<std::uint8_t>& out);
/// False, and the frame is taken back, if the body is larger than frame_bytes_max.
bool end_frame(std::vector<std::uint8_t>& out, std::size_t start, std::uint64_t number);

struct FrameHead {
  std::uint32_t length = 0;
  std::uint64_t checksum = 0;
};
/// Errors: the length is damaged.
Result<FrameHead> parse_frame_head(std::span<const std::uint8_t, frame_head_bytes> head,
                                   std::uint64_t number);
std::uint64_t frame_checksum(std::span<const std::uint8_t> body, std::uint64_t number);

void encode_header(std::vector<std::uint8_t>& out, const JournalHeader& header);
void encode_record(std::vector<std::uint8_t>& out, Time at, ActorId actor, const Event& event,
                   std::span<const Effect> effects, bool with_effects);
void encode_end(std::vector<std::uint8_t>& out, const JournalEnd& end);

/// Errors: what does not decode, and at which byte of the body.
Result<JournalHeader> decode_header(std::span<const std::uint8_t> body);
Result<std::variant<JournalRecord, JournalEnd>> decode_body(std::span<const std::uint8_t> body,
                                                            const JournalHeader& header);

}  // namespace souk::runtime
