#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "actors/base/check.hpp"
#include "actors/mempool.hpp"
#include "actors/tx_codec.hpp"

/// Bytes of a transaction from anybody: what decodes is canonical and within bounds, and the mempool takes it
/// once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace souk;
  const std::span bytes(data, size);
  const auto tx = decode_tx(bytes);
  if (!tx) return 0;
  SOUK_CHECK(std::ranges::equal(encode_tx(**tx), bytes));
  SOUK_CHECK((*tx)->msgs.size() <= TxLimits{}.msg_count_max);
  Mempool pool;
  Mempool::Entry entry;
  entry.tx = *tx;
  const auto first = pool.add(entry);
  if (first == Mempool::Refusal::none) {
    SOUK_CHECK(pool.add(entry) == Mempool::Refusal::seen);
    SOUK_CHECK(pool.select(1, size + (std::size_t{1} << 20)).size() == 1);
    SOUK_CHECK(pool.remove(**tx, true).has_value() && pool.empty());
  }
  return 0;
}
