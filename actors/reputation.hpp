#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/base/id_map.hpp"
#include "actors/base/time.hpp"
#include "actors/chain/types.hpp"

namespace souk {

/// What one tenant knows of providers: its own observations, and the public records it subscribed to. No
/// tenant sees another's observations: shared market knowledge would be a rule of the host.
class Reputation {
 public:
  /// The provider's attributes on chain, from EventProviderCreated / Updated. `region` is what the tenant
  /// prefers; matched against the values of `region` and `location-region`.
  void learn(const Address& provider, const Attributes& attributes, std::string_view region);
  /// `auditor` signed (or withdrew) something about the provider.
  void sign(const Address& provider, const Address& auditor);
  void unsign(const Address& provider, const Address& auditor);
  /// A lease of this tenant was served for `up` and failed for `down`.
  void observe(const Address& provider, Duration up, Duration down);

  /// Share of leased time the provider's workloads were up, in [0, 1]: own observations plus a prior.
  double uptime(const Address& provider) const;
  /// How many of `trusted` (all auditors, if empty) signed the provider.
  std::uint32_t tier(const Address& provider, const std::vector<Address>& trusted) const;
  bool in_region(const Address& provider) const;

  /// No lease for the provider before `until`. Extends, never shortens.
  void exclude(const Address& provider, Time until);
  bool excluded(const Address& provider, Time now) const;

  std::size_t size() const { return views_.size(); }

 private:
  struct View {
    double up_h = 0;
    double down_h = 0;
    std::vector<Address> auditors;  ///< sorted, at most auditors_max
    bool in_region = false;
  };
  View* at(const Address& provider);
  const View* find(const Address& provider) const;

  struct Exclusion {
    Address provider;
    Time until;
  };

  IdMap<Address, View> views_;
  std::vector<Exclusion> exclusions_;  ///< few, and asked for with every bid: apart from the views
};

inline constexpr std::size_t providers_known_max = 4096;  ///< beyond it new providers stay unknown
inline constexpr std::size_t auditors_max = 64;           ///< per provider
/// A provider nobody has tried counts as up this share, with the weight of so many hours. ASSUME
inline constexpr double uptime_prior = 0.99;
inline constexpr double uptime_prior_h = 24;

}  // namespace souk
