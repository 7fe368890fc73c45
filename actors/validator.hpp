#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "actors/base/time.hpp"
#include "actors/chain/ledger.hpp"
#include "actors/effects.hpp"
#include "actors/mempool.hpp"

/// Makes blocks: transactions in, Ledger::deliver, decisions and chain events out.
namespace souk {

/// Genesis and block making of one validator.
struct ValidatorConfig {
  ChainParams params;
  std::vector<GenesisBalance> balances;
  Time genesis_time{};  ///< time of height 0; the grid of blocks starts here
  Duration block_time = std::chrono::milliseconds(6117);  ///< measured mean (economics.md section 2, HELM)
  MempoolLimits mempool;
  std::size_t block_tx_count_max = 1'000;                   ///< transactions in one block; the rest waits
  std::size_t block_byte_count_max = std::size_t{4} << 20;  ///< CometBFT default max_bytes 4 MiB
  /// Check Ledger::check_invariants after every n-th block that held transactions; 0 = never. A violation
  /// stops the run (SOUK_CHECK).
  std::int64_t invariants_every_blocks = 1'000;
  bool publish_chain = true;      ///< publish every event once under topic_chain()
  bool publish_transfers = true;  ///< EventTransfer there too: one per moved coin, many in long runs
};

/// Who is told of `event` besides topic_chain(): account addresses and topics, without repetition, in a fixed
/// order. `ledger` is the state after the transaction that emitted it. Appends to `topics`.
///
/// Tenant: its deployments, groups and orders, and the bids and leases on them. Provider: what ends or
/// changes its own bids and leases, and its records; the closing of an order it has an open bid on; the lease
/// on an order it bid on, whoever won (another provider's lease means ours lost; the chain has no event for
/// that). topic_orders: EventOrderCreated. topic_leases: EventLeaseCreated. topic_providers: records of
/// providers and auditors. topic_staking: what changes the active set, commissions and delegations; the
/// delegator or validator too. topic_gov: proposals. Nobody: EventTransfer, and what blocks mint and hand
/// out.
void audience(const Ledger& ledger, const ChainEvent& event, std::vector<Topic>& topics);

/// The only validator of a network: instant quorum on the block grid. A block is made only when a transaction
/// waits, at the next multiple of block_time after genesis; its height is the index on that grid, so empty
/// blocks cost nothing and heights and times run on as on a live chain. Off-chain.
class Validator {
 public:
  explicit Validator(ValidatorConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  const Ledger& ledger() const { return ledger_; }
  const Mempool& mempool() const { return mempool_; }
  const ValidatorConfig& config() const { return config_; }
  std::int64_t blocks_made() const { return blocks_made_; }  ///< blocks that held transactions
  std::int64_t txs_applied() const { return txs_applied_; }

 private:
  enum class Timer : std::uint32_t { block };

  void handle(const Started&, const Context&, Effects&) {}
  void handle(const TimerFired& e, const Context& context, Effects& out);
  void handle(const Ping& e, const Context& context, Effects& out);
  void handle(const Pong&, const Context&, Effects&) {}
  void handle(const TxReceived& e, const Context& context, Effects& out);
  void handle(const TxDecided&, const Context&, Effects&) {}
  void handle(const ChainNotice&, const Context&, Effects&) {}
  void handle(const ManifestSent&, const Context&, Effects&) {}
  void handle(const ManifestReply&, const Context&, Effects&) {}
  void handle(const WorkloadStatus&, const Context&, Effects&) {}
  void handle(const ValidatorEvent&, const Context&, Effects&) {}

  /// The first block of the grid that is later than both `now` and the last block.
  Height next_height(Time now) const;
  Time time_of(Height height) const { return config_.genesis_time + config_.block_time * height.value; }
  void schedule_block(Time now, Effects& out);
  void make_block(Height height, Effects& out);
  void publish(Height height, Effects& out);
  void check_ledger();

  ValidatorConfig config_;
  Ledger ledger_;
  Mempool mempool_;
  std::optional<Height> scheduled_;  ///< the block the timer is set for
  Height last_;
  std::int64_t blocks_made_ = 0;
  std::int64_t txs_applied_ = 0;
  std::vector<ChainEvent> events_;  ///< scratch, empty between events
  std::vector<Topic> topics_;       ///< scratch
};

}  // namespace souk
