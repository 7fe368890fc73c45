#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/effects.hpp"

/// Governance off the chain: who votes, and who proposes.
namespace souk {

struct VoterConfig {
  Address address;  ///< signs; the seat of an operator or delegator may own it
  /// Probability that it looks at a proposal at all. For a delegator: that it votes instead of leaving it to
  /// its validator (economics.md section 2: override 10 %).
  double turnout = 0.4;
  /// Turnout of an expedited proposal, relative to that of a regular one: there is a day, not a week.
  double expedited_turnout = 0.8;
  /// How good a proposal is, the same for all who vote with this law: share of voters who like it.
  Distribution merit = Distribution::constant(0.8);
  double abstain = 0.05;    ///< of those who vote
  double veto_of_no = 0.1;  ///< of those who are against
  double weighted = 0;      ///< of those who vote: split 70:30 between their choice and abstaining
  Duration voting_period = std::chrono::hours(24 * 7);  ///< of the chain, for an expedited one that goes on
  Coin fee{Denom::uakt, {0}};
};

/// One account that votes. Off-chain. Subscribes to topic_gov. Votes once per proposal, at a random time of
/// the voting period; who did not vote on an expedited proposal may on the regular one it becomes.
class GovVoter {
 public:
  explicit GovVoter(VoterConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  std::uint64_t votes() const { return nonces_; }

 private:
  void open(std::uint64_t proposal, bool expedited, Time end, const Context& context, Effects& out);
  void vote(std::uint64_t proposal, const Context& context, Effects& out);
  VoteOption opinion(std::uint64_t proposal, const Context& context) const;

  struct Ballot {
    bool expedited = false;
    bool voting = false;  ///< it means to vote
    bool voted = false;
  };
  std::shared_ptr<const VoterConfig> config_;
  std::map<std::uint64_t, Ballot> ballots_;  ///< of proposals that are not over
  std::uint64_t nonces_ = 0;
};

/// One thing to propose.
struct ProposalPlan {
  std::string title;
  SharedMsgs msgs;  ///< null: a text
  std::vector<Coin> deposit;
  bool expedited = false;
};

struct ProposerConfig {
  Address address;
  ProposalPlan plan;
  std::vector<Duration> at;  ///< after the start of the run
  double per_year = 0;       ///< and at random
  std::uint32_t count_max = 100'000;
  Coin fee{Denom::uakt, {0}};
};

/// Submits the same proposal at given times and as a Poisson process. Off-chain. Subscribes to nothing.
class Proposer {
 public:
  explicit Proposer(ProposerConfig config);

  void on(const Event& event, const Context& context, Effects& out);

  std::uint64_t submitted() const { return submitted_; }

 private:
  enum class Timer : std::uint32_t { planned, random };
  void next_random(const Context& context, Effects& out);
  void submit(Effects& out);

  std::shared_ptr<const ProposerConfig> config_;
  std::uint64_t gaps_ = 0;
  std::uint64_t submitted_ = 0;
};

}  // namespace souk
