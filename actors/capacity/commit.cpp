#include "actors/capacity/commit.hpp"

#include <string>
#include <string_view>

#include "actors/capacity/blake3.hpp"

namespace souk::capacity {
namespace {

Bytes bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

}  // namespace

Bytes signed_bytes(CommitKind kind, const Commit& commit) {
  Bytes bytes = bytes_of(kind == CommitKind::fill ? "gpoc/1/v2" : "gpoc/2/v2");
  encode_to(bytes, commit.id);
  encode_to(bytes, commit.mask);
  encode_to(bytes, commit.value);
  return bytes;
}

Bytes encode_commit(const Commit& commit) {
  Bytes bytes = encode(commit);
  SOUK_CHECK(bytes.size() == commit_bytes);
  return bytes;
}

Result<Commit> decode_commit(std::span<const std::uint8_t> bytes) {
  if (bytes.size() != commit_bytes)
    return fail("commit: " + std::to_string(bytes.size()) + " bytes, it must have " +
                std::to_string(commit_bytes));
  return decode<Commit>(bytes);
}

Bytes signed_transcript_bytes(std::span<const std::uint8_t> body) {
  Bytes bytes = bytes_of("gpoc/t/v2");
  encode_to(bytes, blake3(body));
  return bytes;
}

}  // namespace souk::capacity
