#include "actors/consensus/types.hpp"

#include <type_traits>

namespace souk::consensus {

ValueId value_id(const ValueHeader& header) { return sha256(encode(header)); }

Bytes sign_bytes(std::string_view chain_id, const Statement& statement) {
  Bytes bytes;
  encode_to(bytes, statement.step);
  encode_to(bytes, statement.height.value);
  encode_to(bytes, std::int64_t{statement.round});
  encode_to(bytes, std::int64_t{statement.valid_round});
  encode_to(bytes, statement.value.has_value());
  encode_to(bytes, statement.value.value_or(ValueId{}));
  encode_to(bytes, std::string(chain_id));
  return bytes;
}

Height height_of(const Message& message) {
  return std::visit(
      [](const auto& m) {
        using M = std::remove_cvref_t<decltype(m)>;
        if constexpr (std::is_same_v<M, Proposal>) {
          return m.head.statement.height;
        } else if constexpr (std::is_same_v<M, Vote>) {
          return m.statement.height;
        } else if constexpr (std::is_same_v<M, CertifiedValue>) {
          return m.commit.height;
        } else if constexpr (std::is_same_v<M, Evidence>) {
          return m.first.statement.height;
        } else {
          return m.height;
        }
      },
      message);
}

Signature KeyedHash::sign(const PublicKey& key, std::span<const std::uint8_t> bytes) {
  StreamHash hash;
  hash.add(std::span<const std::uint8_t>(key));
  hash.add(bytes);
  Signature signature{};
  store_little(hash.value().high, signature.data());
  store_little(hash.value().low, signature.data() + 8);
  return signature;
}

bool KeyedHash::verify(const PublicKey& key, std::span<const std::uint8_t> bytes,
                       const Signature& signature) const {
  return sign(key, bytes) == signature;
}

}  // namespace souk::consensus
