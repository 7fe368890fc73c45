#include "runtime/run_hash.hpp"
#include "actors/consensus/observation.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "actors/base/codec.hpp"

namespace souk::runtime {

std::string hex(const Fingerprint& fingerprint) {
  return fmt::format("{:016x}{:016x}", fingerprint.high, fingerprint.low);
}

Fingerprint event_hash(const Event& event) {
  StreamHash hash;
  hash_into(hash, event);
  return hash.value();
}

Fingerprint effects_hash(std::span<const Effect> effects) {
  StreamHash hash;
  hash.add(static_cast<std::uint64_t>(std::count_if(effects.begin(), effects.end(), counts)));
  for (const Effect& effect : effects) {
    if (counts(effect)) hash_into(hash, effect);
  }
  return hash.value();
}

void add_event(StreamHash& chain, Time at, const Fingerprint& event) {
  chain.add(static_cast<std::uint64_t>(at.time_since_epoch().count()));
  chain.add(event.high);
  chain.add(event.low);
}

Fingerprint run_hash(std::span<const StreamHash> chains) {
  StreamHash hash;
  for (const StreamHash& chain : chains) {
    const Fingerprint value = chain.value();
    hash.add(value.high);
    hash.add(value.low);
  }
  return hash.value();
}

}  // namespace souk::runtime
