#include <algorithm>

#include "actors/chain/gov.hpp"
#include "actors/chain/msg_type.hpp"

// The ends of deposit and voting periods, and what becomes of deposits.
namespace souk {
namespace {

constexpr std::array by_name{Denom::uact, Denom::uakt, Denom::uusdc};

TallyCounts whole(const TallyPowers& powers) {
  return {powers.yes.truncate(), powers.abstain.truncate(), powers.no.truncate(),
          powers.no_with_veto.truncate()};
}

void step(Proposal& proposal, ProposalInput input) {
  proposal.status = next(proposal_transitions, proposal.status, input).value();
}

}  // namespace

/// Removes the deposits of a proposal; in the order of depositors' address bytes.
std::vector<std::pair<Address, Gov::Amounts>> Gov::take_deposits(std::uint64_t id) {
  std::vector<std::pair<Address, Amounts>> deposits;
  for (auto it = deposits_.lower_bound({id, {}}); it != deposits_.end() && it->first.first == id; ++it)
    deposits.emplace_back(it->first.second, it->second);
  for (const auto& [depositor, amounts] : deposits) deposits_.erase({id, depositor});
  return deposits;
}

void Gov::refund(std::uint64_t id, Bank& bank, Execution& exec) { charge(id, Dec{}, bank, exec); }

void Gov::burn(std::uint64_t id, Bank& bank, Execution& exec) { charge(id, Dec::from_int(1), bank, exec); }

/// Burns `ratio` of each deposit, rounded down, and gives the rest back.
void Gov::charge(std::uint64_t id, Dec ratio, Bank& bank, Execution& exec) {
  Amounts burned{};
  for (const auto& [depositor, amounts] : take_deposits(id)) {
    const AccountNo to = bank.find(depositor);
    for (const Denom denom : by_name) {
      const auto i = static_cast<std::size_t>(denom);
      const Amount charged = Dec::mul(Dec::from(amounts[i]), ratio).truncate();
      burned[i] += charged;
      bank.transfer(bank.gov(), to, {denom, amounts[i] - charged}, exec.events);
    }
  }
  for (const Denom denom : by_name)
    bank.burn(bank.gov(), {denom, burned[static_cast<std::size_t>(denom)]}, exec.events);
}

void Gov::remove_votes(std::uint64_t id) {
  std::vector<Key> keys;
  for (auto it = votes_.lower_bound({id, {}}); it != votes_.end() && it->first.first == id; ++it)
    keys.push_back(it->first);
  for (const Key& key : keys) votes_.erase(key);
}

void Gov::end_block(const StakeView& stake, Bank& bank, MsgRunner& runner, Execution& exec) {
  const Time now = exec.block.time;
  while (inactive_.begin() != inactive_.end() && inactive_.begin()->first.first <= now)
    end_deposit_period(*find(inactive_.begin()->first.second), bank, exec);
  // What ends here can begin again (an expedited one goes on), so each entry is looked at once.
  std::vector<std::uint64_t> due;
  for (const auto& [key, unused] : active_) {
    if (key.first > now) break;
    due.push_back(key.second);
  }
  for (const std::uint64_t id : due) end_voting_period(*find(id), stake, bank, runner, exec);
}

void Gov::end_deposit_period(Proposal proposal, Bank& bank, Execution& exec) {
  if (reaches_min_deposit(proposal, exec.params.stake.gov)) {  // the minimum was lowered in the meantime
    activate(proposal, exec);
    const std::uint64_t id = proposal.id;
    proposals_.put(id, std::move(proposal));
    return;
  }
  step(proposal, ProposalInput::drop);
  remove(proposal);
  if (exec.params.stake.gov.burn_proposal_deposit_prevote)
    burn(proposal.id, bank, exec);
  else
    refund(proposal.id, bank, exec);
  exec.events.push_back(StakeEvent(EventProposalEnded{proposal.id, ProposalResult::dropped, {}}));
}

/// An expedited proposal that does not pass goes on as a regular one; its votes are gone by then, as the SDK
/// has it: a tally deletes what it counts.
void Gov::end_voting_period(Proposal proposal, const StakeView& stake, Bank& bank, MsgRunner& runner,
                            Execution& exec) {
  const GovParams params = exec.params.stake.gov;  // what passes may change them
  const std::uint64_t id = proposal.id;
  const TallyPowers powers = tally(id, stake);
  remove_votes(id);
  const TallyVerdict verdict = judge(powers, stake.total_bonded(), proposal.expedited, params);
  if (verdict.passes || !proposal.expedited) {
    if (verdict.burns_deposits)
      burn(id, bank, exec);
    else
      refund(id, bank, exec);
  }
  active_.erase({*proposal.voting_end, id});
  proposal.final_tally = whole(powers);
  EventProposalEnded event{id, ProposalResult::rejected, "rejected"};
  if (verdict.passes) {
    proposals_.put(id, proposal);
    event = execute(proposal, runner, exec);
  } else if (proposal.expedited) {
    step(proposal, ProposalInput::make_regular);
    proposal.expedited = false;
    proposal.voting_end = *proposal.voting_start + params.voting_period;
    active_.put({*proposal.voting_end, id}, true);
    event = {id, ProposalResult::expedited_failed, "expedited proposal converted to regular"};
  } else {
    step(proposal, ProposalInput::reject);
    proposal.failed_reason = "proposal did not get enough votes to pass";
  }
  proposals_.put(id, std::move(proposal));
  exec.events.push_back(StakeEvent(std::move(event)));
}

/// Runs what a proposal proposes: all of it or nothing.
EventProposalEnded Gov::execute(Proposal& proposal, MsgRunner& runner, Execution& exec) {
  std::size_t failed = 0;
  const bool empty = proposal.msgs == nullptr || proposal.msgs->msgs.empty();
  const Verdict ran = empty ? accepted() : runner.run_all(*proposal.msgs, exec, failed);
  if (ran.ok()) {
    step(proposal, ProposalInput::pass);
    return {proposal.id, ProposalResult::passed, "passed"};
  }
  step(proposal, ProposalInput::fail);
  proposal.failed_reason = std::string(ran.why);
  return {proposal.id, ProposalResult::failed,
          "passed, but msg " + std::to_string(failed) + " (" +
              std::string(msg_type(proposal.msgs->msgs[failed])) +
              ") failed on execution: " + std::string(ran.why)};
}

}  // namespace souk
