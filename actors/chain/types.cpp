#include "actors/chain/types.hpp"

namespace souk {

DecCoin group_price(const GroupSpec& spec) {
  DecCoin price;
  if (!spec.resources.empty()) price.denom = spec.resources.front().price.denom;
  for (const ResourceUnit& unit : spec.resources) price.amount += unit.price.amount.times(unit.count);
  return price;
}

}  // namespace souk
