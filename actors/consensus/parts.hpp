#pragma once

#include <cstdint>

#include "actors/consensus/bits.hpp"
#include "actors/consensus/block.hpp"

/// Puts a value together from its parts (consensus-node.md section 1.4).
namespace souk::consensus {

/// The sizes that a value header claims are possible: 1 <= byte_count <= bytes_max, and exactly as many parts
/// as that takes. Asked before anything is allocated for the value (#5324).
Result<void> check_sizes(const ValueHeader& header, const BlockLimits& limits);

/// Takes the parts of one value in any order. A value: copies are independent.
class PartAssembler {
 public:
  /// Allocates nothing yet. Errors: as check_sizes.
  static Result<PartAssembler> create(const ValueHeader& header, const BlockLimits& limits);
  /// Already complete: our own value, or one learnt whole. REQUIRES: check_sizes, and the payload is the
  /// header's.
  static PartAssembler of(SharedValue value, const BlockLimits& limits);

  enum class Taken : std::uint8_t {
    added,
    duplicate,    ///< this place is filled
    other_value,  ///< a part of something else
    wrong_index,  ///< there is no such place
    wrong_size,   ///< all parts but the last have exactly part_bytes
    wrong_proof,  ///< the proof does not prove these bytes at this place (ASA-2025-002)
  };
  /// A refusal changes nothing. Height and round of the part are the caller's to check.
  Taken add(const Part& part);

  bool complete() const { return value_ != nullptr; }
  /// The whole value once complete, null before.
  const SharedValue& value() const { return value_; }
  const ValueHeader& header() const { return header_; }
  const ValueId& id() const { return id_; }
  /// The places that are filled.
  const Bits& has() const { return has_; }

 private:
  PartAssembler(const ValueHeader& header, const ValueId& id, std::uint32_t part_bytes);
  std::uint32_t size_at(std::uint32_t index) const;

  ValueHeader header_;
  ValueId id_{};
  std::uint32_t part_bytes_ = 0;
  Bits has_;
  std::uint32_t parts_left_ = 0;
  Bytes payload_;  ///< from the first part on, until complete
  SharedValue value_;
};

}  // namespace souk::consensus
