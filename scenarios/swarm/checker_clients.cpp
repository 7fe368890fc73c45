#include <algorithm>

#include <fmt/format.h>

#include "actors/base/enums.hpp"
#include "scenarios/swarm/checker.hpp"
#include "scenarios/swarm/statements.hpp"

// What clients are told, and that things happen: X1, S8, S9 at the end, L1 to L3.
namespace souk::scenarios::swarm {

using namespace consensus;

namespace {

/// Blocks after which evidence that somebody holds must have been acted on.
constexpr Blocks punished_within{12};
constexpr Blocks included_within{20};

}  // namespace

void Checker::submitted(Time at, ActorId client, const SharedTx& tx) {
  const TxKey key{tx->signer, tx->nonce};
  txs_.try_emplace(key, Submitted{client, at, highest_});
  keys_.try_emplace({client, tx->nonce}, key);
}

/// The chain is the history, being told is the response. A place in the chain is taken after the question and
/// before the answer (check_inclusions, and here), so the order of places is a linear history of all clients.
void Checker::told(Time at, ActorId client, const TxDecided& decided) {
  const auto key = keys_.find({client, decided.nonce});
  if (key == keys_.end())
    return violated(Invariant::x1, decided.height, at, {client},
                    fmt::format("told of {}, which it never sent", decided.nonce));
  if (decided.height.value == 0) {  // a mempool's refusal is no statement about the chain
    txs_.at(key->second).refused = true;
    return;
  }
  answers_.push_back({at, client, key->second, decided.height, decided.code});
  check_answers(false);
}

/// What clients were told against the chain. An answer may come before anybody honest has reported its
/// height; it waits for that, and at the end (`all`) there is nothing left to wait for.
void Checker::check_answers(bool all) {
  std::erase_if(answers_, [&](const Answer& answer) {
    if (!all && answer.height > reference_.height()) return false;
    const auto found = reference_.txs().find(answer.tx);
    if (found == reference_.txs().end()) {
      violated(Invariant::x1, answer.height, answer.at, {answer.client},
               fmt::format("told that {} was applied, and it is not in the chain", answer.tx.second));
    } else if (found->second.height != answer.height || found->second.code != answer.code) {
      violated(Invariant::x1, answer.height, answer.at, {answer.client},
               fmt::format("told height {} code {} of {}, the chain says {} and {}", answer.height.value,
                           answer.code, answer.tx.second, found->second.height.value, found->second.code));
    }
    ++told_count_;
    return true;
  });
}

/// New blocks: what is in them was asked for before.
void Checker::check_inclusions(Time at) {
  for (; inclusions_checked_ < reference_.order().size(); ++inclusions_checked_) {
    const TxKey& key = reference_.order()[inclusions_checked_];
    const auto sent = txs_.find(key);
    const Inclusion& place = reference_.txs().at(key);
    if (sent == txs_.end()) {
      violated(Invariant::x1, place.height, at, {},
               fmt::format("transaction {} was sent by nobody", key.second));
    }
  }
}

void Checker::healed(Time at, Duration within) {
  healed_at_ = at;
  healed_height_ = highest_;
  new_height_due_ = at + within;
}

void Checker::lived(Time at, const std::map<ActorId, Height>& decided, Duration catch_up) {
  if (new_height_due_ <= at)
    violated(Invariant::l1, highest_, new_height_due_, {},
             fmt::format("no height after {} for {:.1f} s since the heal", healed_height_.value,
                         seconds(at - healed_at_)));
  for (const auto& [node, height] : decided) {
    if (catch_up == Duration{0} || !is_honest(node) || height + Blocks{3} >= highest_) continue;
    violated(Invariant::l2, highest_, at, {node},
             fmt::format("at height {} of {}, {:.0f} s after the heal", height.value, highest_.value,
                         seconds(catch_up)));
  }
  check_proven(at, decided);
  for (const auto& [key, tx] : txs_) {
    const ActorId node = watched(tx.client).attached;
    if (node != no_actor && !decided.contains(node)) continue;  // it lies, or is out of order
    if (tx.at < healed_at_ || reference_.txs().contains(key) || tx.refused) continue;
    if (highest_ > tx.height + included_within)
      violated(
          Invariant::l3, highest_, at, {tx.client},
          fmt::format("transaction {} sent at height {} is not in the chain", key.second, tx.height.value));
  }
}

/// What a node that is up knows of for long enough, its links whole, is in a block.
void Checker::check_proven(Time at, const std::map<ActorId, Height>& decided) {
  // A block has room for a few only.
  const Blocks enough{punished_within.count + static_cast<std::int64_t>(known_to_.size()) / 4};
  for (const auto& [equivocation, known_to] : known_to_) {
    if (reference_.is_proven(equivocation)) continue;
    for (const auto& [node, since] : known_to) {
      if (!decided.contains(node) || highest_ <= std::max(since, healed_height_) + enough) continue;
      violated(
          Invariant::s9, equivocation.height, at, {node},
          fmt::format("it knows of two {}s in round {} by one validator, and no block holds the evidence",
                      enum_name(equivocation.step), equivocation.round));
    }
  }
}

void Checker::ended(Time at, const std::map<ActorId, Height>& decided) {
  check_answers(true);
  for (const auto& [node, height] : decided) {
    if (is_honest(node) && height < highest_before_cold_)
      violated(Invariant::s8, highest_before_cold_, at, {node},
               fmt::format("told of before the cold restart, and it stands at {}", height.value));
  }
  if (const auto sound = reference_.is_sound(); !sound)
    violated(Invariant::s11, reference_.height(), at, {}, sound.error().message);
  std::set<Address> punished;
  for (const auto& [validator, key] : reference_.double_sign_slashes()) {
    punished.insert(address_of(key));
    if (!may_lie(address_of(key)))
      violated(Invariant::s9, reference_.height(), at, {},
               "a validator that signed once was slashed for two");
  }
  for (const auto& [guilty, height] : caught_) {
    if (!punished.contains(guilty) && highest_ > height + punished_within)
      violated(Invariant::s9, height, at, {}, "evidence was found, and nobody was slashed");
  }
}

void Checker::cold_restart() { highest_before_cold_ = highest_; }

}  // namespace souk::scenarios::swarm
