#pragma once

#include <optional>
#include <string>

#include "actors/consensus/types.hpp"
#include "tests/consensus/validators_fixture.hpp"

namespace souk::consensus::test {

inline const std::string chain = "souk-test-1";

inline ValueId value_named(char letter) {
  ValueId id{};
  id.fill(static_cast<std::uint8_t>(letter));
  return id;
}

/// `statement`, signed by the validator at `index` of `set`.
inline Signed signed_by(const ValidatorSet& set, std::size_t index, const Statement& statement,
                        const std::string& chain_id = chain) {
  return {statement, static_cast<std::uint32_t>(index), set[index].address,
          KeyedHash::sign(set[index].key, sign_bytes(chain_id, statement))};
}
inline Vote vote_by(const ValidatorSet& set, std::size_t index, Step step, Round round,
                    std::optional<ValueId> value, Height height = {1}) {
  return signed_by(set, index, {step, height, round, value, no_round});
}

}  // namespace souk::consensus::test
