#include "scenarios/swarm/trace.hpp"

#include <variant>

#include <fmt/format.h>

#include "actors/consensus/core.hpp"
#include "actors/consensus/observation.hpp"
#include "scenarios/swarm/plan.hpp"
#include "scenarios/swarm/statements.hpp"

namespace souk::scenarios::swarm {

using namespace consensus;

namespace {

std::string text_of(const Message& message) {
  struct Say {
    std::string operator()(const Proposal& m) const {
      return fmt::format("proposal {} of {} bytes in {} parts", to_text(m.head.statement), m.value.byte_count,
                         m.value.part_count);
    }
    std::string operator()(const Part& m) const {
      return fmt::format("part {} of {}/{} {}", m.index, m.height.value, m.round, short_hex(m.value));
    }
    std::string operator()(const Vote& m) const {
      return fmt::format("vote {} of #{}", to_text(m.statement), m.index);
    }
    std::string operator()(const RoundStatus& m) const {
      return fmt::format("status {}/{} {}", m.height.value, m.round, enum_name(m.step));
    }
    std::string operator()(const SyncRequest& m) const { return fmt::format("asks for {}", m.height.value); }
    std::string operator()(const CertifiedValue& m) const {
      return fmt::format("decision {}/{} {}", m.commit.height.value, m.commit.round,
                         short_hex(m.commit.value));
    }
    std::string operator()(const Evidence& m) const {
      return fmt::format("evidence {} against {}", to_text(m.first.statement), to_text(m.second.statement));
    }
  };
  return std::visit(Say{}, message);
}

bool is_gossip(const Message& message) {
  return std::holds_alternative<RoundStatus>(message) || std::holds_alternative<SyncRequest>(message);
}

std::string text_of(const Observation& observation) {
  struct Say {
    std::string operator()(const RuleTaken& o) const {
      return fmt::format("rule {} {}/{}", enum_name(o.rule), o.height.value, o.round);
    }
    std::string operator()(const Signing& o) const { return "signs " + to_text(o.statement); }
    std::string operator()(const Locked& o) const {
      return fmt::format("lock {} {} valid {} {}", o.locked_round, o.locked ? short_hex(*o.locked) : "nil",
                         o.valid_round, o.valid ? short_hex(*o.valid) : "nil");
    }
    std::string operator()(const Decided& o) const {
      return fmt::format("DECIDED {}/{} {}{}", o.height.value, o.round, short_hex(o.value),
                         o.synced ? " synced" : "");
    }
    std::string operator()(const Applied& o) const {
      return fmt::format("applied {} app hash {}", o.height.value, short_hex(o.app_hash));
    }
    std::string operator()(const PeerFault& o) const {
      return fmt::format("peer {} {} score {}", o.peer.value, enum_name(o.kind), o.score);
    }
    std::string operator()(const Caught& o) const {
      return fmt::format("caught {} and {}", to_text(o.evidence.first.statement),
                         to_text(o.evidence.second.statement));
    }
    std::string operator()(const Halted& o) const { return "HALTED: " + o.why; }
    std::string operator()(const QueueSizes&) const { return {}; }
  };
  return std::visit(Say{}, observation.what);
}

const PeerMessage* peer_message(const Event& event) {
  const auto* to_validator = std::get_if<ValidatorEvent>(&event);
  const auto* from = to_validator == nullptr ? nullptr : std::get_if<PeerMessage>(to_validator);
  return from == nullptr || from->message == nullptr ? nullptr : from;
}

}  // namespace

void Trace::line(Time at, std::string_view who, std::string_view text) {
  const std::int64_t us = std::chrono::duration_cast<std::chrono::microseconds>(at - genesis_time).count();
  fmt::print(out_, "{:>6}.{:06} {:<10} {}\n", us / 1'000'000, std::abs(us % 1'000'000), who, text);
}

void Trace::flush() {
  if (sent_ == nullptr) return;
  line(sent_at_, names_.at(sender_.value), "  -> " + text_of(sent_->message) + " to" + sent_to_);
  sent_ = nullptr;
  sent_to_.clear();
}

void Trace::remark(Time at, const std::string& text) {
  flush();
  line(at, "--------", text);
}

void Trace::on_event(Time at, ActorId who, const Event& event) {
  flush();
  const std::string& name = names_.at(who.value);
  if (const PeerMessage* from = peer_message(event)) {
    if (all_ || !is_gossip(from->message->message))
      line(at, name,
           fmt::format("<- {} from {}", text_of(from->message->message), names_.at(from->from.value)));
  } else if (std::holds_alternative<Started>(event)) {
    line(at, name, "started");
  } else if (const auto* timer = std::get_if<TimerFired>(&event)) {
    if (all_ || timer->id.kind < Core::timer_kind_min)
      line(at, name, fmt::format("timer {} {}", timer->id.kind, timer->id.subject));
  } else if (const auto* tx = std::get_if<TxReceived>(&event)) {
    line(at, name, fmt::format("transaction {}", tx->tx->nonce));
  } else if (const auto* told = std::get_if<TxDecided>(&event)) {
    line(at, name, fmt::format("told of {}: height {} code {}", told->nonce, told->height.value, told->code));
  } else if (all_) {
    if (const auto* e = std::get_if<ValidatorEvent>(&event)) {
      if (const auto* made = std::get_if<SignatureMade>(e))
        line(at, name, fmt::format("signature {}", made->ticket));
      if (const auto* v = std::get_if<SignaturesVerified>(e))
        line(at, name, fmt::format("checked {}: {}", v->ticket, v->valid ? "right" : "WRONG"));
    }
  }
}

void Trace::on_effect(Time at, ActorId who, const Effect& effect) {
  const std::string& name = names_.at(who.value);
  if (const auto* send = std::get_if<Send>(&effect)) {
    const PeerMessage* from = peer_message(send->event);
    if (from == nullptr || (!all_ && is_gossip(from->message->message))) return;
    if (sent_ != from->message) flush();
    sent_at_ = at;
    sender_ = who;
    sent_ = from->message;
    sent_to_ += " " + names_.at(send->to.value);
    return;
  }
  if (const auto* observe = std::get_if<Observe>(&effect)) {
    const std::string text = text_of(*observe->what);
    if (text.empty()) return;
    flush();
    line(at, name, "  " + text);
  } else if (const auto* make = std::get_if<MakeSignature>(&effect)) {
    const auto statement = statement_of(*make->bytes);
    flush();
    if (statement) line(at, name, "  asks to sign " + to_text(*statement));
  } else if (const auto* persist = std::get_if<Persist>(&effect)) {
    if (!all_ && !persist->sync) return;
    flush();
    line(at, name,
         fmt::format("  persists {} bytes in {}{}{}", persist->record->size(), enum_name(persist->file),
                     persist->sync ? ", synced" : "", persist->fresh ? ", anew" : ""));
  } else if (const auto* timer = std::get_if<SetTimer>(&effect)) {
    if (!all_) return;
    flush();
    line(at, name,
         fmt::format("  timer {} {} at {:.3f}", timer->id.kind, timer->id.subject,
                     seconds(timer->at - genesis_time)));
  }
}

}  // namespace souk::scenarios::swarm
