#include "actors/effects.hpp"

namespace souk {

Effect::Effect(const Effect&) = default;
Effect::Effect(Effect&&) noexcept = default;
Effect& Effect::operator=(const Effect&) = default;
Effect& Effect::operator=(Effect&&) noexcept = default;
Effect::~Effect() = default;

// Module addresses, which no key can own; computed once, since every chain event asks for them.

Topic topic_orders() {
  static const Topic topic = module_address("souk/topic/orders");
  return topic;
}

Topic topic_providers() {
  static const Topic topic = module_address("souk/topic/providers");
  return topic;
}

Topic topic_leases() {
  static const Topic topic = module_address("souk/topic/leases");
  return topic;
}

Topic topic_staking() {
  static const Topic topic = module_address("souk/topic/staking");
  return topic;
}

Topic topic_gov() {
  static const Topic topic = module_address("souk/topic/gov");
  return topic;
}

Topic topic_chain() {
  static const Topic topic = module_address("souk/topic/chain");
  return topic;
}

}  // namespace souk
