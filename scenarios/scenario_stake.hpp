#pragma once

#include <functional>
#include <string>

#include "scenarios/scenario.hpp"

namespace souk::scenarios {

/// Makes the error about the setting at `path`.
using WrongSetting = std::function<Unexpected<Error>(const std::string& path, const std::string& what)>;

/// Turns the sections `consensus` and `staking` into what the chain and the actors are configured with, and
/// checks what no single row can. REQUIRES: `params` of the scenario are made.
Result<void> complete_stake(Scenario& scenario, const WrongSetting& wrong);

/// What `change` makes of the chain's parameters, as messages of the gov module.
SharedMsgs parameter_msgs(const ParameterChange& change, const StakeParams& params);

}  // namespace souk::scenarios
