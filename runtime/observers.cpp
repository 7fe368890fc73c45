#include "runtime/observers.hpp"

namespace souk::runtime {

bool is_undeliverable(const Directory& directory, ActorId actor, const Effect& effect) {
  if (const auto* send = std::get_if<SendTo>(&effect)) return directory.find(send->to) == no_actor;
  if (std::holds_alternative<SubmitTx>(effect)) return directory.validator_of(actor) == no_actor;
  return false;
}

void Observers::tell(const Directory& directory, Time at, ActorId actor, const Event& event,
                     std::span<const Effect> effects) const {
  tell_event(at, actor, event, effects);
  if (collectors_.empty()) return;
  for (const Effect& effect : effects) tell_effect(directory, at, actor, effect);
}

void Observers::tell_event(Time at, ActorId actor, const Event& event,
                           std::span<const Effect> effects) const {
  if (journal_ != nullptr) journal_->append(at, actor, event, effects);
  for (Collector* collector : collectors_) collector->on_event(at, actor, event);
}

void Observers::tell_effect(const Directory& directory, Time at, ActorId actor, const Effect& effect) const {
  if (collectors_.empty()) return;
  for (Collector* collector : collectors_) collector->on_effect(at, actor, effect);
  if (!is_undeliverable(directory, actor, effect)) return;
  for (Collector* collector : collectors_) collector->on_effect(at, actor, undeliverable_note());
}

}  // namespace souk::runtime
