#pragma once

#include <cstdint>
#include <vector>

#include "actors/consensus/block.hpp"

/// The other side of consensus: what the blocks mean. In process, so its answers are return values.
namespace souk::consensus {

/// What every node must hold equal after the same blocks; goes into the next header.
struct AppState {
  Hash app_hash{};
  Hash results_hash{};  ///< of the last block's transaction results
  Hash params_hash{};   ///< of the parameters of consensus
  std::uint64_t version = 1;
};

/// Evidence of a block, spelled out by who knows the sets and times of past heights.
struct Offence {
  PublicKey key{};
  Height height;  ///< of the double statement
  Time time;      ///< of that height's block; of the last block for the height being decided
  Power power = 0;
};

/// A decided block as it is applied.
struct DecidedBlock {
  Height height;
  Time time;
  const Block* block = nullptr;
  const ValidatorSet* signers =
      nullptr;  ///< of height - 1, whose places last_commit's entries are; null at the first height
  const ValidatorSet* validators = nullptr;  ///< of this height
  std::vector<Offence> offences;             ///< of block->evidence, in order
};

class Application {
 public:
  virtual ~Application() = default;
  virtual AppState state() const = 0;
  /// Transactions for a block of at most `bytes_max` payload bytes of them, best first.
  virtual std::vector<Bytes> propose(Height height, Time time, std::uint32_t bytes_max) = 0;
  /// Whether these may be in a block (well-formed, within the application's own bounds). Must be a function
  /// of the state alone.
  virtual Result<void> check(Height height, Time time, const std::vector<Bytes>& txs) const = 0;
  /// Applies a decided block; returns changes of the validator set for height + 2.
  virtual std::vector<PowerChange> apply(const DecidedBlock& decided) = 0;
  /// Whether the software may make block `height` at all: false before an upgrade it does not know.
  virtual bool may_continue(Height height) const = 0;
};

}  // namespace souk::consensus
