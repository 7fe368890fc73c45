#include <cstddef>
#include <cstdint>

#include "actors/base/codec.hpp"
#include "actors/base/text.hpp"
#include "actors/consensus/observation.hpp"
#include "actors/effects.hpp"

namespace souk {
namespace {

/// Whatever bytes decode must be exactly the encoding of what they decoded to, and must print and hash.
template <class T>
void try_as(std::span<const std::uint8_t> bytes) {
  const auto x = decode<T>(bytes);
  if (!x) return;
  const Bytes again = encode(*x);
  SOUK_CHECK(std::ranges::equal(again, bytes));
  StreamHash hash;
  hash_into(hash, *x);
  SOUK_CHECK(!to_text(*x).empty());
}

}  // namespace
}  // namespace souk

/// The first byte chooses the type, the rest is decoded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span bytes(data + 1, size - 1);
  switch (data[0] % 5) {
    case 0: souk::try_as<souk::Event>(bytes); break;
    case 1: souk::try_as<souk::Effect>(bytes); break;
    case 2: souk::try_as<souk::Tx>(bytes); break;
    case 3: souk::try_as<souk::GroupSpec>(bytes); break;
    default: souk::try_as<souk::EscrowAccount>(bytes); break;
  }
  return 0;
}
