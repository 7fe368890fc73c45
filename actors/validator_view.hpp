#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "actors/messages.hpp"

/// What an account that follows topic_staking knows of the validators. Shares and yields are for choices and
/// statistics only, never for the ledger.
namespace souk {

struct KnownValidator {
  double commission = 0;  ///< fraction of what its delegators earn
  Amount tokens;          ///< delegated to it, uakt
  bool bonded = true;     ///< in the active set
  bool jailed = false;
  std::uint32_t slashes = 0;
  Time last_fault = Time::min();  ///< when it was last slashed or jailed
};

/// By operator account. std::map: the order is part of every choice made over it.
using KnownValidators = std::map<Address, KnownValidator>;

/// A picture of the validators, kept up with chain events. It begins with those of genesis, which no event
/// tells. At most known_validators_max; later ones stay unknown.
class ValidatorView {
 public:
  ValidatorView() = default;
  explicit ValidatorView(std::shared_ptr<const KnownValidators> genesis);

  /// Takes in what `notice` says. False if it says nothing of validators, or says again what the notice just
  /// before it said: whoever follows both its own account and topic_staking is told some things twice, one
  /// right after the other.
  bool take(const ChainNotice& notice);

  const KnownValidators& validators() const { return validators_; }
  const KnownValidator* find(const Address& validator) const;
  Amount bonded() const { return bonded_; }
  /// Share of the bonded tokens, 0 outside the active set.
  double share(const Address& validator) const;
  /// Mean commission of the active set but `except`, weighted by tokens; 0 if there is none.
  double mean_commission(const Address& except) const;

 private:
  /// What tells two notices apart.
  struct Said {
    Height height;
    std::size_t kind = 0;
    Address a;
    Address b;
    Amount amount;
    friend bool operator==(const Said&, const Said&) = default;
  };
  static Said said(const ChainNotice& notice, const StakeEvent& event);
  void apply(const StakeEvent& event, Time at);
  void add_tokens(const Address& validator, Amount amount);
  void set_status(const Address& validator, bool bonded, bool jailed, Amount tokens, Time at);
  KnownValidator* known(const Address& validator);

  KnownValidators validators_;
  Amount bonded_;
  std::optional<Said> last_;
};

inline constexpr std::size_t known_validators_max = 2'000;

/// `share` of `amount`, rounded down. REQUIRES: 0 <= share <= 1.
Amount part_of(Amount amount, double share);

}  // namespace souk
