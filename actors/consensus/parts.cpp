#include "actors/consensus/parts.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "actors/base/check.hpp"
#include "actors/consensus/merkle.hpp"

namespace souk::consensus {

Result<void> check_sizes(const ValueHeader& header, const BlockLimits& limits) {
  if (header.byte_count == 0 || header.byte_count > limits.bytes_max)
    return fail("a value of " + std::to_string(header.byte_count) + " bytes; 1 to " +
                std::to_string(limits.bytes_max) + " are possible");
  const std::uint32_t expected = part_count_of(header.byte_count, limits);
  if (header.part_count != expected)
    return fail("a value of " + std::to_string(header.byte_count) + " bytes has " + std::to_string(expected) +
                " parts, not " + std::to_string(header.part_count));
  return {};
}

PartAssembler::PartAssembler(const ValueHeader& header, const ValueId& id, std::uint32_t part_bytes)
    : header_(header),
      id_(id),
      part_bytes_(part_bytes),
      has_(bits_of(header.part_count)),
      parts_left_(header.part_count) {}

Result<PartAssembler> PartAssembler::create(const ValueHeader& header, const BlockLimits& limits) {
  if (const auto sizes = check_sizes(header, limits); !sizes) return Unexpected{sizes.error()};
  return PartAssembler(header, value_id(header), limits.part_bytes);
}

PartAssembler PartAssembler::of(SharedValue value, const BlockLimits& limits) {
  SOUK_CHECK(value != nullptr && check_sizes(value->header, limits));
  SOUK_CHECK(value->payload.size() == value->header.byte_count);
  PartAssembler assembler(value->header, value_id(value->header), limits.part_bytes);
  for (std::uint32_t i = 0; i < assembler.has_.count; ++i) put(assembler.has_, i);
  assembler.parts_left_ = 0;
  assembler.value_ = std::move(value);
  return assembler;
}

std::uint32_t PartAssembler::size_at(std::uint32_t index) const {
  const bool is_last = index + 1 == header_.part_count;
  return is_last ? header_.byte_count - index * part_bytes_ : part_bytes_;
}

PartAssembler::Taken PartAssembler::add(const Part& part) {
  if (part.value != id_) return Taken::other_value;
  if (part.index >= header_.part_count) return Taken::wrong_index;
  if (consensus::has(has_, part.index)) return Taken::duplicate;
  if (part.bytes.size() != size_at(part.index)) return Taken::wrong_size;
  if (!merkle_verify(header_.part_root, part.index, header_.part_count, merkle_leaf(part.bytes), part.proof))
    return Taken::wrong_proof;
  payload_.resize(header_.byte_count);
  std::copy(part.bytes.begin(), part.bytes.end(),
            payload_.begin() + std::ptrdiff_t{part.index} * std::ptrdiff_t{part_bytes_});
  put(has_, part.index);
  --parts_left_;
  if (parts_left_ == 0) value_ = std::make_shared<const Value>(Value{header_, std::exchange(payload_, {})});
  return Taken::added;
}

}  // namespace souk::consensus
