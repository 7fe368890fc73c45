#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "actors/base/transition.hpp"
#include "actors/chain/bank.hpp"
#include "actors/chain/execution.hpp"
#include "actors/chain/msg_runner.hpp"
#include "actors/chain/stake_codes.hpp"
#include "actors/chain/stake_view.hpp"
#include "actors/chain/undo_map.hpp"

namespace souk {

inline constexpr std::size_t gov_metadata_max = 10'200;  ///< bytes of metadata, and of a title
inline constexpr std::size_t gov_summary_max = 40 * gov_metadata_max;

/// Proto names: PROPOSAL_STATUS_DEPOSIT_PERIOD, ... A proposal that is dropped or cancelled is deleted.
enum class ProposalStatus : std::uint8_t {
  deposit_period = 1,
  voting_period = 2,
  passed = 3,
  rejected = 4,
  failed = 5,
  deleted = 6  ///< not on the wire: the proposal is no more
};
enum class ProposalInput : std::uint8_t {
  activate,      ///< the deposits suffice
  drop,          ///< the deposit period ended
  cancel,        ///< by its proposer
  pass,          ///< tally and execution succeeded
  reject,        ///< tally of a regular proposal
  fail,          ///< tally succeeded, execution did not
  make_regular,  ///< tally of an expedited proposal did not succeed
};
/// Source: cosmos-sdk x/gov/abci.go and keeper/proposal.go.
inline constexpr Transition<ProposalStatus, ProposalInput> proposal_transitions[] = {
    {ProposalStatus::deposit_period, ProposalInput::activate, ProposalStatus::voting_period},
    {ProposalStatus::deposit_period, ProposalInput::drop, ProposalStatus::deleted},
    {ProposalStatus::deposit_period, ProposalInput::cancel, ProposalStatus::deleted},
    {ProposalStatus::voting_period, ProposalInput::cancel, ProposalStatus::deleted},
    {ProposalStatus::voting_period, ProposalInput::pass, ProposalStatus::passed},
    {ProposalStatus::voting_period, ProposalInput::reject, ProposalStatus::rejected},
    {ProposalStatus::voting_period, ProposalInput::fail, ProposalStatus::failed},
    {ProposalStatus::voting_period, ProposalInput::make_regular, ProposalStatus::voting_period},
};
static_assert(is_function(proposal_transitions));

/// Tokens behind each option, whole ones.
struct TallyCounts {
  Amount yes;
  Amount abstain;
  Amount no;
  Amount no_with_veto;
  friend bool operator==(const TallyCounts&, const TallyCounts&) = default;
};

/// The sums of a tally, and what they come to.
struct TallyPowers {
  Dec yes;
  Dec abstain;
  Dec no;
  Dec no_with_veto;
  Dec total;  ///< summed on its own: weights may lose a digit to rounding
};
struct TallyVerdict {
  bool passes = false;
  bool burns_deposits = false;
  friend bool operator==(const TallyVerdict&, const TallyVerdict&) = default;
};
/// The rules of section 8.6, in their order: nothing bonded, quorum, all abstain, veto, threshold.
TallyVerdict judge(const TallyPowers& powers, Amount bonded, bool expedited, const GovParams& params);

struct Proposal {
  std::uint64_t id = 0;
  SharedMsgs msgs;
  ProposalStatus status = ProposalStatus::deposit_period;
  TallyCounts final_tally;
  Time submit_time;
  Time deposit_end;
  std::array<Amount, denom_count> total_deposit{};
  std::optional<Time> voting_start;
  std::optional<Time> voting_end;
  std::string metadata;
  std::string title;
  std::string summary;
  Address proposer;
  bool expedited = false;
  std::string failed_reason;
};

/// Whether what is deposited on a proposal lets the vote begin.
bool reaches_min_deposit(const Proposal& proposal, const GovParams& params);

/// Proposals, deposits and votes: gov v1. Source: akash-chain.md section 8.6; cosmos-sdk x/gov/keeper.
class Gov {
 public:
  // Messages, valid in themselves. Each changes nothing unless it is accepted.
  /// Errors, in order: gov 16 initial deposit too small, 23 a denomination that is not taken, 12 a message
  /// not valid in itself, 13 one whose signer is not gov, 10 one that gov has no authority for, 16 less
  /// than min_deposit_ratio, sdk 5.
  Verdict submit(const MsgSubmitProposal& msg, Bank& bank, Execution& exec);
  /// Errors, in order: undefined 1 no such proposal, gov 3 it takes no deposits, 23, 16 less than
  /// min_deposit_ratio, sdk 5.
  Verdict deposit(const MsgProposalDeposit& msg, Bank& bank, Execution& exec);
  /// A later vote replaces an earlier one. Errors: gov 3 not in its voting period.
  Verdict vote(const MsgVote& msg, Execution& exec);
  /// Errors, in order: undefined 1 no such proposal, gov 18 not the proposer, 21 over already, 20 its voting
  /// period ended.
  Verdict cancel(const MsgCancelProposal& msg, Bank& bank, Execution& exec);

  /// Ends the deposit and voting periods that are due, in order of time and id; runs what passed.
  /// Not undoable; must not be called within a transaction.
  void end_block(const StakeView& stake, Bank& bank, MsgRunner& runner, Execution& exec);
  /// When the next period ends; time_max: none is running. Cheap.
  Time next_deadline() const;

  const Proposal* find(std::uint64_t id) const { return proposals_.find(id); }
  const std::vector<WeightedVote>* vote_of(std::uint64_t id, const Address& voter) const {
    return votes_.find({id, voter});
  }
  /// What somebody has deposited on a proposal; zeros if nothing.
  std::array<Amount, denom_count> deposit_of(std::uint64_t id, const Address& depositor) const;
  std::uint64_t last_id() const { return last_id_; }
  /// The sums as they stand: for queries and studies, the same the end of the voting period will make.
  TallyPowers tally(std::uint64_t id, const StakeView& stake) const;

  /// Appends the canonical bytes of the state; nothing if there is none.
  void append_state(std::vector<std::uint8_t>& out) const;
  /// The coins of the module's account are the deposits, per denomination.
  Result<void> check(const Bank& bank) const;

  void begin_tx();
  void rollback();

 private:
  using Key = std::pair<std::uint64_t, Address>;
  using Amounts = std::array<Amount, denom_count>;
  using Queue = UndoMap<std::pair<Time, std::uint64_t>, bool>;

  Verdict check_messages(const MsgSubmitProposal& msg, const Bank& bank) const;
  bool add_deposit(Proposal proposal, const Address& depositor, const std::vector<Coin>& amount, Bank& bank,
                   Execution& exec);
  void activate(Proposal& proposal, const Execution& exec);
  void remove(const Proposal& proposal);
  void refund(std::uint64_t id, Bank& bank, Execution& exec);
  void burn(std::uint64_t id, Bank& bank, Execution& exec);
  void charge(std::uint64_t id, Dec ratio, Bank& bank, Execution& exec);
  std::vector<std::pair<Address, Amounts>> take_deposits(std::uint64_t id);
  void end_deposit_period(Proposal proposal, Bank& bank, Execution& exec);
  void end_voting_period(Proposal proposal, const StakeView& stake, Bank& bank, MsgRunner& runner,
                         Execution& exec);
  EventProposalEnded execute(Proposal& proposal, MsgRunner& runner, Execution& exec);
  void remove_votes(std::uint64_t id);

  UndoMap<std::uint64_t, Proposal> proposals_;
  UndoMap<Key, Amounts> deposits_;
  UndoMap<Key, std::vector<WeightedVote>> votes_;
  Queue inactive_;  ///< by the end of the deposit period
  Queue active_;    ///< by the end of the voting period
  std::uint64_t last_id_ = 0;
  std::uint64_t last_id_before_ = 0;
};

}  // namespace souk
