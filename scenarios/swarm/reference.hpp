#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "actors/chain/ledger.hpp"
#include "actors/consensus/block.hpp"
#include "scenarios/swarm/invariant.hpp"
#include "scenarios/swarm/second_opinion.hpp"

/// The one replica to which nothing happens: every decided block, once, in order, judged and applied.
namespace souk::scenarios::swarm {

struct ReferenceSetup {
  std::string chain_id;
  Genesis genesis;
  consensus::ValidatorSet validators;  ///< of the first height
  const consensus::SignatureVerifier* verifier = nullptr;
  std::int64_t invariants_every_blocks = 50;
  /// What must hold of the ledger.
  std::function<Result<void>(const Ledger&)> is_sound = [](const Ledger& ledger) {
    return ledger.check_invariants();
  };
};

/// What an applied transaction came to.
struct Inclusion {
  Height height;
  std::uint32_t index = 0;  ///< in the block
  std::uint32_t code = 0;
  friend auto operator<=>(const Inclusion&, const Inclusion&) = default;
};
/// Who signed two things where it may sign one, and where that was.
struct Equivocation {
  Height height;
  consensus::Round round = 0;
  consensus::Step step{};
  Address validator;
  friend auto operator<=>(const Equivocation&, const Equivocation&) = default;
};
/// What `evidence` proves.
Equivocation equivocation_of(const consensus::Evidence& evidence);

/// A transaction by who signed it and its number.
using TxKey = std::pair<Address, std::uint64_t>;

class Reference {
 public:
  explicit Reference(ReferenceSetup setup);

  struct Finding {
    Invariant invariant{};
    Height height;
    std::string what;
  };
  /// A decision somebody learnt. The first of each height is judged whole and applied; of later ones only the
  /// commit is new. A height ahead of the next one waits for those between.
  /// REQUIRES: agreement was checked before.
  void decided(Height height, const consensus::CertifiedValue& proof, std::vector<Finding>& out);

  Height height() const { return height_; }  ///< applied
  std::optional<consensus::ValueId> value_at(Height height) const;
  Time time_at(Height height) const;
  /// Of a height for which all blocks that decide it are applied and that is not long gone; else null.
  const PlainSet* validators(Height height) const;
  /// The same as the core's own type.
  std::optional<consensus::ValidatorSet> validator_set(Height height) const;
  const Ledger& ledger() const { return ledger_; }
  const std::map<TxKey, Inclusion>& txs() const { return txs_; }
  Result<void> is_sound() const { return setup_.is_sound(ledger_); }
  const std::vector<TxKey>& order() const { return order_; }  ///< in which they were applied
  /// What blocks told of double signatures: operator, key.
  const std::vector<std::pair<Address, consensus::PublicKey>>& double_sign_slashes() const {
    return slashes_;
  }
  /// Of which a block holds the evidence.
  bool is_proven(const Equivocation& equivocation) const { return proven_.contains(equivocation); }
  /// App hash that block `height` names for the one before it.
  std::optional<Hash> app_hash_named_by(Height height) const;

 private:
  struct Entry {
    consensus::ValueId value{};
    Time time;
    Hash app_hash_before{};
  };
  void apply(Height height, const consensus::CertifiedValue& proof, std::vector<Finding>& out);
  void judge_header(Height height, const consensus::Value& value, const consensus::Block& block,
                    std::vector<Finding>& out) const;
  void judge_commit(Height height, const consensus::Commit& commit, const consensus::ValueId& value,
                    std::string_view where, std::vector<Finding>& out) const;
  BlockInputs inputs_of(Height height, const consensus::Block& block) const;
  TxResult deliver(const Tx& tx, std::vector<ChainEvent>& events);
  void execute(Height height, const consensus::Block& block, std::vector<Finding>& out);

  ReferenceSetup setup_;
  Ledger ledger_;
  Height height_{0};
  std::map<Height, Entry> chain_;
  std::map<Height, PlainSet> sets_;  ///< of the last heights and the next two
  consensus::ValidatorSchedule schedule_;
  PlainSchedule plain_;
  std::map<Height, consensus::CertifiedValue> waiting_;
  std::map<TxKey, Inclusion> txs_;
  std::vector<TxKey> order_;
  std::map<Address, consensus::PublicKey> key_of_;  ///< by operator
  std::vector<std::pair<Address, consensus::PublicKey>> slashes_;
  std::set<Equivocation> proven_;
};

}  // namespace souk::scenarios::swarm
