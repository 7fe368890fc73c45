#include "actors/base/codec.hpp"

#include <gtest/gtest.h>

#include "actors/base/text.hpp"
#include "actors/consensus/observation.hpp"
#include "actors/effects.hpp"
#include "actors/messages.hpp"

/// Journals, storage and run hashes hold whatever actors exchange: each alternative must survive.
namespace souk {
namespace {

/// Any value of T: every field random, sequences of 0 to 3 elements, half of the optionals present.
template <class T>
void fill(Rng& rng, T& x) {
  using namespace detail;
  if constexpr (std::is_same_v<T, Dec>) {
    x = Dec::from_raw(static_cast<std::int64_t>(rng.next()) * static_cast<i128>(1 + rng.below(1'000'000)));
  } else if constexpr (std::is_enum_v<T>) {
    x = enum_values<T>[rng.below(enum_values<T>.size())];
  } else if constexpr (Scalar<T>) {
    constexpr std::size_t unused = 8 - sizeof(T);
    EXPECT_TRUE(from_word(std::is_same_v<T, bool> ? rng.below(2) : rng.next() >> (8 * unused), x));
  } else if constexpr (Sequence<T>) {
    x.resize(rng.below(4));
    for (auto& element : x) fill(rng, element);
  } else if constexpr (is_a<T, std::optional>) {
    x.reset();
    if (rng.below(2) == 1) fill(rng, x.emplace());
  } else if constexpr (is_a<T, std::shared_ptr>) {
    auto value = std::make_shared<std::remove_const_t<typename T::element_type>>();
    fill(rng, *value);
    x = rng.below(4) == 0 ? nullptr : std::move(value);
  } else if constexpr (SumType<T>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      const std::size_t index = rng.below(sizeof...(I));
      static_cast<void>(((index == I ? (fill(rng, x.template emplace<I>()), true) : false) || ...));
    }(std::make_index_sequence<std::variant_size_v<VariantOf<T>>>{});
  } else if constexpr (is_array<T>) {
    for (auto& element : x) fill(rng, element);
  } else {
    with_fields(x, [&rng](auto&... field) { (fill(rng, field), ...); });
  }
}

StreamHash::Value hash_of(const auto& x) {
  StreamHash hash;
  hash_into(hash, x);
  return hash.value();
}

template <class T>
void expect_round_trip(const T& x) {
  const Bytes bytes = encode(x);
  const auto back = decode<T>(bytes);
  ASSERT_TRUE(back) << to_text(x) << "\n" << back.error().message;
  EXPECT_EQ(encode(*back), bytes) << to_text(x);
  EXPECT_EQ(to_text(*back), to_text(x));
  EXPECT_EQ(hash_of(*back), hash_of(x)) << to_text(x);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    ASSERT_FALSE(decode<T>(std::span(bytes).first(length))) << to_text(x) << " cut to " << length;
}

template <class V>
void expect_alternatives_round_trip();

/// Every alternative of the variant V, many times with random contents; of a family, each of its members.
template <class V, std::size_t... I>
void expect_alternatives_round_trip(std::index_sequence<I...>) {
  const auto one = []<std::size_t index>(std::integral_constant<std::size_t, index>) {
    Rng rng(1, ActorId{0}, Purpose::test, index);
    V x;
    expect_round_trip(V(std::in_place_index<index>));
    for (int i = 0; i < 50; ++i) {
      fill(rng, x.template emplace<index>());
      expect_round_trip(x);
    }
    using Alternative = std::variant_alternative_t<index, VariantOf<V>>;
    if constexpr (SumType<Alternative>) {
      expect_alternatives_round_trip<Alternative>();
    } else {
      const std::string name(type_name<Alternative>());
      EXPECT_EQ(to_text(x).substr(0, name.size()), name);
    }
  };
  (one(std::integral_constant<std::size_t, I>{}), ...);
}

template <class V>
void expect_alternatives_round_trip() {
  expect_alternatives_round_trip<V>(std::make_index_sequence<std::variant_size_v<VariantOf<V>>>{});
}

TEST(ActorCodec, EveryEventRoundTrips) { expect_alternatives_round_trip<Event>(); }
TEST(ActorCodec, EveryChainEventRoundTrips) { expect_alternatives_round_trip<ChainEvent>(); }
TEST(ActorCodec, EveryMessageRoundTrips) { expect_alternatives_round_trip<Msg>(); }
TEST(ActorCodec, EveryEffectRoundTrips) { expect_alternatives_round_trip<Effect>(); }

TEST(ActorCodec, EveryConsensusMessageRoundTrips) {
  expect_alternatives_round_trip<consensus::Message>();
  expect_alternatives_round_trip<decltype(consensus::Observation::what)>();
}

TEST(ActorCodec, ChainObjectsRoundTrip) {
  Rng rng(2, ActorId{0}, Purpose::test, 0);
  const auto many = [&rng]<class T>(T x) {
    for (int i = 0; i < 50; ++i) {
      fill(rng, x);
      expect_round_trip(x);
    }
  };
  many(Deployment{});
  many(Group{});
  many(Order{});
  many(Bid{});
  many(Lease{});
  many(EscrowAccount{});
  many(EscrowPayment{});
  many(ProviderRecord{});
  many(AuditedAttributes{});
}

TEST(ActorCodec, WhateverDecodesAsAnEventIsCanonical) {
  Rng rng(3, ActorId{0}, Purpose::test, 0);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    Event event;
    fill(rng, event);
    Bytes bytes = encode(event);
    for (std::uint64_t flips = 1 + rng.below(3); flips > 0; --flips)
      bytes[rng.below(bytes.size())] = static_cast<std::uint8_t>(rng.next());
    const auto back = decode<Event>(bytes);
    if (!back) continue;
    ASSERT_EQ(encode(*back), bytes);
    ++accepted;
  }
  EXPECT_GT(accepted, 1000);
}

}  // namespace
}  // namespace souk
