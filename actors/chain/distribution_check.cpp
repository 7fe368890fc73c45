#include "actors/chain/distribution.hpp"

// What must hold of distribution at all times.
namespace souk {
namespace {

bool has_negative(const DecCoins& coins) {
  for (const Dec& amount : coins.of)
    if (amount.is_negative()) return true;
  return false;
}

}  // namespace

/// Nobody is owed less than nothing, and a validator's commission and current rewards are part of what it is
/// owed.
Result<void> RewardDistribution::check_validators() const {
  if (has_negative(pool_)) return fail("the community pool is negative");
  for (std::uint32_t i = 0; i < validators_.size(); ++i) {
    const ValidatorRow& row = validators_[i];
    if (has_negative(row.current) || has_negative(row.commission) ||
        has_negative(row.outstanding - row.current - row.commission))
      return fail("rewards of " + to_bech32(row.validator) + " are negative or above what is outstanding");
    if (row.removed && !row.outstanding.is_zero())
      return fail("rewards of " + to_bech32(row.validator) + " outlive it");
  }
  return {};
}

/// A period is remembered by every delegation that began after it, by every slash that ended it, and by its
/// validator if it was the last; by nobody else, and not for longer.
Result<void> RewardDistribution::check_references() const {
  std::uint64_t references = 0;
  for (const auto& [key, historical] : historical_) {
    if (historical.references == 0)
      return fail("a period of " + to_bech32(key.validator) + " is remembered by none");
    references += historical.references;
  }
  std::uint64_t needed = 0;
  for (std::uint32_t i = 0; i < validators_.size(); ++i) needed += validators_[i].removed ? 0 : 1;
  for (const auto& [key, start] : starts_) {
    if (find(key.validator) == no_row)
      return fail("a delegation to " + to_bech32(key.validator) + " outlives it");
    ++needed;
  }
  for (auto it = slashes_.begin(); it != slashes_.end(); ++it) ++needed;
  if (references != needed)
    return fail("periods are remembered " + std::to_string(references) + " times, " + std::to_string(needed) +
                " are needed");
  return {};
}

Result<void> RewardDistribution::check(const Bank& bank, bool exact) const {
  if (auto sound = check_validators(); !sound) return sound;
  if (auto sound = check_references(); !sound) return sound;
  const DecCoins owes = owed();
  for (const Denom denom : all_denoms) {
    const Dec has = Dec::from(bank.balance(bank.distribution(), denom));
    if (has < owes[denom] || (exact && has != owes[denom]))
      return fail("distribution holds " + has.to_string() + std::string(denom_name(denom)) + " and owes " +
                  owes[denom].to_string());
  }
  return {};
}

}  // namespace souk
