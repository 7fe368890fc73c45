#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace souk {

/// A SHA-256 digest, first byte first.
using Hash = std::array<std::uint8_t, 32>;

/// Runs the compression function of SHA-256 over `count` blocks of 64 bytes. The ways to do that differ in
/// speed only.
using Sha256Compress = void (*)(std::array<std::uint32_t, 8>& state, const std::uint8_t* blocks,
                                std::size_t count);
/// Any processor can.
void sha256_compress_portable(std::array<std::uint32_t, 8>& state, const std::uint8_t* blocks,
                              std::size_t count);
/// By the processor's own SHA instructions; null where it has none.
Sha256Compress sha256_compress_native();
/// Native where there is one.
Sha256Compress sha256_compress_best();

/// SHA-256 (FIPS 180-4), fed piece by piece. Written here because actors link against nothing.
class Sha256 {
 public:
  explicit Sha256(Sha256Compress compress = sha256_compress_best()) : compress_(compress) {}
  void add(std::span<const std::uint8_t> bytes);
  void add(std::string_view text);
  /// The digest of everything added. The object must not be used afterwards.
  Hash finish();

 private:
  Sha256Compress compress_;
  std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  std::array<std::uint8_t, 64> block_;  ///< the first filled_ bytes count
  std::size_t filled_ = 0;              ///< bytes waiting in block_
  std::uint64_t total_bytes_ = 0;
};

Hash sha256(std::span<const std::uint8_t> bytes);
Hash sha256(std::string_view text);

/// Lower-case hexadecimal, two digits a byte.
std::string to_hex(std::span<const std::uint8_t> bytes);

/// Fingerprint of a stream of words: run hashes, journal hashes, state comparisons. Order-sensitive; 128
/// bits, so that runs that differ by accident collide with probability 2^-128. NOT cryptographic: whoever
/// may choose the input can make collisions, so nothing a peer sends is trusted by it (use Sha256).
/// A plain value: copy it to fork the stream; value() may be asked at any time.
class StreamHash {
 public:
  struct Value {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend constexpr auto operator<=>(const Value&, const Value&) = default;
  };

  /// Mixes one word. For a given state every word leads to another state, and for a given word every state
  /// does: nothing is ever forgotten.
  constexpr void add(std::uint64_t word) {
    low_ = (low_ ^ word) * 0x9fb21c651e98df25u;
    low_ ^= low_ >> 32;
    high_ = (((high_ << 29) | (high_ >> 35)) ^ low_) * 0xd6e8feb86659fd93u;
    ++words_;
  }
  /// Mixes the length, then the bytes as little-endian words, the last one padded with zeros.
  void add(std::span<const std::uint8_t> bytes);
  void add(std::string_view text);

  constexpr Value value() const {
    const std::uint64_t low = finish(low_ ^ words_ * 0x9e3779b97f4a7c15u);
    const std::uint64_t high = finish(high_ + low);
    return {high, finish(low ^ high)};
  }
  /// 32 hexadecimal digits.
  std::string hex() const;

 private:
  static constexpr std::uint64_t finish(std::uint64_t x) {
    x = (x ^ (x >> 33)) * 0xff51afd7ed558ccdu;
    x = (x ^ (x >> 33)) * 0xc4ceb9fe1a85ec53u;
    return x ^ (x >> 33);
  }

  std::uint64_t low_ = 0x243f6a8885a308d3u;  // digits of pi: nothing up the sleeve
  std::uint64_t high_ = 0x13198a2e03707344u;
  std::uint64_t words_ = 0;
};

}  // namespace souk
