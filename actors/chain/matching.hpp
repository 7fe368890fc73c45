#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "actors/chain/types.hpp"

/// Whether a provider's attributes answer a group's wishes: the one rule that the chain applies to a bid
/// (akash-chain.md section 3.7) and that a provider applies before it bids (akash-offchain.md section 2.2).
namespace souk {

/// Go's filepath.Match: `*` any run without '/', `?` one character but '/', `[a-z]` and `[^a-z]` classes,
/// `\x` the character x. The whole name must match. A malformed pattern matches nothing.
bool glob_match(std::string_view pattern, std::string_view name);

/// Every wanted attribute is matched by an offered one: key by glob (the wanted key is the pattern), value
/// equal.
bool attributes_within(const Attributes& wanted, const Attributes& offered);

/// A provider's own attributes, arranged once so that each order costs a few comparisons.
class Capabilities {
 public:
  Capabilities() = default;
  explicit Capabilities(Attributes attributes);

  const Attributes& attributes() const { return attributes_; }  ///< sorted by key, value

  /// As attributes_within(wanted, attributes()).
  bool cover(const Attributes& wanted) const;
  /// Each storage volume with attributes fits in one group `capabilities/storage/<n>/...`; of each unit's
  /// GPU attributes at least one matches a `capabilities/gpu/...` attribute. CPU and memory attributes are
  /// not compared.
  bool can_serve(const GroupSpec& spec) const;

 private:
  Attributes attributes_;
  std::map<std::string, Attributes> storage_;  ///< by <n>; keys without the prefix
  Attributes gpu_;                             ///< keys without the prefix; sorted
};

/// Whether auditors must have signed something: only then are signed records asked for.
bool needs_auditors(const PlacementRequirements& wanted);

/// The placement rule. Without signed_by the provider's own attributes must cover the wanted ones. With it,
/// every auditor of all_of and at least one of any_of must have signed attributes that cover them; `audited`
/// holds this provider's signed records, in any order.
bool requirements_met(const PlacementRequirements& wanted, const Capabilities& own,
                      std::span<const SharedAudit> audited);

}  // namespace souk
