#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "actors/base/id_map.hpp"
#include "actors/chain/msgs.hpp"

/// Transactions waiting for a block.
namespace souk {

/// Bounds of a mempool. Defaults: CometBFT config.toml [mempool] size, max_txs_bytes; per-account bound ours.
struct MempoolLimits {
  std::size_t tx_count_max = 5'000;
  std::size_t byte_count_max = std::size_t{64} << 20;
  std::size_t tx_bytes_max = std::size_t{1} << 20;  ///< of one transaction
  std::size_t per_account_count_max = 1'000;        ///< waiting transactions of one signer
};

/// First in, first out; bounded in count, bytes and per account.
class Mempool {
 public:
  struct Entry {
    ActorId from;  ///< who is told what became of it
    SharedTx tx;
  };
  /// Codes of codespace `sdk` (akash-chain.md section 8.1). 0 is accepted.
  enum class Refusal : std::uint32_t { none = 0, full = 20, too_large = 21 };

  explicit Mempool(const MempoolLimits& limits = {}) : limits_(limits) {}

  /// Takes the transaction or says why not. A refusal changes nothing.
  Refusal add(Entry entry);
  /// Removes and returns the oldest transactions, in order, as many as fit a block of `count_max`
  /// transactions and `byte_count_max` bytes; at least one if any waits.
  std::vector<Entry> take(std::size_t count_max, std::size_t byte_count_max);

  bool empty() const { return entries_.empty(); }
  std::size_t tx_count() const { return entries_.size(); }
  std::size_t byte_count() const { return bytes_; }

 private:
  struct Waiting {
    Entry entry;
    std::size_t bytes = 0;
  };
  MempoolLimits limits_;
  std::deque<Waiting> entries_;
  IdMap<Address, std::size_t> per_account_;
  std::size_t bytes_ = 0;
};

/// About how many bytes the transaction has on the wire: a fixed part for envelope and signature and a part
/// per message. For bounds only.
std::size_t approximate_bytes(const Tx& tx);

}  // namespace souk
