#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/time.hpp"
#include "actors/base/transition.hpp"
#include "actors/demand.hpp"
#include "actors/funding.hpp"
#include "actors/nonce_window.hpp"

/// A tenant's memory of its own deployments and transactions.
namespace souk {

/// Where one deployment stands, as its tenant sees it. The name says what has been sent or is awaited.
enum class Phase : std::uint8_t {
  creating,    ///< MsgCreateDeployment sent
  collecting,  ///< order open: bids come in
  leasing,     ///< MsgCreateLease sent
  leased,      ///< served
  moving,      ///< MsgCloseLease sent, to be leased elsewhere
  starting,    ///< the provider closed the lease: MsgStartGroup sent
  closing,     ///< MsgCloseDeployment sent
};

/// What moves a deployment from phase to phase.
enum class PhaseInput : std::uint8_t {
  order_opened,   ///< the chain opened its (next) order
  bid_taken,      ///< the tenant chose
  bid_gone,       ///< the chosen bid is no longer there
  lease_made,     ///< the chain agreed
  leave,          ///< the tenant leaves the provider
  provider_left,  ///< the provider closed the lease: the group is paused
  close,          ///< lifetime over, given up, or out of funds
};

/// Anything else is our own bug. Chain side: akash-chain.md section 3.9.
inline constexpr Transition<Phase, PhaseInput> phase_transitions[] = {
    {Phase::creating, PhaseInput::order_opened, Phase::collecting},
    {Phase::creating, PhaseInput::close, Phase::closing},
    {Phase::collecting, PhaseInput::order_opened, Phase::collecting},
    {Phase::collecting, PhaseInput::bid_taken, Phase::leasing},
    {Phase::collecting, PhaseInput::close, Phase::closing},
    {Phase::leasing, PhaseInput::lease_made, Phase::leased},
    {Phase::leasing, PhaseInput::bid_gone, Phase::collecting},
    {Phase::leasing, PhaseInput::close, Phase::closing},
    {Phase::leased, PhaseInput::leave, Phase::moving},
    {Phase::leased, PhaseInput::provider_left, Phase::starting},
    {Phase::leased, PhaseInput::close, Phase::closing},
    {Phase::moving, PhaseInput::order_opened, Phase::collecting},
    {Phase::moving, PhaseInput::provider_left, Phase::starting},
    {Phase::moving, PhaseInput::close, Phase::closing},
    {Phase::starting, PhaseInput::order_opened, Phase::collecting},
    {Phase::starting, PhaseInput::close, Phase::closing},
};
static_assert(is_function(phase_transitions));

struct SeenBid {
  Address provider;
  Dec price;
};

/// One deployment of this tenant, from its creation to its close.
struct OwnDeployment {
  std::uint64_t dseq = 0;
  Phase phase = Phase::creating;

  // what is wanted
  std::uint64_t number = 0;   ///< of the arrival: names the random streams
  std::uint32_t replica = 0;  ///< of that arrival, from 0
  MadeRequest request;
  double value_usd_h = 0;
  double cloud_usd_h = 0;
  Duration remaining{};  ///< leased time still wanted

  // the order
  std::uint32_t oseq = 0;
  std::vector<SeenBid> bids;    ///< open bids in order of arrival, one per provider, at most order_bids_max
  std::uint32_t rounds = 0;     ///< windows that ended without an acceptable bid
  bool window_over = false;     ///< keep_open: take the first acceptable bid from now on
  std::uint32_t decisions = 0;  ///< names the random stream of the next choice

  // the lease, from leasing on
  SeenBid chosen;
  bool closes_with_lease =
      false;  ///< lifetime 0: MsgCreateLease and MsgCloseDeployment went in one transaction
  Time leased_since;
  EscrowBook escrow;
  bool manifest_accepted = false;
  std::optional<bool> available;  ///< what the workload's last report said; none = none came
  Time available_since;           ///< of the state `available`
  Duration up{};                  ///< of this lease, without the running stretch
  Duration down{};

  // the step under way
  std::uint64_t step_nonce = 0;  ///< of the last transaction that was to move the phase
  std::uint32_t attempts = 0;    ///< transactions of this phase, or manifests of this lease, sent
  std::optional<Time> step_due;  ///< the step timer, if set
  std::optional<Time> fund_due;
  std::optional<Time> life_due;
  Amount deposit_pending;       ///< sent, not decided
  std::uint32_t redeploys = 0;  ///< orders after the first

  LeaseId lease(const Address& owner) const { return {owner, chosen.provider, dseq, 1, oseq, 0}; }
};

/// Deployments by dseq. Slots are reused, so that the steady state allocates nothing; iteration is in order
/// of dseq.
class Deployments {
 public:
  /// REQUIRES: `dseq` is greater than every one opened before.
  OwnDeployment& open(std::uint64_t dseq);
  /// Null if unknown. Valid until the next open() or erase().
  OwnDeployment* find(std::uint64_t dseq);
  const OwnDeployment* find(std::uint64_t dseq) const;
  void erase(std::uint64_t dseq);

  bool empty() const { return index_.empty(); }
  std::size_t size() const { return index_.size(); }
  std::uint64_t last_dseq() const { return last_dseq_; }

  template <class F>
  void for_each(F&& f) const {
    for (const Entry& entry : index_) f(slots_[entry.slot]);
  }

 private:
  struct Entry {
    std::uint64_t dseq = 0;
    std::uint32_t slot = 0;
  };
  std::vector<Entry> index_;  ///< ascending dseq
  std::vector<OwnDeployment> slots_;
  std::vector<std::uint32_t> free_;
  std::uint64_t last_dseq_ = 0;
};

/// What a transaction was for.
enum class TxKind : std::uint8_t { create, lease, lease_and_close, deposit, start_group, close_lease, close };

struct SentTx {
  std::uint64_t dseq = 0;
  TxKind kind = TxKind::create;
};

/// Transactions whose fate is not known yet.
using SentTxs = NonceWindow<SentTx, std::size_t{1} << 16>;

}  // namespace souk
