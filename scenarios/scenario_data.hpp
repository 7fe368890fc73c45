#pragma once

#include "scenarios/scenario.hpp"

/// Recorded data in the place of what a scenario file spells out.
namespace souk::scenarios {

/// The machines of `data`, dealt to the class's providers (class_clusters says how). Does nothing for `none`.
/// Errors: a missing or damaged file (`file:line: ...`); more providers than machines.
Result<void> apply_recorded_data(ProviderClass& provider_class, Denom price_denom, ReadContext& context);
/// The requests and arrivals of `data`. Does nothing for `none`. Errors: a missing or damaged file.
Result<void> apply_recorded_data(TenantSegment& segment, Denom price_denom, ReadContext& context);

}  // namespace souk::scenarios
