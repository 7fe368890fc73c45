#include "scenarios/swarm/checker.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>

#include "actors/consensus/evidence.hpp"
#include "scenarios/swarm/statements.hpp"

// Decisions, states and queues; see checker_statements.cpp for what is signed, checker_clients.cpp for what
// clients are told and for liveness.
namespace souk::scenarios::swarm {

using namespace consensus;

Checker::Checker(CheckerSetup setup)
    : setup_(std::move(setup)), reference_(setup_.reference), reported_(setup_.actors.size()) {
  std::map<Address, int> holders;
  for (const Watched& w : setup_.actors) {
    if (!w.key) continue;
    const Address address = address_of(*w.key);
    holders[address] += w.honest && w.remembers ? 1 : 1'000;
  }
  for (const auto& [address, count] : holders) {
    if (count == 1) loyal_.insert(address);
  }
}

void Checker::report(Violation violation) {
  if (!known_.emplace(violation.invariant, violation.height).second) return;
  if (violations_.size() < setup_.violations_max) violations_.push_back(std::move(violation));
}

void Checker::violated(Invariant invariant, Height height, Time at, std::vector<ActorId> who,
                       std::string what) {
  std::vector<std::string> names;
  for (const ActorId id : who) names.push_back(watched(id).name);
  report({invariant, height, at, std::move(names), std::move(what)});
}

void Checker::collect(Time at, ActorId who, const std::vector<Reference::Finding>& findings) {
  for (const Reference::Finding& f : findings) violated(f.invariant, f.height, at, {who}, f.what);
}

void Checker::on_event(Time at, ActorId who, const Event& event) {
  if (const auto* to_validator = std::get_if<ValidatorEvent>(&event)) {
    const auto* from = std::get_if<PeerMessage>(to_validator);
    if (from == nullptr || from->message == nullptr) return;
    if (const auto* proposal = std::get_if<Proposal>(&from->message->message))
      proposal_seen(at, who, *proposal);
    if (setup_.collect_statements && is_honest(who)) collect_statement(from->message->message);
  } else if (const auto* decided = std::get_if<TxDecided>(&event)) {
    if (watched(who).kind == Watched::Kind::client) told(at, who, *decided);
  }
}

void Checker::on_effect(Time at, ActorId who, const Effect& effect) {
  if (const auto* observe = std::get_if<Observe>(&effect)) {
    if (is_honest(who)) observed(at, who, *observe->what);
  } else if (const auto* make = std::get_if<MakeSignature>(&effect)) {
    if (!is_honest(who)) return;
    if (const auto statement = statement_of(*make->bytes)) signs(at, who, *statement);
  } else if (const auto* submit = std::get_if<SubmitTx>(&effect)) {
    if (watched(who).kind == Watched::Kind::client) submitted(at, who, submit->tx);
  } else if (const auto* send = std::get_if<Send>(&effect)) {
    // A node's own proposal reaches others before anybody's event shows it.
    const auto* to_validator = std::get_if<ValidatorEvent>(&send->event);
    const auto* from = to_validator == nullptr ? nullptr : std::get_if<PeerMessage>(to_validator);
    if (from == nullptr || from->message == nullptr) return;
    if (const auto* proposal = std::get_if<Proposal>(&from->message->message))
      proposal_seen(at, who, *proposal);
  }
}

void Checker::observed(Time at, ActorId who, const Observation& observation) {
  if (const auto* rule = std::get_if<RuleTaken>(&observation.what)) {
    ++rules_[static_cast<std::size_t>(rule->rule)];
  } else if (const auto* d = std::get_if<Decided>(&observation.what)) {
    decided(at, who, *d);
  } else if (const auto* a = std::get_if<Applied>(&observation.what)) {
    applied(at, who, *a);
  } else if (const auto* c = std::get_if<Caught>(&observation.what)) {
    caught(at, who, c->evidence);
  } else if (const auto* q = std::get_if<QueueSizes>(&observation.what)) {
    sizes(at, who, *q);
  } else if (const auto* f = std::get_if<PeerFault>(&observation.what)) {
    ++faults_[f->kind];
  } else if (const auto* h = std::get_if<Halted>(&observation.what)) {
    // Keeping silent for a while after a crash is what a careful node does; no upgrade is planned here, so
    // nothing else may stop it.
    const bool is_careful = h->why.starts_with("signs nothing up to");
    const bool refuses = watched(who).stricter && h->why.starts_with("more than 2/3 decided a block");
    if (!is_careful && !refuses)
      violated(Invariant::s2, highest_, at, {who}, "it stopped for good: " + h->why);
    halted_.emplace_back(who, h->why);
  }
}

void Checker::decided(Time at, ActorId who, const Decided& d) {
  ++decisions_;
  const auto [first, fresh] = first_.emplace(d.height, std::pair(d.value, who));
  if (setup_.collect_statements && fresh && d.proof != nullptr) commits_.emplace(d.height, d.proof->commit);
  if (!fresh && first->second.first != d.value) {
    forked(d);
    return violated(Invariant::s1, d.height, at, {first->second.second, who},
                    fmt::format("decided {} and {}", short_hex(first->second.first), short_hex(d.value)));
  }
  auto& reported = reported_.at(who.value);
  if (reported && d.height > *reported + Blocks{1})
    violated(Invariant::s7, d.height, at, {who},
             fmt::format("decided after height {}, with a gap", reported->value));
  if (!reported || d.height > *reported) reported = d.height;
  if (d.proof == nullptr) {
    return violated(Invariant::s2, d.height, at, {who}, "decided without a proof");
  }
  if (fresh) rounds_total_ += d.round + 1;
  std::vector<Reference::Finding> findings;
  reference_.decided(d.height, *d.proof, findings);
  collect(at, who, findings);
  const auto before = app_hashes_.find(Height{d.height.value - 1});
  if (const auto named = reference_.app_hash_named_by(d.height);
      named && before != app_hashes_.end() && *named != before->second.first)
    violated(Invariant::s6, d.height, at, {who}, "the block names another app hash than the nodes have");
  if (d.height <= highest_) return;
  highest_ = d.height;
  check_inclusions(at);
  check_answers(false);
  if (highest_ > healed_height_ && new_height_due_ != time_max) {
    if (at > new_height_due_)
      violated(Invariant::l1, highest_, at, {who},
               fmt::format("the first height since the heal, {:.1f} s late", seconds(at - new_height_due_)));
    new_height_due_ = time_max;
  }
  forget(Height{highest_.value - 100});
}

void Checker::applied(Time at, ActorId who, const Applied& a) {
  const auto [first, fresh] = app_hashes_.emplace(a.height, std::pair(a.app_hash, who));
  if (!fresh && first->second.first != a.app_hash)
    violated(Invariant::s6, a.height, at, {first->second.second, who},
             fmt::format("app hashes {} and {}", short_hex(first->second.first), short_hex(a.app_hash)));
  if (const auto named = reference_.app_hash_named_by(a.height + Blocks{1}); named && *named != a.app_hash)
    violated(Invariant::s6, a.height, at, {who}, "app hash is not the one the next block names");
  if (const PlainSet* next = reference_.validators(a.height + Blocks{1})) {
    if (next->proposer(0) != a.proposer_round0)
      violated(Invariant::s10, a.height + Blocks{1}, at, {who},
               "another proposer of round 0 than the plain rule's");
  }
}

void Checker::came_back(Time at, ActorId who, std::optional<Height> decided, const Hash& app_hash,
                        bool intact) {
  const auto& reported = reported_.at(who.value);
  if (intact && reported && (!decided || *decided < *reported))
    violated(Invariant::s8, *reported, at, {who},
             fmt::format("it had told of height {} and came back with {}", reported->value,
                         decided ? std::to_string(decided->value) : "none"));
  for (auto& [equivocation, since] : known_to_) since.erase(who);
  reported_.at(who.value) = decided;
  if (!decided) return;
  const auto known = app_hashes_.find(*decided);
  if (known != app_hashes_.end() && known->second.first != app_hash)
    violated(Invariant::s12, *decided, at, {who},
             "its state after recovery has another app hash than without");
}

void Checker::state_is(Time at, ActorId who, Height height, const Hash& state_hash) {
  if (!is_honest(who) || height != reference_.height()) return;
  if (state_of_ != height) {
    state_of_ = height;
    state_hash_ = reference_.ledger().state_hash();
  }
  if (state_hash != state_hash_)
    violated(Invariant::s6, height, at, {who}, "its state is not the one that the blocks lead to");
}

void Checker::sizes(Time at, ActorId who, const QueueSizes& q) {
  const auto one = [&](std::uint32_t size, std::uint32_t QueueBounds::* field, std::string_view name) {
    maxima_.*field = std::max(maxima_.*field, size);
    if (size > setup_.queues.*field)
      violated(Invariant::s13, highest_, at, {who},
               fmt::format("{} {} of at most {}", size, name, setup_.queues.*field));
  };
  one(q.pending_checks, &QueueBounds::pending_checks, "pending checks");
  one(q.votes, &QueueBounds::votes, "votes");
  one(q.future_messages, &QueueBounds::future_messages, "future messages");
  one(q.parts, &QueueBounds::parts, "parts");
  one(q.evidence, &QueueBounds::evidence, "evidence");
}

void Checker::mempool_is(Time at, ActorId who, std::size_t txs, std::size_t txs_max, std::size_t bytes,
                         std::size_t bytes_max) {
  mempool_max_ = std::max(mempool_max_, txs);
  if (txs > txs_max || bytes > bytes_max)
    violated(Invariant::s13, highest_, at, {who},
             fmt::format("mempool of {} transactions and {} bytes, bounds {} and {}", txs, bytes, txs_max,
                         bytes_max));
}

/// What an honest node was sent: all that an inquiry can rest on.
void Checker::collect_statement(const Message& message) {
  const Signed* s = std::get_if<Vote>(&message);
  if (const auto* proposal = std::get_if<Proposal>(&message)) s = &proposal->head;
  if (s == nullptr || s->statement.height < Height{highest_.value - 3} ||
      s->statement.height > highest_ + Blocks{2})
    return;
  auto& known = statements_[s->statement.height];
  if (known.size() < 4'096) known.emplace(s->index, s->statement, s->signature);
}

void Checker::forked(const Decided& d) {
  const auto first = commits_.find(d.height);
  const auto set = reference_.validator_set(d.height);
  if (fork_ || first == commits_.end() || d.proof == nullptr || !set) return;
  fork_ = ForkFound{{first->second, d.proof->commit, {}}, *set};
  for (const auto& [index, statement, signature] : statements_[d.height]) {
    if (index < set->size())
      fork_->fork.statements.push_back({statement, index, (*set)[index].address, signature});
  }
}

/// Bounded memory: what nobody can ask for any more goes.
void Checker::forget(Height below) {
  if (below.value % 16 != 0) return;
  first_.erase(first_.begin(), first_.lower_bound(Height{below.value - 1'000}));
  prevotes_.erase(prevotes_.begin(), prevotes_.lower_bound({below, no_round, ValueId{}}));
  proposals_.erase(proposals_.begin(), proposals_.lower_bound({below, no_round, ValueId{}}));
  statements_.erase(statements_.begin(), statements_.lower_bound(below));
  commits_.erase(commits_.begin(), commits_.lower_bound(below));
  for (auto& [key, signer] : signers_)
    signer.said.erase(signer.said.begin(), signer.said.lower_bound({below, no_round, Step::propose}));
}

}  // namespace souk::scenarios::swarm
