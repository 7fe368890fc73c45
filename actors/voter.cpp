#include "actors/voter.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "actors/base/math.hpp"

namespace souk {
namespace {

/// Streams that all voters share belong to no actor: an id no host gives out.
constexpr std::uint32_t merit_actor = 0xc000'0000u;
constexpr std::uint32_t ballot_timer = 1;
constexpr double year_h = 8'766;
constexpr double longest_h = 1e6;  // a century: what heavy tails draw must still fit the clock
/// Votes come in this part of the time that is left: nobody aims at the last block.
constexpr double latest = 0.95;

SharedTx tx_of(const Address& signer, std::uint64_t nonce, Coin fee, StakeMsg msg) {
  Tx tx;
  tx.signer = signer;
  tx.nonce = nonce;
  tx.fee = fee;
  tx.msgs.emplace_back(std::move(msg));
  return std::make_shared<const Tx>(std::move(tx));
}

}  // namespace

GovVoter::GovVoter(VoterConfig config) : config_(std::make_shared<const VoterConfig>(std::move(config))) {}

void GovVoter::on(const Event& event, const Context& context, Effects& out) {
  if (const auto* fired = std::get_if<TimerFired>(&event)) return vote(fired->id.subject, context, out);
  const auto* notice = std::get_if<ChainNotice>(&event);
  const auto* stake = notice == nullptr ? nullptr : std::get_if<StakeEvent>(&notice->event);
  if (stake == nullptr) return;
  if (const auto* e = std::get_if<EventSubmitProposal>(stake)) {
    ballots_.try_emplace(e->proposal_id, Ballot{e->expedited, false, false});
    if (e->voting) open(e->proposal_id, e->expedited, e->voting_end, context, out);
  } else if (const auto* deposit = std::get_if<EventProposalDeposit>(stake)) {
    const auto known = ballots_.find(deposit->proposal_id);
    if (deposit->voting && known != ballots_.end())
      open(deposit->proposal_id, known->second.expedited, deposit->voting_end, context, out);
  } else if (const auto* end = std::get_if<EventProposalEnded>(stake)) {
    const auto known = ballots_.find(end->proposal_id);
    if (known == ballots_.end()) return;
    if (end->result != ProposalResult::expedited_failed) {
      ballots_.erase(known);
    } else if (!known->second.voted) {
      // It began a day ago at most; what is left of the regular period is not told.
      open(end->proposal_id, false, context.now + config_->voting_period / 2, context, out);
    }
  } else if (const auto* cancelled = std::get_if<EventCancelProposal>(stake)) {
    ballots_.erase(cancelled->proposal_id);
  }
}

void GovVoter::open(std::uint64_t proposal, bool expedited, Time end, const Context& context, Effects& out) {
  Ballot& ballot = ballots_[proposal];
  ballot.expedited = expedited;
  out.push_back(Note{Note::Metric::proposal_seen, proposal, 1});
  Rng rng = context.stream(Purpose::vote, 2 * proposal + (expedited ? 1 : 0));
  const double turnout = config_->turnout * (expedited ? config_->expedited_turnout : 1.0);
  const double draw = rng.uniform();
  const double when = rng.uniform() * latest;
  if (draw >= turnout) return;
  ballot.voting = true;
  const Duration left = std::max(end - context.now, Duration::zero());
  const Duration wait{static_cast<std::int64_t>(when * static_cast<double>(left.count()))};
  out.push_back(SetTimer{{ballot_timer, proposal}, context.now + wait});
}

VoteOption GovVoter::opinion(std::uint64_t proposal, const Context& context) const {
  Context shared = context;
  shared.self = ActorId{merit_actor};
  Rng common = shared.stream(Purpose::value, proposal);
  const double merit = std::clamp(config_->merit.sample(common), 0.0, 1.0);
  Rng own = context.stream(Purpose::choice, proposal);
  const double indifferent = own.uniform();
  const double likes = own.uniform();
  const double anger = own.uniform();
  if (indifferent < config_->abstain) return VoteOption::abstain;
  if (likes < merit) return VoteOption::yes;
  return anger < config_->veto_of_no ? VoteOption::no_with_veto : VoteOption::no;
}

void GovVoter::vote(std::uint64_t proposal, const Context& context, Effects& out) {
  const auto known = ballots_.find(proposal);
  if (known == ballots_.end() || !known->second.voting || known->second.voted) return;
  known->second.voted = true;
  const VoteOption option = opinion(proposal, context);
  Rng rng = context.stream(Purpose::request, proposal);
  MsgVote msg;
  msg.proposal_id = proposal;
  msg.voter = config_->address;
  if (rng.uniform() < config_->weighted && option != VoteOption::abstain) {
    const Dec tenth = Dec::from_raw(Dec::scale / 10);
    msg.options = {{option, tenth.times(7)}, {VoteOption::abstain, tenth.times(3)}};
  } else {
    msg.options = {{option, Dec::from_int(1)}};
  }
  out.push_back(SubmitTx{tx_of(config_->address, ++nonces_, config_->fee, std::move(msg))});
}

Proposer::Proposer(ProposerConfig config)
    : config_(std::make_shared<const ProposerConfig>(std::move(config))) {}

void Proposer::on(const Event& event, const Context& context, Effects& out) {
  if (std::holds_alternative<Started>(event)) {
    for (std::size_t i = 0; i < config_->at.size(); ++i)
      out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::planned), i}, context.now + config_->at[i]});
    next_random(context, out);
  } else if (const auto* fired = std::get_if<TimerFired>(&event)) {
    submit(out);
    if (fired->id.kind == static_cast<std::uint32_t>(Timer::random)) next_random(context, out);
  }
}

void Proposer::next_random(const Context& context, Effects& out) {
  if (config_->per_year <= 0) return;
  Rng rng = context.stream(Purpose::arrival, gaps_++);
  const double h = std::min(-math::log(rng.uniform()) * year_h / config_->per_year, longest_h);
  const Duration gap{static_cast<std::int64_t>(h * 3.6e12)};
  out.push_back(SetTimer{{static_cast<std::uint32_t>(Timer::random), 0}, context.now + gap});
}

void Proposer::submit(Effects& out) {
  if (submitted_ >= config_->count_max) return;
  MsgSubmitProposal msg;
  msg.msgs = config_->plan.msgs;
  msg.initial_deposit = config_->plan.deposit;
  msg.proposer = config_->address;
  msg.title = config_->plan.title;
  msg.metadata = config_->plan.title;  // a proposal without messages must have some
  msg.summary = config_->plan.title;
  msg.expedited = config_->plan.expedited;
  out.push_back(SubmitTx{tx_of(config_->address, ++submitted_, config_->fee, std::move(msg))});
}

}  // namespace souk
