#include "actors/byzantine.hpp"

#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "actors/base/check.hpp"
#include "actors/base/codec.hpp"
#include "actors/consensus/block.hpp"
#include "actors/consensus/statement_bytes.hpp"

namespace souk {
namespace {

using namespace consensus;

/// Tickets of the wrapped validator count up from small numbers.
constexpr std::uint64_t own_tickets = std::uint64_t{1} << 63;
/// Votes of a flood, one of how many is a torrent, and how often that says the same.
constexpr std::int64_t flood_votes = 6;
constexpr std::uint64_t floods_per_torrent = 8;
constexpr std::uint32_t torrent_copies = 400;

const Message* message_of(const Event& event) {
  const auto* to_validator = std::get_if<ValidatorEvent>(&event);
  const auto* from_peer = to_validator == nullptr ? nullptr : std::get_if<PeerMessage>(to_validator);
  return from_peer == nullptr || from_peer->message == nullptr ? nullptr : &from_peer->message->message;
}

}  // namespace

Byzantine::Byzantine(souk::Validator inner, ByzantineConfig config)
    : inner_(std::move(inner)), config_(std::move(config)) {
  SOUK_CHECK(inner_.core() != nullptr && inner_.core()->config().key);
}

bool Byzantine::does(Misdeed misdeed) const {
  return std::find(config_.misdeeds.begin(), config_.misdeeds.end(), misdeed) != config_.misdeeds.end();
}

std::uint64_t Byzantine::draw(std::uint64_t below) {
  return context_.stream(Purpose::byzantine, draws_++).below(below);
}

/// Whether it does it this time.
bool Byzantine::dares(Misdeed misdeed) {
  if (!does(misdeed)) return false;
  if (context_.stream(Purpose::byzantine, draws_++).uniform() >= config_.rate) return false;
  ++done_[misdeed];
  return true;
}

void Byzantine::on(const Event& event, const Context& context, Effects& out) {
  context_ = context;
  if (const auto* timer = std::get_if<TimerFired>(&event); timer != nullptr && command(timer->id, out))
    return;
  if (const auto* e = std::get_if<ValidatorEvent>(&event)) {
    const auto* made = std::get_if<SignatureMade>(e);
    if (made != nullptr && made->ticket >= own_tickets) return signature_made(*made, out);
  }
  const Message* message = message_of(event);
  if (message != nullptr && tells_of_itself(*message)) return;
  scratch_.clear();
  inner_.on(event, context, scratch_);
  if (message != nullptr) {
    if (const auto* proposal = std::get_if<Proposal>(message)) {
      const bool is_new = note(*proposal);
      if (does(Misdeed::two_faced)) vote_for_both(*proposal, out);
      if (is_new && does(Misdeed::out_of_turn)) jump_in(*proposal, out);
    }
  }
  alter(scratch_, out);
  forget();
}

/// What it signed itself comes back from its peers, and evidence against it: the wrapped validator must not
/// hear of it, or would give it away.
bool Byzantine::tells_of_itself(const Message& message) const {
  const Address self = address_of(*inner_.core()->config().key);
  if (const auto* vote = std::get_if<Vote>(&message)) return vote->validator == self;
  if (const auto* proposal = std::get_if<Proposal>(&message)) return proposal->head.validator == self;
  const auto* evidence = std::get_if<Evidence>(&message);
  return evidence != nullptr && evidence->first.validator == self;
}

TimerId Byzantine::begin(Misdeed misdeed, Duration amount) {
  return {static_cast<std::uint32_t>(Timer::begin),
          static_cast<std::uint64_t>(amount.count()) << 8 | static_cast<std::uint64_t>(misdeed)};
}
TimerId Byzantine::end(Misdeed misdeed) {
  return {static_cast<std::uint32_t>(Timer::end), static_cast<std::uint64_t>(misdeed)};
}

/// Whether the timer is one of its own; does what it says.
bool Byzantine::command(TimerId timer, Effects& out) {
  const auto misdeed = static_cast<Misdeed>(timer.subject & 0xff);
  if (timer.kind == static_cast<std::uint32_t>(Timer::late)) {
    for (Send& send : held_) out.push_back(std::move(send));
    held_.clear();
  } else if (timer.kind == static_cast<std::uint32_t>(Timer::begin)) {
    if (!does(misdeed)) config_.misdeeds.push_back(misdeed);
    if (misdeed == Misdeed::late_proposer)
      config_.late = Duration(static_cast<std::int64_t>(timer.subject >> 8));
  } else if (timer.kind == static_cast<std::uint32_t>(Timer::end)) {
    std::erase(config_.misdeeds, misdeed);
  } else {
    return false;
  }
  return true;
}

/// Whether it is new.
bool Byzantine::note(const Proposal& proposal) {
  const Statement& s = proposal.head.statement;
  auto& seen = proposals_[{s.height, s.round}];
  if (seen.size() >= 4 || std::find(seen.begin(), seen.end(), s) != seen.end()) return false;
  seen.push_back(s);
  return true;
}

/// Drops what is about heights long decided.
void Byzantine::forget() {
  const Height low{inner_.core()->height().value - 2};
  std::erase_if(silenced_, [&](const auto& entry) { return std::get<Height>(entry.first) < low; });
  std::erase_if(proposals_, [&](const auto& entry) { return entry.first.first < low; });
  std::erase_if(supported_, [&](const auto& entry) { return entry.first < low; });
  std::erase_if(signing_, [&](const auto& entry) { return entry.second.statement.height < low; });
}

void Byzantine::alter(Effects& inner, Effects& out) {
  for (Effect& effect : inner) {
    if (auto* send = std::get_if<Send>(&effect)) {
      alter_send(std::move(*send), out);
    } else if (const auto* make = std::get_if<MakeSignature>(&effect)) {
      const MakeSignature asked = *make;
      out.push_back(std::move(effect));
      alter_signing(asked, out);
    } else {
      out.push_back(std::move(effect));
    }
  }
}

/// The wrapped validator is about to vote: perhaps another vote besides, or instead.
void Byzantine::alter_signing(const MakeSignature& effect, Effects& out) {
  const auto own = statement_of(*effect.bytes);
  if (!own || own->step == Step::propose) return;
  if (dares(Misdeed::future_flood)) flood(*own, out);
  if (own->step == Step::precommit && own->value && dares(Misdeed::withheld_precommits)) {
    silenced_[{own->height, own->round, own->step}] = inner_.core()->config().peers;
    return;
  }
  const bool forgets = does(Misdeed::amnesia) && !own->value;
  const bool doubles = does(Misdeed::double_vote);
  if (!forgets && !doubles) return;
  const auto other = other_vote(*own);
  if (!other || !dares(forgets ? Misdeed::amnesia : Misdeed::double_vote)) return;
  const bool is_careless = !forgets && draw(3) == 0;
  std::vector<ActorId> to = forgets || is_careless ? inner_.core()->config().peers : half(true);
  if (!is_careless) silenced_[{own->height, own->round, own->step}] = to;
  sign({*other, std::nullopt, std::move(to)}, out);
}

/// A vote that contradicts `own`, for something that was proposed if anything was.
std::optional<Statement> Byzantine::other_vote(const Statement& own) const {
  Statement other = own;
  other.value.reset();
  other.valid_round = no_round;
  const auto seen = proposals_.find({own.height, own.round});
  if (seen != proposals_.end()) {
    for (const Statement& proposed : seen->second) {
      if (proposed.value == own.value) continue;
      other.value = proposed.value;
      if (own.step == Step::prevote) other.valid_round = proposed.valid_round;
    }
  }
  if (other.value == own.value) return std::nullopt;
  return other;
}

/// In rounds that are never reached, so that it contradicts nothing the wrapped validator will sign.
void Byzantine::flood(const Statement& own, Effects& out) {
  const bool is_torrent = draw(floods_per_torrent) == 0;
  for (std::int64_t i = 1; i <= flood_votes; ++i) {
    Statement far = own;
    far.value.reset();
    far.valid_round = no_round;
    far.round = static_cast<Round>(own.round + 1 + i * i * 100);
    if (i % 2 == 0) far.height = Height{own.height.value + (i == 2 ? 1 : 1'000 * i)};
    sign({far, std::nullopt, inner_.core()->config().peers, i == 2 && is_torrent ? torrent_copies : 1}, out);
  }
}

void Byzantine::sign(Forgery forgery, Effects& out) {
  const std::uint64_t ticket = own_tickets + tickets_++;
  out.push_back(MakeSignature{ticket, std::make_shared<const Bytes>(
                                          sign_bytes(inner_.core()->config().chain_id, forgery.statement))});
  signing_.emplace(ticket, std::move(forgery));
}

void Byzantine::signature_made(const SignatureMade& made, Effects& out) {
  const auto found = signing_.find(made.ticket);
  if (found == signing_.end()) return;
  const Forgery forgery = std::move(found->second);
  signing_.erase(found);
  const Core& core = *inner_.core();
  const Address self = address_of(*core.config().key);
  const auto index = core.validators().current.index_of(self);
  if (!index) return;
  const Signed head{forgery.statement, *index, self, made.signature};
  for (const ActorId to : forgery.to) {
    if (!forgery.value) {
      for (std::uint32_t i = 0; i < forgery.copies; ++i) tell(to, head, out);
      continue;
    }
    const Value& value = **forgery.value;
    std::vector<Part> parts =
        cut(value, head.statement.height, head.statement.round, core.config().block_limits);
    Proposal proposal{head, value.header, nullptr};
    if (parts.size() == 1) proposal.only_part = std::make_shared<const Part>(parts.front());
    tell(to, proposal, out);
    if (parts.size() == 1) continue;
    for (Part& part : parts) tell(to, std::move(part), out);
  }
}

void Byzantine::tell(ActorId to, Message message, Effects& out) const {
  out.push_back(Send{to, ValidatorEvent{PeerMessage{context_.self, std::make_shared<const Envelope>(
                                                                       Envelope{std::move(message)})}}});
}

/// The peers in two halves by id, so that accomplices divide them alike.
bool Byzantine::in_second_half(ActorId peer) const { return peer.value % 2 == 1; }
std::vector<ActorId> Byzantine::half(bool second) const {
  std::vector<ActorId> ids;
  for (const ActorId peer : inner_.core()->config().peers) {
    if (in_second_half(peer) == second) ids.push_back(peer);
  }
  return ids;
}

}  // namespace souk
