#pragma once

#include <cstdint>
#include <vector>

#include "actors/effects.hpp"

namespace souk {

struct AuditorConfig {
  Address address;
  std::vector<Address> vouches_for;  ///< providers whose attributes it signs
  Coin fee{Denom::uakt, {0}};        ///< with each transaction
};

/// Signs the attributes of the providers it vouches for, when they register and whenever they change them.
/// Off-chain. Subscribes to topic_providers. Source: akash-chain.md section 6.2.
class Auditor {
 public:
  /// Sorts `vouches_for`.
  explicit Auditor(AuditorConfig config);

  void on(const Event& event, const Context& context, Effects& out);

 private:
  void sign(const Address& provider, const Attributes& attributes, Effects& out);

  AuditorConfig config_;
  std::uint64_t nonces_ = 0;
};

}  // namespace souk
