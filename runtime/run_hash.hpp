#pragma once

#include <span>
#include <string>

#include "actors/base/hash.hpp"
#include "actors/effects.hpp"

/// The run hash: one fingerprint for a whole run, equal for equal runs whatever watched them and on however
/// many threads they ran (design.md section 5).
///
/// Each actor's events are chained in the order they happened to it, and the chains are folded in the order
/// of actor ids. That commits to the total order too: actors are functions of their events, so equal chains
/// mean equal sends, and the total order is a function of the sends. Chaining per actor lets threads hash
/// without waiting for each other.
namespace souk::runtime {

using Fingerprint = StreamHash::Value;

/// 32 hexadecimal digits.
std::string hex(const Fingerprint& fingerprint);

/// Of an event's content: shared payloads count by value, not by address.
Fingerprint event_hash(const Event& event);
/// Whether `effect` is part of what happened: an Observe is not, or a run would depend on who looks.
inline bool counts(const Effect& effect) { return !std::holds_alternative<Observe>(effect); }
/// Of the effects one event had, in order; those that do not count left out.
Fingerprint effects_hash(std::span<const Effect> effects);

/// Chains one more event, at `at`, to those of its actor. `event` is its event_hash.
void add_event(StreamHash& chain, Time at, const Fingerprint& event);
/// The run hash of the chains of actors 0, 1, 2, ...
Fingerprint run_hash(std::span<const StreamHash> chains);

}  // namespace souk::runtime
