#include "actors/capacity/chains.hpp"

#include "actors/base/check.hpp"
#include "actors/capacity/blake3.hpp"

namespace souk::capacity {

Hash tagged_hash(std::string_view tag, std::initializer_list<std::span<const std::uint8_t>> parts) {
  SOUK_CHECK(tag.size() == 9);
  Blake3 hash;
  hash.add(tag);
  for (const auto& part : parts) hash.add(part);
  return hash.finish();
}

Hash next_nonce(const Hash& nonce) { return tagged_hash("gpoc/n/v2", {nonce}); }

Hash first_state_link(const Hash& c, const Hash& d0) { return tagged_hash("gpoc/h/v2", {c, d0}); }
Hash next_state_link(const Hash& link, const Hash& state_hash) {
  return tagged_hash("gpoc/h/v2", {link, state_hash});
}

Hash next_sweep_link(const Hash& link, const Hash& sweep_hash) {
  return tagged_hash("gpoc/g/v2", {link, sweep_hash});
}

}  // namespace souk::capacity
