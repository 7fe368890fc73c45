#include "scenarios/swarm/reference.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "actors/base/codec.hpp"
#include "actors/consensus/evidence.hpp"
#include "actors/tx_codec.hpp"
#include "scenarios/swarm/statements.hpp"

namespace souk::scenarios::swarm {

using namespace consensus;

namespace {

/// Sets of heights this far back are kept: late votes and evidence ask for them.
constexpr Blocks sets_kept{200};

PlainSet plain_of(const ValidatorSet& set) {
  std::vector<PowerChange> changes;
  for (const Validator& v : set.validators()) changes.push_back({v.key, v.power});
  return PlainSet::genesis(changes);
}

}  // namespace

Equivocation equivocation_of(const Evidence& evidence) {
  const Statement& s = evidence.first.statement;
  return {s.height, s.round, s.step, evidence.first.validator};
}

Reference::Reference(ReferenceSetup setup)
    : setup_(std::move(setup)),
      ledger_(setup_.genesis),
      schedule_(ValidatorSchedule::genesis(setup_.validators)),
      plain_(PlainSchedule::genesis(plain_of(setup_.validators))) {
  sets_.emplace(Height{1}, plain_.current);
  sets_.emplace(Height{2}, plain_.next);
  for (const GenesisValidator& v : setup_.genesis.validators) key_of_[v.create.validator] = v.create.key;
}

std::optional<ValueId> Reference::value_at(Height height) const {
  const auto found = chain_.find(height);
  return found == chain_.end() ? std::nullopt : std::optional(found->second.value);
}
Time Reference::time_at(Height height) const {
  const auto found = chain_.find(height);
  return found == chain_.end() ? setup_.genesis.time : found->second.time;
}
std::optional<Hash> Reference::app_hash_named_by(Height height) const {
  const auto found = chain_.find(height);
  return found == chain_.end() ? std::nullopt : std::optional(found->second.app_hash_before);
}
const PlainSet* Reference::validators(Height height) const {
  const auto found = sets_.find(height);
  return found == sets_.end() ? nullptr : &found->second;
}

std::optional<ValidatorSet> Reference::validator_set(Height height) const {
  const PlainSet* plain = validators(height);
  if (plain == nullptr) return std::nullopt;
  std::vector<Validator> members;
  for (const PlainSet::Member& m : plain->members())
    members.push_back({m.address, m.key, m.power, m.priority});
  auto set = ValidatorSet::restore(std::move(members), plain->proposer(0));
  return set ? std::optional(std::move(*set)) : std::nullopt;
}

void Reference::decided(Height height, const CertifiedValue& proof, std::vector<Finding>& out) {
  if (height <= height_) return judge_commit(height, proof.commit, chain_.at(height).value, "proof", out);
  waiting_.emplace(height, proof);
  while (!waiting_.empty() && waiting_.begin()->first == height_ + Blocks{1}) {
    const auto next = waiting_.extract(waiting_.begin());
    apply(next.key(), next.mapped(), out);
  }
}

void Reference::apply(Height height, const CertifiedValue& proof, std::vector<Finding>& out) {
  const auto add = [&](Invariant invariant, std::string what) {
    out.push_back({invariant, height, std::move(what)});
  };
  if (proof.value == nullptr) return add(Invariant::s2, "decided without its value");
  const Value& value = *proof.value;
  const ValueId id = value_id(value.header);
  judge_commit(height, proof.commit, id, "proof", out);
  chain_[height] = {id, value.header.time, {}};
  height_ = height;
  const auto block = open_value(value);
  if (!block) return add(Invariant::s2, block.error().message);
  chain_[height].app_hash_before = block->header.app_hash;
  judge_header(height, value, *block, out);
  execute(height, *block, out);
}

void Reference::judge_header(Height height, const Value& value, const Block& block,
                             std::vector<Finding>& out) const {
  const Header& header = block.header;
  const auto must = [&](bool holds, std::string_view what) {
    if (!holds) out.push_back({Invariant::s2, height, fmt::format("the decided block's {}", what)});
  };
  must(header.height == height, "height is another");
  must(header.chain_id == setup_.chain_id, "chain id is another");
  must(header.time == value.header.time, "time is not that of its value");
  must(value.header.block_hash == block_hash(header), "hash is not that of its header");
  must(header.data_hash == data_hash(block.txs), "data hash is wrong");
  must(header.last_commit_hash == commit_hash(block.last_commit), "commit hash is wrong");
  must(header.evidence_hash == evidence_hash(block.evidence), "evidence hash is wrong");
  must(header.validators_hash == schedule_.current.hash(), "validators hash is wrong");
  must(header.next_validators_hash == schedule_.next.hash(), "next validators hash is wrong");
  must(schedule_.current.index_of(header.proposer).has_value(), "proposer is no validator");
  const Height before{height.value - 1};
  if (const auto last = value_at(before)) {
    must(header.last_value == *last, "predecessor is another");
    judge_commit(before, block.last_commit, *last, "last commit", out);
    if (header.time <= time_at(before))
      out.push_back({Invariant::s7, height, "the block's time is not after that of the block before"});
  } else {
    must(block.last_commit.signatures.empty(), "last commit should be empty");
  }
  for (const Evidence& e : block.evidence) {
    must(contradict(e.first.statement, e.second.statement), "evidence is no contradiction");
  }
}

/// Everything again, with arithmetic of our own: entries, addresses, signatures, power.
void Reference::judge_commit(Height height, const Commit& commit, const ValueId& value,
                             std::string_view where, std::vector<Finding>& out) const {
  const auto add = [&](std::string what) {
    out.push_back({Invariant::s5, height, fmt::format("{}: {}", where, what)});
  };
  const PlainSet* set = validators(height);
  if (set == nullptr) return;  // long gone
  if (commit.height != height) return add("of another height");
  if (commit.value != value) return add("for another value");
  if (commit.signatures.size() != set->members().size()) return add("not one entry a validator");
  Power power = 0;
  for (std::size_t i = 0; i < commit.signatures.size(); ++i) {
    const CommitSignature& entry = commit.signatures[i];
    const PlainSet::Member& member = set->members()[i];
    if (entry.kind == CommitSignature::Kind::absent) continue;
    if (entry.validator != member.address) return add(fmt::format("entry {} is of another validator", i));
    Statement statement{Step::precommit, height, commit.round, std::nullopt, no_round};
    if (entry.kind == CommitSignature::Kind::for_value) {
      statement.value = value;
      power += member.power;
    }
    if (!setup_.verifier->verify(member.key, sign_bytes(setup_.chain_id, statement), entry.signature))
      return add(fmt::format("entry {} has a wrong signature", i));
  }
  if (!is_quorum(power, set->total()))
    add(fmt::format("power {} of {} is not more than two thirds", power, set->total()));
}

BlockInputs Reference::inputs_of(Height height, const Block& block) const {
  BlockInputs inputs;
  if (const PlainSet* signers = validators(Height{height.value - 1});
      signers != nullptr && block.last_commit.signatures.size() == signers->members().size()) {
    for (std::size_t i = 0; i < signers->members().size(); ++i) {
      if (block.last_commit.signatures[i].kind == CommitSignature::Kind::absent)
        inputs.absent.push_back(signers->members()[i].key);
    }
    std::sort(inputs.absent.begin(), inputs.absent.end());
  }
  for (const PlainSet::Member& m : validators(height)->members()) {
    if (m.address == block.header.proposer) inputs.proposer = m.key;
  }
  for (const Evidence& e : block.evidence) {
    const Height at = e.first.statement.height;
    const PlainSet* set = validators(at);
    if (set == nullptr || e.first.index >= set->members().size()) continue;
    const PlainSet::Member& m = set->members()[e.first.index];
    inputs.misbehaviour.push_back(
        {m.key, at, at < height ? time_at(at) : time_at(Height{height.value - 1}), m.power});
  }
  return inputs;
}

TxResult Reference::deliver(const Tx& tx, std::vector<ChainEvent>& events) {
  TxResult result = ledger_.deliver(tx, events);
  if (!result.ok()) return result;
  for (const Msg& msg : tx.msgs) {
    const auto* stake = std::get_if<StakeMsg>(&msg);
    const auto* create = stake == nullptr ? nullptr : std::get_if<MsgCreateValidator>(stake);
    if (create != nullptr) key_of_[create->validator] = create->key;
  }
  return result;
}

void Reference::execute(Height height, const Block& block, std::vector<Finding>& out) {
  std::vector<ChainEvent> events;
  ledger_.begin_block({height, block.header.time}, inputs_of(height, block), events);
  for (const Evidence& e : block.evidence) {
    if (!proven_.insert(equivocation_of(e)).second)
      out.push_back(
          {Invariant::s9, height, "evidence that the chain holds already: " + to_text(e.first.statement)});
  }
  for (std::uint32_t i = 0; i < block.txs.size(); ++i) {
    const auto tx = decode_tx(block.txs[i]);
    if (!tx) {
      out.push_back(
          {Invariant::s2, height, fmt::format("transaction {} is none: {}", i, tx.error().message)});
      continue;
    }
    const TxResult result = deliver(**tx, events);
    const auto [place, fresh] =
        txs_.emplace(TxKey{(*tx)->signer, (*tx)->nonce}, Inclusion{height, i, result.code});
    if (fresh) order_.push_back(place->first);
    if (!fresh)
      out.push_back({Invariant::x1, height,
                     fmt::format("transaction {} of {} is in the chain twice, first at {}", (*tx)->nonce,
                                 to_hex((*tx)->signer.bytes), place->second.height.value)});
  }
  std::vector<PowerChange> changes;
  for (const ValidatorUpdate& update : ledger_.end_block(events))
    changes.push_back({update.key, update.power});
  for (const ChainEvent& event : events) {
    const auto* stake = std::get_if<StakeEvent>(&event);
    const auto* slash = stake == nullptr ? nullptr : std::get_if<EventSlash>(stake);
    if (slash == nullptr || slash->reason != SlashReason::double_sign) continue;
    slashes_.emplace_back(slash->validator, key_of_[slash->validator]);
  }
  if (const auto rolled = schedule_.roll(changes); !rolled)
    out.push_back(
        {Invariant::s5, height, "the ledger asks for an impossible set: " + rolled.error().message});
  plain_.roll(changes);
  if (!plain_.next.same_as(schedule_.next))
    out.push_back({Invariant::s10, height, "two computations of the next validators and proposer differ"});
  sets_.insert_or_assign(height + Blocks{2}, plain_.next);
  sets_.erase(sets_.begin(), sets_.lower_bound(Height{height.value - sets_kept.count}));
  if (height.value % setup_.invariants_every_blocks == 0) {
    if (const auto sound = is_sound(); !sound) out.push_back({Invariant::s11, height, sound.error().message});
  }
}

}  // namespace souk::scenarios::swarm
