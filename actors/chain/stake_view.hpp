#pragma once

#include <optional>
#include <vector>

#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"

namespace souk {

/// A validator as distribution and governance need to know it.
struct ValidatorStake {
  Amount tokens;
  Dec shares;  ///< of all its delegators
  bool bonded = false;
};
/// Shares that a delegator has in a validator, and that validator.
struct DelegationStake {
  Address validator;
  Dec shares;
  ValidatorStake of;
};

/// What distribution and governance ask of staking. They lie below it and cannot call it: the ledger hands
/// them this view of the state as it is at the moment of the call.
class StakeView {
 public:
  /// nullopt: no such validator.
  virtual std::optional<ValidatorStake> validator(const Address& validator) const = 0;
  /// Shares of the delegation; nullopt: there is none.
  virtual std::optional<Dec> delegation(const Address& delegator, const Address& validator) const = 0;
  /// Appends every delegation of `delegator`, in the order of validator address bytes.
  virtual void delegations_of(const Address& delegator, std::vector<DelegationStake>& result) const = 0;
  /// Tokens of all bonded validators together.
  virtual Amount total_bonded() const = 0;

 protected:
  ~StakeView() = default;
};

}  // namespace souk
