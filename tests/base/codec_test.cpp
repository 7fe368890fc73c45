#include "actors/base/codec.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>

#include "actors/base/text.hpp"

namespace souk {

enum class Colour : std::uint8_t { red, green = 3, blue };
enum class Sparse : std::uint32_t { none = 0, far = 20'000 };
template <>
inline constexpr std::array<std::uint32_t, 2> enum_candidates<Sparse>{0, 20'000};

namespace {

struct Empty {};
struct Point {
  std::int16_t x = 0;
  std::uint32_t y = 0;
};
struct Everything {
  bool flag = false;
  std::int64_t whole = 0;
  double real = 0;
  Colour colour = Colour::red;
  Dec price;
  std::string name;
  std::vector<Point> points;
  std::array<std::uint8_t, 3> bytes{};
  std::array<Point, 2> pair{};
  std::optional<Duration> wait;
  std::shared_ptr<const Point> shared;
  std::variant<Empty, Point, std::string> either;
  std::map<std::string, std::uint8_t> table;
  std::set<std::int32_t> numbers;
  Time when;
  std::pair<Blocks, Height> heights;
};

Everything sample() {
  Everything x;
  x.flag = true;
  x.whole = -2;
  x.real = 1.5;
  x.colour = Colour::blue;
  x.price = Dec::parse("-0.5").value();
  x.name = "a\"b";
  x.points = {{-1, 2}, {3, 4}};
  x.bytes = {1, 2, 255};
  x.pair = {Point{5, 6}, Point{7, 8}};
  x.wait = std::chrono::seconds(1);
  x.shared = std::make_shared<Point>(Point{9, 10});
  x.either = Point{11, 12};
  x.table = {{"k", 1}, {"m", 2}};
  x.numbers = {-3, 4};
  x.when = Time(std::chrono::nanoseconds(17));
  x.heights = {{1}, {2}};
  return x;
}

static_assert(field_count<Empty> == 0);
static_assert(field_count<Point> == 2);
static_assert(field_count<Everything> == 16);
static_assert(detail::smallest_size<Point>() == 6);
static_assert(detail::smallest_size<std::variant<Empty, Point>>() == 1);
static_assert(detail::smallest_size<Everything>() ==
              1 + 8 + 8 + 1 + 16 + 4 + 4 + 3 + 12 + 1 + 1 + 1 + 4 + 4 + 8 + 16);

TEST(Enums, NamesAndValuesAreThoseOfTheSource) {
  EXPECT_EQ(enum_values<Colour>, (std::array{Colour::red, Colour::green, Colour::blue}));
  EXPECT_EQ(enum_name(Colour::green), "green");
  EXPECT_EQ(enum_name(static_cast<Colour>(1)), "");
  EXPECT_EQ(enum_values<Sparse>, (std::array{Sparse::none, Sparse::far}));
  EXPECT_FALSE(is_enumerator(static_cast<Sparse>(1)));
}

TEST(Codec, BytesAreTheDocumentedOnes) {
  EXPECT_EQ(encode(Point{-2, 0x01020304}), (Bytes{0xfe, 0xff, 4, 3, 2, 1}));
  EXPECT_EQ(encode(std::string("ab")), (Bytes{2, 0, 0, 0, 'a', 'b'}));
  EXPECT_EQ(encode(std::optional<std::uint8_t>()), (Bytes{0}));
  EXPECT_EQ(encode(std::optional<std::uint8_t>(7)), (Bytes{1, 7}));
  EXPECT_EQ(encode(std::shared_ptr<const std::uint8_t>()), (Bytes{0}));
  EXPECT_EQ(encode(std::variant<bool, Empty>(Empty{})), (Bytes{1}));
  EXPECT_EQ(encode(std::array<std::uint16_t, 2>{1, 2}), (Bytes{1, 0, 2, 0}));
  EXPECT_EQ(encode(Dec::from_raw(-1)), Bytes(16, 0xff));
  EXPECT_EQ(encode(1.0), (Bytes{0, 0, 0, 0, 0, 0, 0xf0, 0x3f}));
  EXPECT_EQ(encode(Duration(256)), (Bytes{0, 1, 0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(encode(Empty{}), Bytes{});
}

TEST(Codec, EveryKindOfFieldRoundTrips) {
  for (const Everything& x : {Everything{}, sample()}) {
    const Bytes bytes = encode(x);
    const auto back = decode<Everything>(bytes);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(encode(*back), bytes);
    EXPECT_EQ(to_text(*back), to_text(x));
  }
}

TEST(Codec, DoublesKeepEveryBit) {
  for (const double x : {0.0, -0.0, 5e-324, HUGE_VAL, -HUGE_VAL, std::nan("")}) {
    const auto back = decode<double>(encode(x));
    EXPECT_EQ(std::bit_cast<std::uint64_t>(*back), std::bit_cast<std::uint64_t>(x));
  }
}

TEST(Codec, EveryTruncationAndEveryTrailingByteIsRefused) {
  Bytes bytes = encode(sample());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode<Everything>(std::span(bytes).first(length))) << length;
  bytes.push_back(0);
  EXPECT_EQ(decode<Everything>(bytes).error().message,
            "byte " + std::to_string(bytes.size() - 1) + ": 1 bytes too many for one Everything");
}

TEST(Codec, WhateverDecodesIsTheCanonicalEncoding) {
  const Bytes right = encode(sample());
  int accepted = 0;
  for (std::size_t i = 0; i < right.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      Bytes bytes = right;
      bytes[i] = static_cast<std::uint8_t>(value);
      const auto back = decode<Everything>(bytes);
      if (!back) continue;
      ASSERT_EQ(encode(*back), bytes) << "byte " << i << " = " << value;
      ++accepted;
    }
  }
  EXPECT_GT(accepted, 1000);
}

TEST(Codec, ErrorsSayWhereAndWhat) {
  const auto message = []<class T>(T*, Bytes bytes) { return decode<T>(bytes).error().message; };
  EXPECT_EQ(message(static_cast<bool*>(nullptr), {2}), "byte 1: 2 is no bool");
  EXPECT_EQ(message(static_cast<Colour*>(nullptr), {1}), "byte 1: 1 is no Colour");
  EXPECT_EQ(message(static_cast<Sparse*>(nullptr), {5, 0, 0, 0}), "byte 4: 5 is no Sparse");
  EXPECT_EQ(message(static_cast<std::variant<Empty, Point>*>(nullptr), {2}), "byte 1: alternative 2 of 2");
  EXPECT_EQ(message(static_cast<std::uint32_t*>(nullptr), {1, 2}),
            "byte 0: ends early: 4 more bytes expected, 2 are there");
  EXPECT_EQ(message(static_cast<std::array<std::uint8_t, 4>*>(nullptr), {1, 2}),
            "byte 0: ends early: 4 more bytes expected, 2 are there");
  EXPECT_EQ(message(static_cast<std::set<std::uint8_t>*>(nullptr), {2, 0, 0, 0, 7, 7}),
            "byte 6: elements must ascend");
  EXPECT_EQ(message(static_cast<std::map<std::uint8_t, bool>*>(nullptr), {2, 0, 0, 0, 7, 0, 6, 0}),
            "byte 8: keys must ascend");
  Bytes lowest(16);
  lowest[15] = 0x80;
  EXPECT_EQ(message(static_cast<Dec*>(nullptr), lowest), "byte 16: the decimal is out of range");
}

TEST(Codec, ACountIsNotBelievedBeforeItsElementsCouldBeThere) {
  const Bytes claims{0xff, 0xff, 0xff, 0xff, 0, 0};
  EXPECT_EQ(decode<std::vector<Everything>>(claims).error().message,
            "byte 4: 4294967295 elements can not be in the 2 bytes that are left");
  EXPECT_FALSE(decode<std::string>(claims));
  EXPECT_FALSE(decode<Bytes>(claims));
  EXPECT_FALSE((decode<std::map<std::uint64_t, Point>>(claims)));
  EXPECT_FALSE((decode<std::set<std::uint64_t>>(claims)));
}

TEST(Codec, AStreamOfValuesIsReadOneByOne) {
  Bytes bytes;
  for (std::int16_t i = 0; i < 5; ++i) encode_to(bytes, Point{i, 1});
  bytes.push_back(9);
  ByteReader in(bytes);
  for (std::int16_t i = 0; i < 5; ++i) EXPECT_EQ(decode_next<Point>(in)->x, i);
  EXPECT_EQ(in.remaining(), 1u);
  EXPECT_FALSE(decode_next<Point>(in));
  EXPECT_TRUE(in.failed());
  EXPECT_FALSE(decode_next<std::uint8_t>(in)) << "after an error nothing more is read";
}

TEST(CodecDeathTest, AValueThatIsNoEnumeratorIsNotWritten) {
  EXPECT_DEATH(static_cast<void>(encode(static_cast<Colour>(200))), "is_enumerator");
}

TEST(HashInto, EveryFieldCounts) {
  const auto hash_of = [](const Everything& x) {
    StreamHash hash;
    hash_into(hash, x);
    return hash.value();
  };
  const auto base = hash_of(sample());
  EXPECT_EQ(hash_of(sample()), base) << "shared pointers are hashed by what they point to";
  std::set<StreamHash::Value> seen{base};
  const auto changed = [&](auto change) {
    Everything x = sample();
    change(x);
    EXPECT_TRUE(seen.insert(hash_of(x)).second);
  };
  changed([](auto& x) { x.flag = false; });
  changed([](auto& x) { ++x.whole; });
  changed([](auto& x) { x.real = -x.real; });
  changed([](auto& x) { x.colour = Colour::red; });
  changed([](auto& x) { x.price += Dec::from_raw(1); });
  changed([](auto& x) { x.name += '\0'; });
  changed([](auto& x) { x.points.pop_back(); });
  changed([](auto& x) { x.bytes[2] = 0; });
  changed([](auto& x) { x.pair[1].y = 0; });
  changed([](auto& x) { x.wait.reset(); });
  changed([](auto& x) { x.shared.reset(); });
  changed([](auto& x) { x.either = Empty{}; });
  changed([](auto& x) { x.table["k"] = 9; });
  changed([](auto& x) { x.numbers.clear(); });
  changed([](auto& x) { x.when += Duration(1); });
  changed([](auto& x) { ++x.heights.second.value; });
}

TEST(HashInto, DigestIsPinned) {
  StreamHash hash;
  hash_into(hash, sample());
  EXPECT_EQ(hash.hex(), "b82c7cf900be3fcecf296d15035eef16");
}

TEST(ToText, NamesTypesAndEnumerators) {
  EXPECT_EQ(to_text(sample()),
            "Everything{true, -2, 1.5, blue, -0.500000000000000000, \"a\\\"b\", [Point{-1, 2}, Point{3, 4}], "
            "0x0102ff, [Point{5, 6}, Point{7, 8}], 1000000000ns, Point{9, 10}, Point{11, 12}, "
            "{\"k\": 1, \"m\": 2}, {-3, 4}, 17ns, Blocks{1}: Height{2}}");
  EXPECT_EQ(to_text(Empty{}), "Empty{}");
  EXPECT_EQ(to_text(std::optional<bool>()), "none");
  EXPECT_EQ(to_text(static_cast<Colour>(9)), "Colour 9");
  EXPECT_EQ(to_text(std::string("\n")), "\"\\x0a\"");
  EXPECT_EQ(to_text(-std::nan("")), "nan");
}

struct Nested {
  std::shared_ptr<const Nested> inside;
};

TEST(Codec, NestsAsDeepAsItsBoundAndNoDeeper) {
  const auto nested = [](std::size_t levels) {
    Bytes bytes(levels, 1);  // each level says that there is another
    bytes.push_back(0);
    return bytes;
  };
  const auto deepest = decode<Nested>(nested(nesting_max));
  ASSERT_TRUE(deepest) << deepest.error().message;
  EXPECT_EQ(encode(*deepest), nested(nesting_max));
  const auto deeper = decode<Nested>(nested(nesting_max + 1));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().message, "byte 17: nested deeper than 16");
  EXPECT_FALSE(decode<Nested>(nested(1'000'000))) << "and does not exhaust the stack";
}

TEST(Codec, ValuesSideBySideAreNotNested) {
  const std::vector<Nested> many(100, Nested{std::make_shared<const Nested>()});
  EXPECT_TRUE(decode<std::vector<Nested>>(encode(many)));
}

}  // namespace
}  // namespace souk
