#include "actors/base/hash.hpp"

#include <gtest/gtest.h>

#include <set>
#include <vector>

namespace souk {
namespace {

TEST(Sha256, AgreesWithTheExamplesOfFips180) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PiecesGiveTheSameDigestAsTheWhole) {
  std::string text;
  for (int i = 0; i < 300; ++i) text += static_cast<char>(i * 7);
  for (std::size_t length = 0; length <= text.size(); ++length) {
    for (const std::size_t cut : {std::size_t{0}, length / 3, length / 2, length}) {
      Sha256 hash;
      hash.add(std::string_view(text).substr(0, cut));
      hash.add(std::string_view(text).substr(cut, length - cut));
      ASSERT_EQ(hash.finish(), sha256(std::string_view(text).substr(0, length))) << length << ' ' << cut;
    }
  }
}

StreamHash::Value hash_of(std::initializer_list<std::uint64_t> words) {
  StreamHash hash;
  for (const std::uint64_t word : words) hash.add(word);
  return hash.value();
}

TEST(StreamHash, SeesOrderLengthAndZeros) {
  const std::set<StreamHash::Value> values{hash_of({}),     hash_of({0}),    hash_of({0, 0}),
                                           hash_of({1, 2}), hash_of({2, 1}), hash_of({1}),
                                           hash_of({1, 0}), hash_of({0, 1}), hash_of({1, 2, 3})};
  EXPECT_EQ(values.size(), 9u);
}

TEST(StreamHash, BytesAreLengthPrefixed) {
  const auto of = [](std::string_view a, std::string_view b) {
    StreamHash hash;
    hash.add(a);
    hash.add(b);
    return hash.value();
  };
  EXPECT_NE(of("ab", "c"), of("a", "bc"));
  EXPECT_NE(of("abc", ""), of("", "abc"));
  EXPECT_NE(of(std::string(8, '\0'), ""), of(std::string(9, '\0'), ""));
}

TEST(StreamHash, EveryInputBitFlipsHalfOfTheDigestOnAverage) {
  int flipped = 0;
  int pairs = 0;
  for (std::uint64_t i = 0; i < 200; ++i) {
    for (int bit = 0; bit < 64; ++bit) {
      const auto a = hash_of({i, 5, 6});
      const auto b = hash_of({i ^ 1ull << bit, 5, 6});
      flipped += __builtin_popcountll(a.high ^ b.high) + __builtin_popcountll(a.low ^ b.low);
      ++pairs;
    }
  }
  // 12,800 pairs x 128 bits: the standard error of the mean is 0.05 bits.
  EXPECT_NEAR(static_cast<double>(flipped) / pairs, 64.0, 0.5);
}

TEST(StreamHash, ManyStreamsOfSmallNumbersDoNotCollide) {
  std::set<StreamHash::Value> whole;
  std::set<std::uint64_t> low;
  for (std::uint64_t a = 0; a < 300; ++a)
    for (std::uint64_t b = 0; b < 300; ++b) {
      const auto value = hash_of({a, b});
      whole.insert(value);
      low.insert(value.low);
    }
  EXPECT_EQ(whole.size(), 90'000u);
  EXPECT_EQ(low.size(), 90'000u);
}

TEST(StreamHash, DigestIsPinned) {
  StreamHash hash;
  for (std::uint64_t i = 0; i < 1000; ++i) hash.add(i * i);
  hash.add("souk");
  const std::string before = hash.hex();
  EXPECT_EQ(hash.hex(), before) << "asking must not change the stream";
  EXPECT_EQ(before, "e8bf7064152d8446349177b095452dea");
}

}  // namespace
}  // namespace souk
