#include <algorithm>
#include <memory>
#include <utility>
#include <variant>

#include "actors/base/codec.hpp"
#include "actors/byzantine.hpp"
#include "actors/consensus/block.hpp"

// What a Byzantine validator does to the messages of the one it wraps.
namespace souk {

using namespace consensus;

namespace {

/// Another block of which nothing but the last commit is wrong.
void spoil_last_commit(Block& block, std::uint64_t kind) {
  std::vector<CommitSignature>& entries = block.last_commit.signatures;
  switch (kind) {
    case 0:  // too little power
      std::fill(entries.begin(), entries.end() - 1, CommitSignature{});
      break;
    case 1: entries.back().signature[0] ^= 1; break;
    case 2: ++block.last_commit.round; break;
    default: std::swap(entries.front(), entries.back()); break;
  }
  block.header.last_commit_hash = commit_hash(block.last_commit);
}

/// Breaks one rule of blocks.
void spoil(Block& block, std::uint64_t kind) {
  Header& header = block.header;
  if (kind >= 4 && block.last_commit.signatures.size() > 1) return spoil_last_commit(block, kind - 4);
  switch (kind % 4) {
    case 0: header.height = header.height + Blocks{1}; break;
    case 1: header.last_value[0] ^= 1; break;
    case 2: header.chain_id += "x"; break;
    default:
      block.txs.push_back({0xff, 0xff, 0xff});
      header.data_hash = data_hash(block.txs);
      break;
  }
}

/// A decision that nobody took: another block, right in itself, under the signatures of the one decided; or
/// the decided one with a byte wrong.
CertifiedValue forge_decision(const CertifiedValue& decided, bool is_whole_block, const BlockLimits& limits) {
  CertifiedValue forged = decided;
  if (auto block = open_value(*decided.value); is_whole_block && block) {
    block->header.time += std::chrono::milliseconds(1);
    forged.value = make_value(*block, limits);
    forged.commit.value = value_id(forged.value->header);
  } else {
    Value other = *decided.value;
    other.payload.back() ^= 1;
    forged.value = std::make_shared<const Value>(std::move(other));
  }
  return forged;
}

}  // namespace

void Byzantine::alter_send(Send&& send, Effects& out) {
  const auto* to_validator = std::get_if<ValidatorEvent>(&send.event);
  const auto* from = to_validator == nullptr ? nullptr : std::get_if<PeerMessage>(to_validator);
  if (from == nullptr || from->message == nullptr) return out.push_back(std::move(send));
  const ActorId to = send.to;
  const Message& message = from->message->message;
  const Address self = address_of(*inner_.core()->config().key);
  if (const auto* proposal = std::get_if<Proposal>(&message)) {
    if (proposal->head.validator != self) return out.push_back(std::move(send));
    const std::shared_ptr<const Envelope> keep = from->message;
    return alter_proposal(to, *proposal, std::move(send), out);
  }
  if (const auto* part = std::get_if<Part>(&message)) {
    const std::shared_ptr<const Envelope> keep = from->message;
    return alter_part(to, *part, std::move(send), out);
  }
  if (const auto* vote = std::get_if<Vote>(&message); vote != nullptr && vote->validator == self) {
    const Statement& s = vote->statement;
    const auto silenced = silenced_.find({s.height, s.round, s.step});
    if (silenced != silenced_.end() &&
        std::find(silenced->second.begin(), silenced->second.end(), to) != silenced->second.end())
      return;
  }
  if (does(Misdeed::withheld_precommits) && std::holds_alternative<CertifiedValue>(message)) return;
  if (const auto* certified = std::get_if<CertifiedValue>(&message);
      certified != nullptr && dares(Misdeed::lying_sync)) {
    const bool is_whole_block = draw(2) == 0;
    return tell(to, forge_decision(*certified, is_whole_block, inner_.core()->config().block_limits), out);
  }
  if (const auto* status = std::get_if<RoundStatus>(&message);
      status != nullptr && dares(Misdeed::lying_sync)) {
    RoundStatus other = *status;
    other.height = other.height + Blocks{1'000};
    return tell(to, std::move(other), out);
  }
  out.push_back(std::move(send));
}

void Byzantine::alter_proposal(ActorId to, const Proposal& proposal, Send&& send, Effects& out) {
  const Statement& s = proposal.head.statement;
  const Place place{s.height, s.round, s.step};
  const auto silenced = silenced_.find(place);
  if (silenced != silenced_.end()) {  // forged before: half of the peers, or all, get the forgery
    const auto& hidden = silenced->second;
    if (std::find(hidden.begin(), hidden.end(), to) == hidden.end()) out.push_back(std::move(send));
    return;
  }
  note(proposal);
  for (const Misdeed misdeed : {Misdeed::invalid_block, Misdeed::lunatic_header, Misdeed::bad_timestamp,
                                Misdeed::false_polka, Misdeed::double_proposal, Misdeed::two_faced}) {
    const bool could = misdeed == Misdeed::false_polka ? s.round > 0 : s.valid_round == no_round;
    if (!does(misdeed) || proposal.only_part == nullptr || !could || !dares(misdeed)) continue;
    forge_proposal(proposal, misdeed, out);
    return alter_proposal(to, proposal, std::move(send), out);
  }
  if (dares(Misdeed::silent_proposer)) return;
  if (dares(Misdeed::late_proposer)) {
    if (held_.empty())
      out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::late), 0}, context_.now + config_.late});
    if (held_.size() < 256) held_.push_back(std::move(send));
    return;
  }
  if (proposal.only_part != nullptr && in_second_half(to) && dares(Misdeed::withheld_parts)) {
    Proposal bare = proposal;
    bare.only_part = nullptr;
    return tell(to, std::move(bare), out);
  }
  out.push_back(std::move(send));
}

void Byzantine::alter_part(ActorId to, const Part& part, Send&& send, Effects& out) {
  if (in_second_half(to) && dares(Misdeed::withheld_parts)) return;
  if (dares(Misdeed::forged_parts)) {
    Part other = part;
    other.bytes.front() ^= 1;
    return tell(to, std::move(other), out);
  }
  if (dares(Misdeed::silent_proposer)) return;
  out.push_back(std::move(send));
}

/// Another block in place of the one of `proposal`, for those whom the misdeed wants to see it.
void Byzantine::forge_proposal(const Proposal& proposal, Misdeed misdeed, Effects& out) {
  const Statement& s = proposal.head.statement;
  auto block = open_value(Value{proposal.value, proposal.only_part->bytes});
  if (!block) return;
  Header& header = block->header;
  Statement other = s;
  const std::uint64_t kind = draw(8);
  switch (misdeed) {
    case Misdeed::lunatic_header: (kind % 2 == 0 ? header.validators_hash : header.app_hash)[0] ^= 1; break;
    case Misdeed::bad_timestamp:
      header.time += (kind % 2 == 0 ? 1 : -1) * std::chrono::hours(kind < 4 ? 1 : 48);
      break;
    case Misdeed::invalid_block: spoil(*block, kind); break;
    case Misdeed::false_polka:
      other.valid_round = static_cast<Round>(draw(static_cast<std::uint64_t>(s.round)));
      header.time += std::chrono::milliseconds(1);
      break;
    default:  // two valid blocks: the other is a little later
      header.time += std::chrono::milliseconds(1);
      break;
  }
  const bool two = misdeed == Misdeed::double_proposal || misdeed == Misdeed::two_faced;
  const SharedValue value = make_value(*block, inner_.core()->config().block_limits);
  other.value = value_id(value->header);
  const std::vector<ActorId> to = two ? half(*s.value < *other.value) : inner_.core()->config().peers;
  silenced_[{s.height, s.round, s.step}] = to;
  sign({other, value, to}, out);
  if (misdeed != Misdeed::two_faced) return;
  Proposal forged = proposal;
  forged.head.statement = other;
  note(forged);
  vote_for_both(proposal, out);
  vote_for_both(forged, out);
}

/// The block of another's proposal, made its own, in that round or the next.
void Byzantine::jump_in(const Proposal& proposal, Effects& out) {
  const Core& core = *inner_.core();
  const Statement& s = proposal.head.statement;
  const Address self = address_of(*core.config().key);
  const auto index = core.validators().current.index_of(self);
  if (!index || s.height != core.height() || proposal.only_part == nullptr) return;
  const auto round = static_cast<Round>(s.round + static_cast<Round>(draw(2)));
  if (core.proposer(round) == *index) return;
  auto block = open_value(Value{proposal.value, proposal.only_part->bytes});
  if (!block || !dares(Misdeed::out_of_turn)) return;
  block->header.time += std::chrono::milliseconds(1);
  block->header.proposer = self;
  const SharedValue value = make_value(*block, core.config().block_limits);
  sign({{Step::propose, s.height, round, value_id(value->header), no_round}, value, core.config().peers},
       out);
}

/// Every vote that can help `proposal`, to the half of the peers that got it; to all if nothing contradicts
/// it.
void Byzantine::vote_for_both(const Proposal& proposal, Effects& out) {
  const Statement& proposed = proposal.head.statement;
  const auto& seen = proposals_[{proposed.height, proposed.round}];
  if (seen.size() < 2 || !proposed.value) return;
  auto& supported = supported_[proposed.height];
  const auto [low, high] = std::minmax_element(
      seen.begin(), seen.end(), [](const Statement& a, const Statement& b) { return a.value < b.value; });
  for (const Statement* face : {&*low, &*high}) {
    if (std::find(supported.begin(), supported.end(), *face->value) != supported.end()) continue;
    supported.push_back(*face->value);
    for (const Step step : {Step::prevote, Step::precommit}) {
      Statement vote{step, face->height, face->round, face->value, no_round};
      if (step == Step::prevote) vote.valid_round = face->valid_round;
      auto& silenced = silenced_[{vote.height, vote.round, vote.step}];
      silenced = inner_.core()->config().peers;
      sign({vote, std::nullopt, half(face == &*high)}, out);
    }
  }
}

}  // namespace souk
