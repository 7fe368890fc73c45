#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <vector>

#include "actors/base/rng.hpp"
#include "actors/consensus/block.hpp"
#include "actors/consensus/core.hpp"
#include "actors/consensus/observation.hpp"
#include "tests/consensus/validators_fixture.hpp"

/// Cores in one process on a clock of their own: messages are delayed, lost and overtake each other, nodes
/// die between two effects and come back from what their disk kept. Everything follows from the seed.
namespace souk::consensus::test {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Remembers what it applied; its hash is over all of that.
class ListApp final : public Application {
 public:
  AppState state() const override { return state_; }
  std::vector<Bytes> propose(Height height, Time, std::uint32_t bytes_max) override {
    const auto number = static_cast<std::uint8_t>(height.value);
    std::vector<Bytes> txs(tx_count, Bytes(tx_bytes, number));
    while (!txs.empty() && txs.size() * tx_bytes > bytes_max) txs.pop_back();
    return txs;
  }
  Result<void> check(Height, Time, const std::vector<Bytes>& txs) const override {
    if (refuses) return fail("whatever it is");
    for (const Bytes& tx : txs) {
      if (tx.empty()) return fail("an empty transaction");
    }
    return {};
  }
  std::vector<PowerChange> apply(const DecidedBlock& decided) override {
    Sha256 hash;
    hash.add(std::span<const std::uint8_t>(state_.app_hash));
    hash.add(encode(*decided.block));
    hash.add(std::span<const std::uint8_t>(decided.validators->priorities_hash()));
    state_.app_hash = hash.finish();
    applied.push_back(decided.height);
    for (const Offence& offence : decided.offences) offences.push_back(offence);
    last_commit = decided.block->last_commit;
    const auto change = changes.find(decided.height);
    return change == changes.end() ? std::vector<PowerChange>{} : change->second;
  }
  bool may_continue(Height height) const override { return !stop_before || height < *stop_before; }

  std::size_t tx_count = 1;
  std::size_t tx_bytes = 20;
  bool refuses = false;  ///< until it is restarted: what others take for valid
  std::vector<Height> applied;
  std::vector<Offence> offences;
  Commit last_commit;
  std::map<Height, std::vector<PowerChange>> changes;
  std::optional<Height> stop_before;
  AppState state_;
};

/// A file: what was appended, and what of it a crash leaves.
struct TestFile {
  Bytes bytes;
  std::size_t synced = 0;    ///< of bytes
  std::optional<Bytes> old;  ///< what a crash leaves of the file before a new one that is not synced yet

  void persist(const Persist& p) {
    if (p.fresh) {
      if (!old) old = durable();
      bytes.clear();
      synced = 0;
    }
    bytes.insert(bytes.end(), p.record->begin(), p.record->end());
    if (!p.sync) return;
    synced = bytes.size();
    old.reset();
  }
  Bytes durable() const {
    return old ? *old : Bytes(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(synced));
  }
  bool is_durable() const { return !old && synced == bytes.size(); }
  void replace(Bytes with) { *this = {with, with.size(), std::nullopt}; }
};

struct TestNode {
  std::optional<Core> core;  ///< none: down
  ListApp app;
  TestFile wal;
  TestFile store;
  std::map<TimerId, Time> timers;
  std::vector<Observation> seen;
  Duration clock_skew{};
};

struct ClusterOptions {
  std::uint64_t seed = 1;
  std::vector<Power> powers{1, 1, 1, 1};
  Duration delay_min = milliseconds(1);
  Duration delay_max = milliseconds(10);
  double loss = 0;
  Duration block_time = seconds(1);
  std::function<void(CoreConfig&)> adjust{};  ///< of every node
  std::size_t followers = 0;                  ///< nodes without a key, after the validators
};

class Cluster {
 public:
  explicit Cluster(ClusterOptions options);

  static inline const std::string chain = "souk-test-1";

  /// Runs everything due until `end`.
  void run_for(Duration d) { run_until(now + d); }
  void run_until(Time end);
  /// Runs until all nodes that are up and not `except` decided `height`; false if `limit` passes before.
  bool run_to_height(std::int64_t height, Duration limit, std::optional<std::size_t> except = std::nullopt);
  bool step();

  CoreConfig config_of(std::size_t node) const;
  /// The node is gone at once, with the effects it had not carried out and, unless `keep_unsynced`, all that
  /// was not synced.
  void kill(std::size_t node, bool keep_unsynced = false);
  /// It comes back. Errors: as Core::recover.
  Result<void> restart(std::size_t node);
  void deliver(std::size_t node, const Event& event);
  void carry_out(std::size_t node, const Effects& effects, std::size_t count);
  void send(std::size_t from, std::size_t to, Message message);
  Context context_of(std::size_t node) const;
  std::int64_t decided(std::size_t node) const;
  template <class T>
  std::vector<T> seen(std::size_t node) const {
    std::vector<T> all;
    for (const Observation& o : nodes.at(node).seen) {
      if (const auto* found = std::get_if<T>(&o.what)) all.push_back(*found);
    }
    return all;
  }
  RuleCounts rules() const;

  ClusterOptions options;
  ValidatorSet set;
  std::vector<PublicKey> keys;  ///< by node
  std::vector<TestNode> nodes;
  Time now{seconds(1'000)};
  Time genesis{seconds(1'000)};
  /// Decided by anybody; two values of one height fail the test that looks at `forks`.
  std::map<Height, ValueId> chain_decided;
  std::vector<std::string> faults;  ///< forks, double signatures, unsynced signatures
  /// Whether a message passes; for partitions.
  std::function<bool(std::size_t from, std::size_t to, const Message& message)> passes;
  /// Called with each batch before it is carried out; how many effects are, the node dies after them if not
  /// all.
  std::function<std::size_t(std::size_t node, const Effects& effects)> cut;
  std::uint64_t events = 0;

 private:
  struct Due {
    Time at;
    std::uint64_t order = 0;
    std::size_t node = 0;
    std::uint32_t life = 0;
    Event event;
    bool operator<(const Due& other) const { return at != other.at ? at > other.at : order > other.order; }
  };
  void schedule(Time at, std::size_t node, Event event);
  void carry_out(std::size_t node, const Effect& effect);
  void sign(std::size_t node, const MakeSignature& make);
  void note(std::size_t node, const Observation& observation);

  std::priority_queue<Due> queue_;
  std::uint64_t order_ = 0;
  std::vector<std::uint32_t> life_;  ///< counts restarts: what was on its way to an earlier life is gone
  std::map<std::pair<PublicKey, Bytes>, Bytes> signed_;
  Rng rng_;
};

}  // namespace souk::consensus::test
