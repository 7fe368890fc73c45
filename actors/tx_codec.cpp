#include "actors/tx_codec.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace souk {
namespace {

/// The messages inside `msg`; null if it can hold none.
const MsgList* inside(const Msg& msg) {
  const auto* stake = std::get_if<StakeMsg>(&msg);
  if (stake == nullptr) return nullptr;
  if (const auto* exec = std::get_if<MsgExec>(stake)) return exec->msgs.get();
  if (const auto* proposal = std::get_if<MsgSubmitProposal>(stake)) return proposal->msgs.get();
  return nullptr;
}

struct Shape {
  std::size_t msg_count = 0;
  std::uint32_t depth = 0;  ///< 0: nothing nested
};

/// Counts what is nested in anything. The decoder has bounded the depth of the recursion.
void measure(const std::vector<Msg>& msgs, std::uint32_t depth, Shape& shape) {
  shape.msg_count += msgs.size();
  shape.depth = std::max(shape.depth, depth);
  for (const Msg& msg : msgs) {
    if (const MsgList* list = inside(msg)) measure(list->msgs, depth + 1, shape);
  }
}

/// The count of top-level messages that the bytes claim, read without decoding one.
Result<std::uint32_t> claimed_count(std::span<const std::uint8_t> bytes) {
  ByteReader in(bytes);
  Tx head;
  std::uint32_t count = 0;
  if (detail::read(in, head.signer) && detail::read(in, head.nonce) && detail::read(in, head.fee) &&
      in.count(detail::smallest_size<Msg>(), count))
    return count;
  return fail(in.error());
}

Unexpected<Error> too_many(std::size_t count, std::uint32_t count_max) {
  return fail(std::to_string(count) + " messages in a transaction; at most " + std::to_string(count_max) +
              " are possible");
}

}  // namespace

Bytes encode_tx(const Tx& tx) { return encode(tx); }

Result<SharedTx> decode_tx(std::span<const std::uint8_t> bytes, const TxLimits& limits) {
  if (bytes.size() > limits.bytes_max)
    return fail("a transaction of " + std::to_string(bytes.size()) + " bytes; at most " +
                std::to_string(limits.bytes_max) + " are possible");
  const auto count = claimed_count(bytes);
  if (!count) return Unexpected{count.error()};
  if (*count > limits.msg_count_max) return too_many(*count, limits.msg_count_max);
  auto tx = decode<Tx>(bytes);
  if (!tx) return Unexpected{tx.error()};
  Shape shape;
  measure(tx->msgs, 0, shape);
  if (shape.msg_count > limits.msg_count_max) return too_many(shape.msg_count, limits.msg_count_max);
  if (shape.depth > limits.nesting_max)
    return fail("messages nested " + std::to_string(shape.depth) + " deep; at most " +
                std::to_string(limits.nesting_max) + " are possible");
  return SharedTx(std::make_shared<const Tx>(std::move(*tx)));
}

}  // namespace souk
