#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/base/time.hpp"
#include "actors/chain/ledger.hpp"
#include "actors/consensus/core.hpp"
#include "actors/effects.hpp"
#include "actors/mempool.hpp"
#include "actors/used_nonces.hpp"

/// Makes blocks: transactions in, Ledger::deliver, decisions and chain events out; alone, or agreeing with
/// others by Tendermint.
namespace souk {

/// Genesis and block making of one validator.
struct ValidatorConfig {
  Genesis genesis;  ///< its time is that of height 0, where the grid of blocks starts
  Duration block_time = std::chrono::milliseconds(6117);  ///< measured mean (economics.md section 2, HELM)
  MempoolLimits mempool;
  std::size_t block_tx_count_max = 1'000;                   ///< transactions in one block; the rest waits
  std::size_t block_byte_count_max = std::size_t{4} << 20;  ///< CometBFT default max_bytes 4 MiB
  /// Check Ledger::check_invariants after every n-th block that held transactions; 0 = never. A violation
  /// stops the run (SOUK_CHECK).
  std::int64_t invariants_every_blocks = 1'000;
  bool publish_chain = true;      ///< publish every event once under topic_chain()
  bool publish_transfers = true;  ///< EventTransfer there too: one per moved coin, many in long runs

  /// With it, blocks are agreed on with config.peers by Tendermint; chain id, genesis time, first height,
  /// grid and block bounds are filled in from the fields above. Without, this is the only validator.
  std::optional<consensus::CoreConfig> consensus;
  /// The app hash of a block folds in Ledger::state_hash at every height that this divides, and at no other:
  /// hashing the whole state takes longer than a block does. At every height it commits to the block's
  /// results and events. Part of what all validators must agree on. REQUIRES: >= 1.
  std::int64_t state_hash_every_blocks = 100;
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

/// The validators of a chain's first block with their powers, as the ledger's genesis makes them; if it bonds
/// nobody, `keys` with a power of 1 each. Errors: as ValidatorSet::genesis.
Result<consensus::ValidatorSet> genesis_validators(const Genesis& genesis,
                                                   const std::vector<consensus::PublicKey>& keys);

/// A validator, and in a network of one the whole chain. Off-chain.
///
/// Alone (no ValidatorConfig::consensus) it is an instant quorum on the block grid: a block is made only when
/// a transaction waits or something falls due, at the next multiple of block_time after genesis; its height
/// is the index on that grid, so empty blocks cost nothing and heights and times run on as on a live chain.
/// Who of the active set signs is what ValidatorUptime says.
///
/// With others every height is decided by consensus::Core. Clients hand a transaction to any validator; that
/// one passes it on, and tells its sender what became of it.
class Validator {
 public:
  /// REQUIRES: config.genesis.check().
  explicit Validator(ValidatorConfig config);
  /// One that comes back with what its disk holds (Core::recover). Waiting transactions are gone.
  /// REQUIRES: config.consensus.
  static Result<Validator> recover(ValidatorConfig config, const consensus::Disk& disk);

  void on(const Event& event, const Context& context, Effects& out);

  const Ledger& ledger() const { return ledger_; }
  const Mempool& mempool() const { return mempool_; }
  const ValidatorConfig& config() const { return config_; }
  /// Null if this is the only validator.
  const consensus::Core* core() const { return core_ ? &*core_ : nullptr; }
  const Hash& app_hash() const { return app_hash_; }
  std::int64_t blocks_made() const { return blocks_made_; }  ///< alone: those that were not skipped
  std::int64_t txs_applied() const { return txs_applied_; }

 private:
  class App;
  enum class Timer : std::uint32_t { block };
  /// What a block is applied with and where what it says goes: nowhere while recovering.
  struct Sink {
    Effects* out = nullptr;
  };
  struct UptimeChange {
    Address validator;
    bool up = true;
  };

  void handle(const Started&, const Context& context, Effects& out);
  void handle(const TimerFired& e, const Context& context, Effects& out);
  void handle(const Ping& e, const Context& context, Effects& out);
  void handle(const Pong&, const Context&, Effects&) {}
  void handle(const TxReceived& e, const Context& context, Effects& out);
  void handle(const TxDecided&, const Context&, Effects&) {}
  void handle(const ChainNotice&, const Context&, Effects&) {}
  void handle(const ManifestSent&, const Context&, Effects&) {}
  void handle(const ManifestReply&, const Context&, Effects&) {}
  void handle(const WorkloadStatus&, const Context&, Effects&) {}
  void handle(const ValidatorEvent& e, const Context& context, Effects& out);
  void handle(const TxGossiped& e, const Context& context, Effects& out);
  void handle(const PeerMessage& e, const Context& context, Effects& out);
  void handle(const SignaturesVerified& e, const Context& context, Effects& out);
  void handle(const SignatureMade& e, const Context& context, Effects& out);
  void handle(const ValidatorUptime& e, const Context& context, Effects& out);

  // validator_alone.cpp: the block grid
  Height next_height(Time now) const;
  Height height_at(Time time) const;
  Time time_of(Height height) const { return config_.genesis.time + config_.block_time * height.value; }
  void schedule_block(Time now, Effects& out);
  void make_block(Height height, Effects& out);
  void change_uptime();

  // validator_blocks.cpp: what both ways of making blocks share
  void begin_block(BlockContext block, const BlockInputs& inputs, Sink sink);
  TxResult deliver(const Tx& tx);
  std::vector<ValidatorUpdate> end_block(Sink sink);
  void publish(Sink sink);
  void check_ledger();
  Mempool::Refusal add_tx(ActorId from, const SharedTx& tx, Mempool::Source source, const Context& context,
                          Effects& out);
  void tell(ActorId to, const Tx& tx, Height height, const TxResult& result, Sink sink) const;
  void refuse(const Mempool::Entry& entry, Mempool::Refusal refusal, Sink sink) const;

  // validator_agreeing.cpp: through consensus
  void start_agreeing(const Context& context, Effects& out);
  void agree(const TimerFired& e, const Context& context, Effects& out);
  void gossip(const SharedTx& tx, const Context& context, Effects& out) const;
  void gossip_again(Height decided, const Context& context, Effects& out) const;

  ValidatorConfig config_;
  Ledger ledger_;
  Mempool mempool_;
  bool has_stake_ = false;  ///< the ledger has validators of its own: blocks begin and end with their affairs
  std::optional<consensus::Core> core_;

  // Alone.
  std::optional<Height> scheduled_;  ///< the block the timer is set for
  Height last_;
  BlockInputs inputs_;                 ///< whose signatures the last commit lacks
  std::vector<UptimeChange> changes_;  ///< since the last block, in order

  // Agreeing.
  Hash app_hash_{};
  Hash results_hash_{};
  Sha256 results_;  ///< of the block being applied
  UsedNonces used_;

  std::int64_t blocks_made_ = 0;
  std::int64_t txs_applied_ = 0;
  std::vector<ChainEvent> events_;  ///< scratch, empty between events
  std::vector<Topic> topics_;       ///< scratch
};

}  // namespace souk
