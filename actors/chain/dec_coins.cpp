#include "actors/chain/dec_coins.hpp"

namespace souk {

std::string to_string(const DecCoins& coins) {
  std::string text;
  for (const Denom denom : {Denom::uact, Denom::uakt, Denom::uusdc}) {
    if (coins[denom].is_zero()) continue;
    if (!text.empty()) text += ',';
    text += coins[denom].to_string();
    text += denom_name(denom);
  }
  return text;
}

}  // namespace souk
