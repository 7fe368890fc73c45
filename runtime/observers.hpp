#pragma once

#include <span>
#include <vector>

#include "runtime/directory.hpp"
#include "runtime/host.hpp"
#include "runtime/journal.hpp"

namespace souk::runtime {

/// True if a host can not deliver `effect` of `actor` because nobody is there to take it. Both hosts drop
/// such an effect and tell the collectors undeliverable_note().
bool is_undeliverable(const Directory& directory, ActorId actor, const Effect& effect);
inline Effect undeliverable_note() { return Note{Note::Metric::undeliverable, 0, 1}; }

/// Who watches a run: collectors and a journal. They see events and effects and change neither.
class Observers {
 public:
  void attach(Collector& collector) { collectors_.push_back(&collector); }
  void record(JournalWriter& journal) { journal_ = &journal; }

  bool any() const { return journal_ != nullptr || !collectors_.empty(); }
  JournalWriter* journal() const { return journal_; }
  /// Tells everybody of one handled event. Not thread-safe; the caller keeps the total order.
  void tell(const Directory& directory, Time at, ActorId actor, const Event& event,
            std::span<const Effect> effects) const;
  /// The same in two parts, where effects are not carried out with their event: the journal takes all of
  /// `effects`, collectors only the event...
  void tell_event(Time at, ActorId actor, const Event& event, std::span<const Effect> effects) const;
  /// ... and each effect when its time comes.
  void tell_effect(const Directory& directory, Time at, ActorId actor, const Effect& effect) const;

 private:
  std::vector<Collector*> collectors_;
  JournalWriter* journal_ = nullptr;
};

}  // namespace souk::runtime
