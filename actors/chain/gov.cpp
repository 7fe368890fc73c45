#include "actors/chain/gov.hpp"

#include <algorithm>

#include "actors/base/codec.hpp"
#include "actors/chain/msg_type.hpp"
#include "actors/chain/validate.hpp"

// Messages, and the state as a whole. Ends of periods are in gov_blocks.cpp, counting in gov_tally.cpp.
namespace souk {
namespace {

using Amounts = std::array<Amount, denom_count>;

void add(Amounts& sum, const std::vector<Coin>& coins) {
  for (const Coin& coin : coins) sum[static_cast<std::size_t>(coin.denom)] += coin.amount;
}

const std::vector<Coin>& min_deposit(const Proposal& proposal, const GovParams& params) {
  return proposal.expedited ? params.expedited_min_deposit : params.min_deposit;
}

/// Amount of `denom` among the coins of a message; zero if it is not there.
Amount amount_of(const std::vector<Coin>& coins, Denom denom) {
  for (const Coin& coin : coins)
    if (coin.denom == denom) return coin.amount;
  return {};
}

/// Half to even, as LegacyDec.RoundInt.
Amount rounded(Dec x) {
  const Amount whole = x.truncate();
  const i128 rest = x.raw() - Dec::from(whole).raw();
  const bool up = rest > Dec::scale / 2 || (rest == Dec::scale / 2 && whole.micro % 2 != 0);
  return whole + Amount{up ? 1 : 0};
}

Verdict check_initial_deposit(const MsgSubmitProposal& msg, const GovParams& params) {
  if (params.min_initial_deposit_ratio.is_zero()) return accepted();
  const auto& minimum = msg.expedited ? params.expedited_min_deposit : params.min_deposit;
  for (const Coin& coin : minimum) {
    const Dec least = Dec::mul(Dec::from(coin.amount), params.min_initial_deposit_ratio);
    if (amount_of(msg.initial_deposit, coin.denom) < rounded(least))
      return refuse(GovError::min_deposit_too_small, "the initial deposit is below its minimum");
  }
  return accepted();
}

/// Proposals take deposits of what the minimum deposit is made of.
Verdict check_denoms(const std::vector<Coin>& deposit, const GovParams& params) {
  for (const Coin& coin : deposit) {
    const auto same = [&](const Coin& accepted_coin) { return accepted_coin.denom == coin.denom; };
    if (std::none_of(params.min_deposit.begin(), params.min_deposit.end(), same))
      return refuse(GovError::invalid_deposit_denom, "proposals take no deposit of this denomination");
  }
  return accepted();
}

/// A deposit must be worth counting: min_deposit_ratio of the minimum in one of its denominations.
Verdict check_share_of_minimum(const std::vector<Coin>& deposit, const std::vector<Coin>& minimum,
                               Dec ratio) {
  if (ratio.is_zero()) return accepted();
  for (const Coin& coin : minimum) {
    const Amount amount = amount_of(deposit, coin.denom);
    if (amount.micro > 0 && amount >= Dec::mul(Dec::from(coin.amount), ratio).truncate()) return accepted();
  }
  return refuse(GovError::min_deposit_too_small, "the deposit is below min_deposit_ratio of the minimum");
}

/// What governance has authority for. Anything else its account could sign (a send, a delegation, a deposit)
/// would spend the deposits of proposals, which is all that account holds.
bool may_be_proposed(const Msg& msg) {
  const auto* stake = std::get_if<StakeMsg>(&msg);
  return stake != nullptr && (std::holds_alternative<MsgUpdateParams>(*stake) ||
                              std::holds_alternative<MsgCommunityPoolSpend>(*stake) ||
                              std::holds_alternative<MsgSoftwareUpgrade>(*stake) ||
                              std::holds_alternative<MsgCancelUpgrade>(*stake));
}

}  // namespace

bool reaches_min_deposit(const Proposal& proposal, const GovParams& params) {
  const auto& minimum = min_deposit(proposal, params);
  return std::all_of(minimum.begin(), minimum.end(), [&](const Coin& coin) {
    return proposal.total_deposit[static_cast<std::size_t>(coin.denom)] >= coin.amount;
  });
}

Verdict Gov::check_messages(const MsgSubmitProposal& msg, const Bank& bank) const {
  if (msg.msgs == nullptr) return accepted();
  for (const Msg& inner : msg.msgs->msgs) {
    if (!validate(inner).ok())
      return refuse(GovError::invalid_message, "a proposed message is not valid in itself");
    if (signer_of(inner) != bank.address(bank.gov()))
      return refuse(GovError::invalid_signer, "the signer of a proposed message must be governance");
    if (!may_be_proposed(inner))
      return refuse(GovError::unroutable_message, "governance has no authority for such a message");
  }
  return accepted();
}

Verdict Gov::submit(const MsgSubmitProposal& msg, Bank& bank, Execution& exec) {
  const GovParams& params = exec.params.stake.gov;
  SOUK_TRY(check_initial_deposit(msg, params));
  SOUK_TRY(check_denoms(msg.initial_deposit, params));
  SOUK_TRY(check_messages(msg, bank));
  const auto& minimum = msg.expedited ? params.expedited_min_deposit : params.min_deposit;
  SOUK_TRY(check_share_of_minimum(msg.initial_deposit, minimum, params.min_deposit_ratio));
  SOUK_TRY(bank.check_spendable(bank.find(msg.proposer), msg.initial_deposit, exec.block.time));

  Proposal proposal;
  proposal.id = ++last_id_;
  proposal.msgs = msg.msgs;
  proposal.submit_time = exec.block.time;
  proposal.deposit_end = exec.block.time + params.max_deposit_period;
  proposal.metadata = msg.metadata;
  proposal.title = msg.title;
  proposal.summary = msg.summary;
  proposal.proposer = msg.proposer;
  proposal.expedited = msg.expedited;
  inactive_.put({proposal.deposit_end, proposal.id}, true);
  const std::uint64_t id = proposal.id;
  const std::size_t told = exec.events.size();
  EventSubmitProposal event{id, msg.proposer, msg.expedited, false, {}, msg.msgs};
  exec.events.push_back(StakeEvent(event));
  const bool voting = add_deposit(std::move(proposal), msg.proposer, msg.initial_deposit, bank, exec);
  if (voting) {
    event.voting = true;
    event.voting_end = *find(id)->voting_end;
    exec.events[told] = StakeEvent(event);
    exec.events.push_back(StakeEvent(EventVotingStarted{id, true}));
  }
  return accepted();
}

/// Takes coins that are known to be there, and begins the vote if they suffice. Returns whether it did.
bool Gov::add_deposit(Proposal proposal, const Address& depositor, const std::vector<Coin>& amount,
                      Bank& bank, Execution& exec) {
  const AccountNo from = bank.find(depositor);
  for (const Coin& coin : amount) bank.transfer(from, bank.gov(), coin, exec.events);
  add(proposal.total_deposit, amount);
  const bool activates = proposal.status == ProposalStatus::deposit_period &&
                         reaches_min_deposit(proposal, exec.params.stake.gov);
  if (activates) activate(proposal, exec);
  Amounts deposit = deposit_of(proposal.id, depositor);
  add(deposit, amount);
  deposits_.put({proposal.id, depositor}, deposit);
  exec.events.push_back(StakeEvent(
      EventProposalDeposit{proposal.id, depositor, amount, activates, proposal.voting_end.value_or(Time{})}));
  const std::uint64_t id = proposal.id;
  proposals_.put(id, std::move(proposal));
  return activates;
}

void Gov::activate(Proposal& proposal, const Execution& exec) {
  const GovParams& params = exec.params.stake.gov;
  proposal.status = next(proposal_transitions, proposal.status, ProposalInput::activate).value();
  proposal.voting_start = exec.block.time;
  proposal.voting_end =
      exec.block.time + (proposal.expedited ? params.expedited_voting_period : params.voting_period);
  inactive_.erase({proposal.deposit_end, proposal.id});
  active_.put({*proposal.voting_end, proposal.id}, true);
}

Verdict Gov::deposit(const MsgProposalDeposit& msg, Bank& bank, Execution& exec) {
  const GovParams& params = exec.params.stake.gov;
  const Proposal* proposal = find(msg.proposal_id);
  if (proposal == nullptr) return unregistered_error("there is no such proposal");
  if (proposal->status != ProposalStatus::deposit_period && proposal->status != ProposalStatus::voting_period)
    return refuse(GovError::inactive_proposal, "the proposal takes no deposits any more");
  SOUK_TRY(check_denoms(msg.amount, params));
  SOUK_TRY(check_share_of_minimum(msg.amount, min_deposit(*proposal, params), params.min_deposit_ratio));
  SOUK_TRY(bank.check_spendable(bank.find(msg.depositor), msg.amount, exec.block.time));
  if (add_deposit(*proposal, msg.depositor, msg.amount, bank, exec))
    exec.events.push_back(StakeEvent(EventVotingStarted{msg.proposal_id, false}));
  return accepted();
}

Verdict Gov::vote(const MsgVote& msg, Execution& exec) {
  const Proposal* proposal = find(msg.proposal_id);
  if (proposal == nullptr || proposal->status != ProposalStatus::voting_period)
    return refuse(GovError::inactive_proposal, "the proposal is not in its voting period");
  votes_.put({msg.proposal_id, msg.voter}, msg.options);
  exec.events.push_back(StakeEvent(EventProposalVote{msg.proposal_id, msg.voter, msg.options}));
  return accepted();
}

Verdict Gov::cancel(const MsgCancelProposal& msg, Bank& bank, Execution& exec) {
  const Proposal* known = find(msg.proposal_id);
  if (known == nullptr) return unregistered_error("there is no such proposal");
  if (known->proposer != msg.proposer)
    return refuse(GovError::invalid_proposer, "only its proposer may cancel a proposal");
  if (!next(proposal_transitions, known->status, ProposalInput::cancel))
    return refuse(GovError::invalid_proposal, "the proposal is over already");
  if (known->voting_end && *known->voting_end < exec.block.time)
    return refuse(GovError::voting_period_ended, "the voting period has ended");
  const Proposal proposal = *known;
  charge(proposal.id, exec.params.stake.gov.proposal_cancel_ratio, bank, exec);
  remove_votes(proposal.id);
  remove(proposal);
  exec.events.push_back(StakeEvent(EventCancelProposal{msg.proposal_id, msg.proposer}));
  return accepted();
}

void Gov::remove(const Proposal& proposal) {
  inactive_.erase({proposal.deposit_end, proposal.id});
  if (proposal.voting_end) active_.erase({*proposal.voting_end, proposal.id});
  proposals_.erase(proposal.id);
}

Gov::Amounts Gov::deposit_of(std::uint64_t id, const Address& depositor) const {
  const Amounts* deposit = deposits_.find({id, depositor});
  return deposit == nullptr ? Amounts{} : *deposit;
}

Time Gov::next_deadline() const {
  Time deadline = time_max;
  if (inactive_.begin() != inactive_.end()) deadline = inactive_.begin()->first.first;
  if (active_.begin() != active_.end()) deadline = std::min(deadline, active_.begin()->first.first);
  return deadline;
}

Result<void> Gov::check(const Bank& bank) const {
  Amounts deposited{};
  for (const auto& [key, amounts] : deposits_)
    for (std::size_t i = 0; i < denom_count; ++i) deposited[i] += amounts[i];
  for (const Denom denom : all_denoms) {
    const Amount has = bank.balance(bank.gov(), denom);
    const Amount owes = deposited[static_cast<std::size_t>(denom)];
    if (has != owes)
      return fail("gov holds " + std::to_string(has.micro) + std::string(denom_name(denom)) +
                  " and owes deposits of " + std::to_string(owes.micro));
  }
  return {};
}

void Gov::append_state(std::vector<std::uint8_t>& out) const {
  if (last_id_ == 0) return;
  encode_to(out, last_id_);
  for (const auto& [id, proposal] : proposals_) encode_to(out, proposal);
  for (const auto& [key, amounts] : deposits_) encode_to(out, key), encode_to(out, amounts);
  for (const auto& [key, options] : votes_) encode_to(out, key), encode_to(out, options);
}

void Gov::begin_tx() {
  proposals_.begin_tx();
  deposits_.begin_tx();
  votes_.begin_tx();
  inactive_.begin_tx();
  active_.begin_tx();
  last_id_before_ = last_id_;
}

void Gov::rollback() {
  proposals_.rollback();
  deposits_.rollback();
  votes_.rollback();
  inactive_.rollback();
  active_.rollback();
  last_id_ = last_id_before_;
}

}  // namespace souk
