#pragma once

#include <vector>

#include "scenarios/validate.hpp"

namespace souk::scenarios {

std::vector<Check> auction_checks();    ///< V01 V02 V03 V05 V06 V09
std::vector<Check> queue_checks();      ///< V13 V14 V15
std::vector<Check> ledger_checks();     ///< V24 V27 V28
std::vector<Check> data_checks();       ///< V33 V38
std::vector<Check> stake_checks();      ///< V16 V17 V19 V21
std::vector<Check> slashing_checks();   ///< V32
std::vector<Check> consensus_checks();  ///< V22 V23

}  // namespace souk::scenarios
