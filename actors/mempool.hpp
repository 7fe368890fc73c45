#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "actors/base/codec.hpp"
#include "actors/base/id_map.hpp"
#include "actors/chain/msgs.hpp"
#include "actors/chain/table.hpp"

/// Transactions waiting for a block.
namespace souk {

/// Bounds of a mempool. Defaults: CometBFT config.toml [mempool] size, max_txs_bytes, cache_size; per-account
/// bound ours.
struct MempoolLimits {
  std::size_t tx_count_max = 5'000;
  std::size_t byte_count_max = std::size_t{64} << 20;
  std::size_t tx_bytes_max = std::size_t{1} << 20;  ///< of one transaction
  std::size_t per_account_count_max = 1'000;        ///< waiting transactions of one signer
  Blocks ttl_blocks{};                              ///< one waits for so many blocks at most; 0: for ever
  Duration ttl{};                                   ///< and for so long; 0: for ever
  std::size_t seen_count_max = 10'000;              ///< decided transactions that are remembered
};

/// Ordered by fee per byte, the highest first, and by arrival among equals; the transactions of one account
/// stay in their order of arrival, so that one waits at least as long as those before it. Bounded in count,
/// bytes and per account; when it is full a better payer drives out the worst. Fees are compared in uakt; in
/// other denominations they count as nothing. Where all fees are equal in that sense, 0 above all, it is
/// first in, first out.
///
/// Time per operation and transaction: logarithmic. Removing one out of turn also visits those of its account
/// that it held back. A value: copies are independent.
class Mempool {
 public:
  enum class Source : std::uint8_t {
    client,  ///< ours to pass on to other validators
    peer,    ///< came from another validator
  };
  struct Entry {
    ActorId from;  ///< who is told what became of it
    SharedTx tx;
    Source source = Source::client;
    Height next_height{};  ///< the next block's when it came, for its time to live
    Time at{};             ///< when it came
    /// As it goes into a block, which is what counts for bounds and fee rate; null: approximate_bytes is.
    std::shared_ptr<const Bytes> encoded{};
  };
  /// Codes of codespace `sdk` (akash-chain.md section 8.1). 0 is accepted.
  enum class Refusal : std::uint32_t { none = 0, seen = 19, full = 20, too_large = 21, timed_out = 30 };

  explicit Mempool(const MempoolLimits& limits = {}) : limits_(limits) {}

  /// Takes the transaction or says why not. A refusal changes nothing. When full, those who pay less make
  /// room and are appended to `evicted`; null: nobody does.
  Refusal add(Entry entry, std::vector<Entry>* evicted = nullptr);

  /// The best transactions, in order, as many as fit a block of `count_max` transactions and `byte_count_max`
  /// bytes. They stay: a proposer only proposes. One that is larger than the whole block is passed over, with
  /// those of its account behind it.
  std::vector<Entry> select(std::size_t count_max, std::size_t byte_count_max) const;
  /// Removes and returns the best, as select() but at least one if any waits, and forgets that they were
  /// here: for the lone validator, who decides by itself.
  std::vector<Entry> take(std::size_t count_max, std::size_t byte_count_max);
  /// A block with `tx` was decided: returns its entry if it waited here. With `remember` it is refused from
  /// now on (`seen`); without, as when it failed, it may come again.
  std::optional<Entry> remove(const Tx& tx, bool remember);
  /// Before the block of `next_height`: removes and returns those that have waited too long or whose
  /// timeout_height is below it.
  std::vector<Entry> expire(Height next_height, Time now);
  /// After a block: removes and returns, in order, those that `keep` says no to.
  std::vector<Entry> recheck(const std::function<bool(const Entry&)>& keep);
  /// Calls visit(entry) for each, the oldest first: for passing them on.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (std::uint32_t i = oldest_; i != none; i = slots_[i].younger) visit(slots_[i].entry);
  }

  bool empty() const { return ranked_.empty(); }
  std::size_t tx_count() const { return ranked_.size(); }
  std::size_t byte_count() const { return bytes_; }

 private:
  static constexpr std::uint32_t none = no_row;

  /// A fee per byte, exactly.
  struct Rate {
    std::int64_t fee = 0;
    std::size_t bytes = 1;
    friend std::strong_ordering operator<=>(const Rate& a, const Rate& b) {
      return static_cast<u128>(a.fee) * b.bytes <=> static_cast<u128>(b.fee) * a.bytes;
    }
    friend bool operator==(const Rate& a, const Rate& b) { return (a <=> b) == 0; }
  };
  /// The place in the order; the first is the best.
  struct Rank {
    Rate rate;  ///< the lowest of its account's up to it
    std::uint64_t arrival = 0;
    std::uint32_t slot = none;
    friend bool operator<(const Rank& a, const Rank& b) {
      const auto by_rate = b.rate <=> a.rate;
      return by_rate != 0 ? by_rate < 0 : a.arrival < b.arrival;
    }
  };
  /// What a transaction is looked up by. Two of one name are told apart by their content, which is hashed
  /// only then and for those that are remembered: hashing takes longer than all else here. Whoever could make
  /// two of one name and content has signed both.
  struct Name {
    Address signer;
    std::uint64_t nonce = 0;
    friend bool operator==(const Name&, const Name&) = default;
  };
  struct NameHash {
    std::size_t operator()(const Name& name) const { return static_cast<std::size_t>(hash_of(name)); }
  };
  static std::uint64_t hash_of(const Name& name) { return mix_hash(souk::hash_of(name.signer), name.nonce); }
  using Content = std::optional<StreamHash::Value>;  ///< empty: not hashed yet
  struct Decided {
    Name name;
    StreamHash::Value content;
  };
  struct Slot {
    Entry entry;
    Name name;
    Content content;
    Rate own_rate;
    Rank rank;
    std::size_t bytes = 0;
    std::uint32_t older = none, younger = none;  ///< of all
    std::uint32_t before = none, behind = none;  ///< of its account
  };
  struct Account {
    std::uint32_t last = none;
    std::size_t count = 0;
  };

  static const StreamHash::Value& hashed(Content& content, const Tx& tx);
  /// The slot in which a transaction equal to `tx` waits, or `none`. `content` is that of `tx`, here and
  /// below; filled in if it has to be.
  std::uint32_t find_waiting(const Tx& tx, Content& content);
  bool is_decided(const Tx& tx, Content& content) const;
  Refusal check(const Entry& entry, Content& content, const Account* account, std::size_t bytes);
  /// The slots that must go before `bytes` more fit, worst first; none if that takes others than worse
  /// payers.
  std::optional<std::vector<std::uint32_t>> to_evict(std::size_t bytes, const Rate& rate) const;
  /// The rate of a transaction with `own` that would come behind `before`.
  Rate rate_behind(std::uint32_t before, const Rate& own) const;
  void insert(Entry entry, const Content& content, Account& account, std::size_t bytes, const Rate& rate);
  Entry remove_slot(std::uint32_t index);
  void unlink(const Slot& slot);
  void rerank_behind(std::uint32_t before, std::uint32_t index);
  void remember(const Tx& tx, Content& content);

  MempoolLimits limits_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::set<Rank> ranked_;
  std::set<std::pair<Height, std::uint32_t>> timeouts_;  ///< of those that have a timeout_height
  IdMap<Address, Account> accounts_;
  HashIndex waiting_;                                                    ///< slots by name
  std::unordered_multimap<Name, StreamHash::Value, NameHash> contents_;  ///< of decided_
  std::deque<Decided> decided_;                                          ///< oldest first
  std::uint32_t oldest_ = none, youngest_ = none;
  std::uint64_t arrivals_ = 0;
  std::size_t bytes_ = 0;
};

/// About how many bytes the transaction has on the wire: a fixed part for envelope and signature and a part
/// per message. For bounds only.
std::size_t approximate_bytes(const Tx& tx);

}  // namespace souk
