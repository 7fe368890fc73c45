#pragma once

#include "actors/base/money.hpp"
#include "actors/base/time.hpp"
#include "actors/tenant_config.hpp"

/// A tenant's own books about one deployment's escrow, and when to fill it. The ledger keeps the truth; these
/// books differ from it by less than one micro-coin per settlement.
namespace souk {

/// What a tenant knows of the escrow of one deployment: its deposits, and what its leases cost so far.
struct EscrowBook {
  Amount deposited;  ///< accepted by the chain
  Amount spent;      ///< by leases that have ended
  Dec rate;          ///< of the running lease, micro-coins per block
  Height since;      ///< when it started
  bool paying = false;

  void start(Dec lease_rate, Height height);
  /// The lease ended at `height`: what it cost, at most what was there, becomes `spent`.
  void stop(Height height);
  /// What is left at `height`, never negative: what a close would refund.
  Amount left_at(Height height) const;
  /// Whole blocks the running lease can still be paid at `height`; huge when nothing is paying.
  Blocks runway_at(Height height) const;
};

/// What to do about a deployment's funds now.
struct FundingStep {
  Amount deposit;                   ///< to be added now; 0 = nothing
  std::optional<Duration> look_in;  ///< when to look again; none = never needed
};

/// Decides for a lease that still wants `remaining` of service. `deposit` is not limited by any budget here.
/// Source: akash-offchain.md section 4 (auto top-up).
FundingStep plan_funding(const FundingPolicy& policy, const EscrowBook& book, Height height,
                         Duration remaining, Duration block_time);

/// Micro-coins that pay `rate` for `duration`, rounded up to whole blocks and whole units.
Amount cost_of(Dec rate, Duration duration, Duration block_time);

}  // namespace souk
