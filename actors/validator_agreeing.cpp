#include <algorithm>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/base/codec.hpp"
#include "actors/chain/staking_economy.hpp"
#include "actors/tx_codec.hpp"
#include "actors/validator.hpp"

// A validator among others: what blocks mean (App) is told to consensus::Core, which decides them.
namespace souk {
namespace {

/// A client's transaction that is still waiting so many blocks after it was passed on is passed on again: the
/// first time may have been lost.
constexpr Blocks gossip_again_after{3};
constexpr std::size_t gossip_again_max = 64;  ///< per block

struct ConsensusParams {
  consensus::BlockLimits blocks;
  consensus::TimeBounds time;
  Duration block_time;
};
Hash params_hash(const consensus::CoreConfig& config) {
  return sha256(encode(ConsensusParams{config.block_limits, config.time_bounds, config.block_time}));
}

/// What an app hash commits to.
struct AppCommitment {
  Hash before;
  Height height;
  Hash results;               ///< of the block's transactions and events
  std::optional<Hash> state;  ///< of the whole ledger, at some heights
};

}  // namespace

/// The application of one event: the validator's ledger and mempool, and where to tell what happens.
class Validator::App final : public consensus::Application {
 public:
  /// `context` is null while recovering.
  App(Validator& validator, const Context* context, Sink sink)
      : v_(validator), context_(context), sink_(sink) {}

  consensus::AppState state() const override {
    return {v_.app_hash_, v_.results_hash_, params_hash(*v_.config_.consensus),
            v_.config_.consensus->app_version};
  }

  std::vector<Bytes> propose(Height, Time, std::uint32_t bytes_max) override {
    std::vector<Bytes> txs;
    UsedNonces in_block;
    for (const auto& entry : v_.mempool_.select(v_.config_.block_tx_count_max, bytes_max)) {
      if (may_follow(in_block, *entry.tx)) txs.push_back(*entry.encoded);
    }
    return txs;
  }

  Result<void> check(Height, Time, const std::vector<Bytes>& txs) const override {
    if (txs.size() > v_.config_.block_tx_count_max)
      return fail("block: more than " + std::to_string(v_.config_.block_tx_count_max) + " transactions");
    UsedNonces in_block;
    for (const Bytes& tx : txs) {
      auto decoded = decode_tx(tx);
      if (!decoded) return Unexpected{decoded.error()};
      if (!may_follow(in_block, **decoded))
        return fail("block: transaction " + std::to_string((*decoded)->nonce) +
                    " of its signer was applied before");
    }
    return {};
  }

  std::vector<consensus::PowerChange> apply(const consensus::DecidedBlock& decided) override {
    v_.begin_block({decided.height, decided.time}, inputs_of(decided), sink_);
    for (const Bytes& bytes : decided.block->txs) apply_tx(bytes, decided.height);
    std::vector<consensus::PowerChange> changes;
    for (const ValidatorUpdate& update : v_.end_block(sink_)) changes.push_back({update.key, update.power});
    commit(decided.height);
    if (context_ == nullptr) return changes;
    if (v_.config_.publish_chain) note_commit(decided);
    const Height next{decided.height.value + 1};
    for (const auto& entry : v_.mempool_.expire(next, context_->now))
      v_.refuse(entry, Mempool::Refusal::timed_out, sink_);
    v_.gossip_again(decided.height, *context_, *sink_.out);
    return changes;
  }

  bool may_continue(Height) const override { return !v_.ledger_.halted_for(); }

 private:
  /// Whether `tx` is new to the chain and to the transactions before it in its block; notes it there.
  bool may_follow(UsedNonces& in_block, const Tx& tx) const {
    if (v_.used_.is_used(tx.signer, tx.nonce) || in_block.is_used(tx.signer, tx.nonce)) return false;
    in_block.use(tx.signer, tx.nonce);
    return true;
  }

  void apply_tx(const Bytes& bytes, Height height) {
    const auto tx = decode_tx(bytes);
    SOUK_CHECK(tx.has_value() && "only blocks that check() passed are decided");
    v_.used_.use((*tx)->signer, (*tx)->nonce);
    const TxResult result = v_.deliver(**tx);
    const auto waited = v_.mempool_.remove(**tx, true);
    if (waited && waited->source == Mempool::Source::client)
      v_.tell(waited->from, **tx, height, result, sink_);
    v_.publish(sink_);
  }

  /// Chains what the block did to what all blocks before it did, and now and then the whole state.
  void commit(Height height) {
    v_.results_hash_ = v_.results_.finish();
    std::optional<Hash> state;
    if (height.value % v_.config_.state_hash_every_blocks == 0) state = v_.ledger_.state_hash();
    v_.app_hash_ = sha256(encode(AppCommitment{v_.app_hash_, height, v_.results_hash_, state}));
  }

  /// For those who measure: what the height before took, and how much of the set signed it.
  void note_commit(const consensus::DecidedBlock& decided) const {
    const consensus::Commit& commit = decided.block->last_commit;
    if (commit.signatures.empty()) return;
    const auto signed_count = std::count_if(
        commit.signatures.begin(), commit.signatures.end(),
        [](const auto& signature) { return signature.kind != consensus::CommitSignature::Kind::absent; });
    const auto height = static_cast<std::uint64_t>(commit.height.value);
    const double share = static_cast<double>(signed_count) / static_cast<double>(commit.signatures.size());
    sink_.out->push_back(Note{Note::Metric::height_decided, height, static_cast<double>(commit.round)});
    sink_.out->push_back(Note{Note::Metric::blocks_signed, height, share});
  }

  BlockInputs inputs_of(const consensus::DecidedBlock& decided) const {
    BlockInputs inputs;
    if (decided.signers != nullptr) {
      const auto& signatures = decided.block->last_commit.signatures;
      for (std::size_t i = 0; i < signatures.size(); ++i) {
        if (signatures[i].kind == consensus::CommitSignature::Kind::absent)
          inputs.absent.push_back((*decided.signers)[i].key);
      }
      std::sort(inputs.absent.begin(), inputs.absent.end());
    }
    if (const auto index = decided.validators->index_of(decided.block->header.proposer))
      inputs.proposer = (*decided.validators)[*index].key;
    for (const consensus::Offence& offence : decided.offences)
      inputs.misbehaviour.push_back({offence.key, offence.height, offence.time, offence.power});
    return inputs;
  }

  Validator& v_;
  const Context* context_;
  Sink sink_;
};

Result<consensus::ValidatorSet> genesis_validators(const Genesis& genesis,
                                                   const std::vector<consensus::PublicKey>& keys) {
  std::vector<consensus::PowerChange> powers;
  const Ledger ledger(genesis);
  const Staking& staking = ledger.economy().staking();
  for (const auto& [address, power] : staking.active_set())
    powers.push_back({staking.find(address)->key, power});
  if (powers.empty()) {
    for (const consensus::PublicKey& key : keys) powers.push_back({key, 1});
  }
  return consensus::ValidatorSet::genesis(powers);
}

namespace {

ValidatorConfig completed(ValidatorConfig config) {
  SOUK_CHECK(config.block_time > Duration::zero() && config.state_hash_every_blocks >= 1);
  if (!config.consensus) return config;
  consensus::CoreConfig& core = *config.consensus;
  core.genesis_time = config.genesis.time;
  core.block_time = config.block_time;
  core.block_limits.bytes_max = static_cast<std::uint32_t>(config.block_byte_count_max);
  return config;
}

}  // namespace

Validator::Validator(ValidatorConfig config)
    : config_(completed(std::move(config))),
      ledger_(config_.genesis),
      mempool_(config_.mempool),
      has_stake_(!config_.genesis.validators.empty()) {
  if (config_.consensus) core_.emplace(*config_.consensus);
}

Result<Validator> Validator::recover(ValidatorConfig config, const consensus::Disk& disk) {
  Validator validator(std::move(config));
  SOUK_CHECK(validator.core_.has_value());
  App app(validator, nullptr, {});
  auto core = consensus::Core::recover(*validator.config_.consensus, app, disk);
  if (!core) return Unexpected{core.error()};
  validator.core_ = std::move(*core);
  return validator;
}

void Validator::start_agreeing(const Context& context, Effects& out) {
  App app(*this, &context, {&out});
  core_->start({context, app, out});
}

void Validator::agree(const TimerFired& e, const Context& context, Effects& out) {
  App app(*this, &context, {&out});
  core_->handle(e, {context, app, out});
}

void Validator::handle(const PeerMessage& e, const Context& context, Effects& out) {
  if (!core_) return;
  App app(*this, &context, {&out});
  core_->handle(e, {context, app, out});
}

void Validator::handle(const SignaturesVerified& e, const Context& context, Effects& out) {
  if (!core_) return;
  App app(*this, &context, {&out});
  core_->handle(e, {context, app, out});
}

void Validator::handle(const SignatureMade& e, const Context& context, Effects& out) {
  if (!core_) return;
  App app(*this, &context, {&out});
  core_->handle(e, {context, app, out});
}

/// From another validator: nobody here waits to be told of it, and it has gone to all others already.
void Validator::handle(const TxGossiped& e, const Context& context, Effects& out) {
  if (core_ && e.tx != nullptr) add_tx(e.from, e.tx, Mempool::Source::peer, context, out);
}

void Validator::gossip(const SharedTx& tx, const Context& context, Effects& out) const {
  for (const ActorId peer : config_.consensus->peers)
    out.push_back(Send{peer, ValidatorEvent{TxGossiped{context.self, tx}}});
}

void Validator::gossip_again(Height decided, const Context& context, Effects& out) const {
  const Height before{decided.value - gossip_again_after.count};
  std::size_t count = 0;
  mempool_.for_each([&](const Mempool::Entry& entry) {
    if (entry.source != Mempool::Source::client || entry.next_height > before) return;
    if (count++ < gossip_again_max) gossip(entry.tx, context, out);
  });
}

}  // namespace souk
