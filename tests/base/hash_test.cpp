#include "actors/base/hash.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <span>
#include <vector>

#include "actors/base/rng.hpp"

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

/// The state after `bytes`, whose length is a multiple of 64, from some first state.
std::array<std::uint32_t, 8> compressed(Sha256Compress compress, std::span<const std::uint8_t> bytes) {
  std::array<std::uint32_t, 8> state{1, 2, 3, 4, 5, 6, 7, 0xffff'ffff};
  compress(state, bytes.data(), bytes.size() / 64);
  return state;
}

TEST(Sha256, TheProcessorsInstructionsDoWhatThePortablePathDoes) {
  const Sha256Compress native = sha256_compress_native();
  if (native == nullptr) GTEST_SKIP() << "this processor has no SHA instructions";
  Rng rng(1, ActorId{0}, Purpose::test, 0);
  std::vector<std::uint8_t> bytes(64 * 64);
  for (int i = 0; i < 500; ++i) {
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(rng.next());
    const auto blocks = std::span(bytes).first(64 * rng.below(65));
    ASSERT_EQ(compressed(native, blocks), compressed(sha256_compress_portable, blocks)) << blocks.size();
    const std::size_t offset = rng.below(bytes.size());
    const auto text = std::span(bytes).subspan(offset, rng.below(bytes.size() - offset));
    Sha256 by_native(native);
    Sha256 by_hand(sha256_compress_portable);
    by_native.add(text);
    by_hand.add(text);
    ASSERT_EQ(by_native.finish(), by_hand.finish()) << text.size() << " bytes";
  }
}

TEST(Sha256, BothPathsAgreeWithTheExamplesOfFips180) {
  for (const Sha256Compress compress : {sha256_compress_portable, sha256_compress_best()}) {
    Sha256 abc(compress);
    abc.add("abc");
    EXPECT_EQ(to_hex(abc.finish()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 two_blocks(compress);
    two_blocks.add(
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnop"
        "qrst"
        "nopqrstu");
    EXPECT_EQ(to_hex(two_blocks.finish()),
              "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
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
