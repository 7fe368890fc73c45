#include "actors/consensus/parts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/consensus/blocks_fixture.hpp"

namespace souk::consensus {
namespace {

using Taken = PartAssembler::Taken;

const BlockLimits small{.bytes_max = 20'000, .part_bytes = 1'024};

struct Sample {
  SharedValue value = make_value(test::sample_block(8'000), small);
  std::vector<Part> parts = cut(*value, {7}, 0, small);
  PartAssembler assembler = PartAssembler::create(value->header, small).value();
};

TEST(PartAssembler, PutsAValueTogetherInAnyOrder) {
  const Sample s;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    Rng rng(seed, ActorId{0}, Purpose::test, 0);
    std::vector<Part> parts = s.parts;
    for (std::size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[rng.below(i)]);
    PartAssembler assembler = s.assembler;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      EXPECT_FALSE(assembler.complete());
      EXPECT_EQ(assembler.value(), nullptr);
      ASSERT_EQ(assembler.add(parts[i]), Taken::added);
      EXPECT_EQ(size_of(assembler.has()), i + 1);
      EXPECT_TRUE(has(assembler.has(), parts[i].index));
    }
    ASSERT_TRUE(assembler.complete());
    EXPECT_EQ(*assembler.value(), *s.value);
    EXPECT_EQ(assembler.id(), value_id(s.value->header));
  }
}

TEST(PartAssembler, ADuplicateChangesNothing) {
  Sample s;
  ASSERT_EQ(s.assembler.add(s.parts[3]), Taken::added);
  EXPECT_EQ(s.assembler.add(s.parts[3]), Taken::duplicate);
  EXPECT_EQ(size_of(s.assembler.has()), 1u);
  for (const Part& part : s.parts) (void)s.assembler.add(part);
  ASSERT_TRUE(s.assembler.complete());
  EXPECT_EQ(s.assembler.add(s.parts[0]), Taken::duplicate);
  EXPECT_EQ(*s.assembler.value(), *s.value);
}

// Regression: ASA-2025-002, a part under an index that its proof does not prove (consensus-node.md section
// 4).
TEST(PartAssembler, APartUnderAnotherIndexIsRefused) {
  Sample s;
  const auto count = static_cast<std::uint32_t>(s.parts.size());
  ASSERT_GT(count, 4u);
  for (std::uint32_t i = 0; i < count; ++i) {
    for (std::uint32_t claimed = 0; claimed < count; ++claimed) {
      if (claimed == i) continue;
      Part part = s.parts[i];
      part.index = claimed;
      const bool same_size = i + 1 != count && claimed + 1 != count;
      EXPECT_EQ(s.assembler.add(part), same_size ? Taken::wrong_proof : Taken::wrong_size);
    }
    Part part = s.parts[i];
    part.index = count;
    EXPECT_EQ(s.assembler.add(part), Taken::wrong_index);
    part.index = 0xffff'ffff;
    EXPECT_EQ(s.assembler.add(part), Taken::wrong_index);
  }
  EXPECT_EQ(size_of(s.assembler.has()), 0u);
}

TEST(PartAssembler, EveryPartButTheLastHasExactlyTheSizeOfAPart) {
  Sample s;
  for (const std::size_t i : {std::size_t{0}, s.parts.size() - 1}) {
    Part part = s.parts[i];
    part.bytes.push_back(0);
    EXPECT_EQ(s.assembler.add(part), Taken::wrong_size);
    part.bytes.erase(part.bytes.end() - 2, part.bytes.end());
    EXPECT_EQ(s.assembler.add(part), Taken::wrong_size);
    part.bytes.clear();
    EXPECT_EQ(s.assembler.add(part), Taken::wrong_size);
  }
}

TEST(PartAssembler, AFlippedBitOrATruncatedProofIsRefused) {
  Sample s;
  Part part = s.parts[2];
  part.bytes[17] ^= 4;
  EXPECT_EQ(s.assembler.add(part), Taken::wrong_proof);
  part = s.parts[2];
  part.proof[1][0] ^= 1;
  EXPECT_EQ(s.assembler.add(part), Taken::wrong_proof);
  part = s.parts[2];
  part.proof.pop_back();
  EXPECT_EQ(s.assembler.add(part), Taken::wrong_proof);
  part = s.parts[2];
  part.value[0] ^= 1;
  EXPECT_EQ(s.assembler.add(part), Taken::other_value);
  EXPECT_EQ(s.assembler.add(s.parts[2]), Taken::added) << "refusals leave the place free";
}

// Regression: #5324, an oversized proposal (consensus-node.md section 4); at the bound and one above.
TEST(PartAssembler, RefusesImpossibleSizesBeforeItAllocates) {
  const auto create = [](std::uint32_t byte_count, std::uint32_t part_count) {
    ValueHeader header;
    header.byte_count = byte_count;
    header.part_count = part_count;
    return PartAssembler::create(header, small);
  };
  EXPECT_TRUE(create(small.bytes_max, 20)) << "ceil(20,000 / 1,024)";
  EXPECT_EQ(create(small.bytes_max + 1, 20).error().message,
            "a value of 20001 bytes; 1 to 20000 are possible");
  EXPECT_FALSE(create(0, 1));
  EXPECT_FALSE(create(0xffff'ffff, 0xffff'ffff));
  EXPECT_EQ(create(2'048, 3).error().message, "a value of 2048 bytes has 2 parts, not 3");
  EXPECT_FALSE(create(2'048, 1));
  EXPECT_TRUE(create(2'048, 2));
}

TEST(PartAssembler, OurOwnValueIsCompleteFromTheStart) {
  const Sample s;
  const PartAssembler own = PartAssembler::of(s.value, small);
  EXPECT_TRUE(own.complete());
  EXPECT_EQ(own.value(), s.value);
  EXPECT_TRUE(is_full(own.has()));
  EXPECT_EQ(own.has().count, s.value->header.part_count);
}

}  // namespace
}  // namespace souk::consensus
