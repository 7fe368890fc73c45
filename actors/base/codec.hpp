#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "actors/base/alternatives.hpp"
#include "actors/base/bytes.hpp"
#include "actors/base/enums.hpp"
#include "actors/base/hash.hpp"
#include "actors/base/ids.hpp"
#include "actors/base/money.hpp"
#include "actors/base/reflect.hpp"
#include "actors/base/result.hpp"

/// One canonical byte form for journals, storage and hashes. A value has exactly one encoding, and every
/// byte string is the encoding of one value or is refused.
///
///   bool, integers, enums   little-endian, as wide as the type; bool 0 or 1, enums only enumerators
///   double                  its 64 bits; Dec its raw 128; Duration and Time nanoseconds in 64
///   string, vector          count in 4 bytes, then the elements; map and set too, strictly ascending
///   array, aggregate, pair  the elements or fields, nothing between
///   optional, shared_ptr    0, or 1 and the value; variant: index in 1 byte and the alternative
///
/// Values behind shared_ptr may hold more of the same type. What nests deeper than nesting_max is not
/// decoded, so that hostile bytes can not exhaust the stack.
///
/// Field names are not part of it: reordering fields or alternatives makes another format.
namespace souk {

using Bytes = std::vector<std::uint8_t>;

/// Most values behind shared_ptr inside one another (consensus-node.md section 4: recursion <= 16).
inline constexpr std::uint32_t nesting_max = 16;

/// Bytes being decoded, and how far that went. After the first error every read fails.
class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  std::size_t position() const { return position_; }
  std::size_t remaining() const { return bytes_.size() - position_; }
  bool failed() const { return !error_.empty(); }
  /// "byte 17: what is wrong"; empty while nothing is.
  const std::string& error() const { return error_; }

  /// Reads `width` <= 8 bytes, little-endian.
  bool integer(std::size_t width, std::uint64_t& value);
  bool bytes(std::span<std::uint8_t> into);
  /// Reads a count of elements that take at least `element_size` bytes each, and refuses one that the rest
  /// of the input can not hold, before anybody allocates for it.
  bool count(std::size_t element_size, std::uint32_t& value);
  /// Records an error at the current position. Returns false.
  bool refuse(std::string_view why);
  /// One level deeper, and back. Refuses beyond nesting_max.
  bool enter();
  void leave() { --depth_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t position_ = 0;
  std::uint32_t depth_ = 0;
  std::string error_;
};

namespace detail {

/// Where a traversal writes to: bytes, or words of a hash.
struct ByteSink {
  Bytes& out;
  void integer(std::uint64_t value, std::size_t width) {
    std::array<std::uint8_t, 8> little{};
    store_little(value, little.data());
    out.insert(out.end(), little.begin(), little.begin() + static_cast<std::ptrdiff_t>(width));
  }
  void bytes(std::span<const std::uint8_t> data) { out.insert(out.end(), data.begin(), data.end()); }
};
struct HashSink {
  StreamHash& hash;
  void integer(std::uint64_t value, std::size_t) { hash.add(value); }
  void bytes(std::span<const std::uint8_t> data) { hash.add(data); }
};

template <class T, template <class...> class Template>
inline constexpr bool is_a = false;
template <template <class...> class Template, class... A>
inline constexpr bool is_a<Template<A...>, Template> = true;

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t n>
inline constexpr bool is_array<std::array<T, n>> = true;

template <class T>
inline constexpr bool is_byte = std::is_same_v<T, std::uint8_t>;
template <class T>
concept ByteArray = is_array<T> && is_byte<typename T::value_type>;
/// Elements behind a count.
template <class T>
concept Sequence = std::is_same_v<T, std::string> || is_a<T, std::vector>;
template <class T>
concept ByteSequence = std::is_same_v<T, std::string> || std::is_same_v<T, Bytes>;
template <class T>
concept Sorted = is_a<T, std::map> || is_a<T, std::set>;
template <class T>
concept Maybe = is_a<T, std::optional> || is_a<T, std::shared_ptr>;
/// Encoded as one integer of `width` bytes.
template <class T>
concept Scalar = std::is_arithmetic_v<T> || std::is_enum_v<T> || is_a<T, std::chrono::duration> ||
                 is_a<T, std::chrono::time_point>;

template <Scalar T>
constexpr std::uint64_t to_word(const T& x) {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(x);
  } else if constexpr (is_a<T, std::chrono::duration>) {
    return static_cast<std::uint64_t>(std::int64_t{x.count()});
  } else if constexpr (is_a<T, std::chrono::time_point>) {
    return static_cast<std::uint64_t>(std::int64_t{x.time_since_epoch().count()});
  } else {
    static_assert(!std::is_floating_point_v<T>, "double is the only floating-point type with an encoding");
    return static_cast<std::uint64_t>(x);
  }
}

/// REQUIRES: `word` holds the width of T. Returns false if it is the encoding of no T.
template <Scalar T>
constexpr bool from_word(std::uint64_t word, T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    x = word == 1;
    return word <= 1;
  } else if constexpr (std::is_same_v<T, double>) {
    x = std::bit_cast<double>(word);
  } else if constexpr (is_a<T, std::chrono::duration>) {
    x = T(static_cast<typename T::rep>(word));
  } else if constexpr (is_a<T, std::chrono::time_point>) {
    x = T(typename T::duration(static_cast<typename T::rep>(word)));
  } else if constexpr (std::is_enum_v<T>) {
    x = static_cast<T>(static_cast<std::underlying_type_t<T>>(word));
    return is_enumerator(x);
  } else {
    x = static_cast<T>(word);
  }
  return true;
}

/// The fewest bytes an encoded T can have.
template <class T>
constexpr std::size_t smallest_size() {
  if constexpr (std::is_same_v<T, Dec>) {
    return 16;
  } else if constexpr (Scalar<T>) {
    return sizeof(T);
  } else if constexpr (Sequence<T> || Sorted<T>) {
    return 4;
  } else if constexpr (Maybe<T>) {
    return 1;
  } else if constexpr (SumType<T>) {
    return []<class... A>(std::type_identity<std::variant<A...>>) {
      return 1 + std::min({smallest_size<A>()...});
    }(std::type_identity<VariantOf<T>>{});
  } else if constexpr (is_array<T>) {
    return std::tuple_size_v<T> * smallest_size<typename T::value_type>();
  } else if constexpr (is_a<T, std::pair>) {
    return smallest_size<std::remove_const_t<typename T::first_type>>() +
           smallest_size<typename T::second_type>();
  } else if constexpr (field_count<T> == 0) {
    return 0;
  } else {
    using Sum = decltype(with_fields(std::declval<T&>(), [](auto&... field) {
      return std::integral_constant<std::size_t,
                                    (smallest_size<std::remove_cvref_t<decltype(field)>>() + ...)>{};
    }));
    return Sum::value;
  }
}

template <class Sink, class T>
void write(Sink& sink, const T& x);

template <class Sink>
void write_count(Sink& sink, std::size_t count) {
  SOUK_CHECK(count <= std::numeric_limits<std::uint32_t>::max());
  sink.integer(count, 4);
}

template <class Sink, class T>
void write_elements(Sink& sink, const T& x) {
  write_count(sink, x.size());
  if constexpr (ByteSequence<T>) {
    sink.bytes({reinterpret_cast<const std::uint8_t*>(x.data()), x.size()});
  } else {
    for (const auto& element : x) write(sink, element);
  }
}

template <class Sink, class T>
void write(Sink& sink, const T& x) {
  if constexpr (std::is_same_v<T, Dec>) {
    const auto raw = static_cast<u128>(x.raw());
    sink.integer(static_cast<std::uint64_t>(raw), 8);
    sink.integer(static_cast<std::uint64_t>(raw >> 64), 8);
  } else if constexpr (Scalar<T>) {
    if constexpr (std::is_enum_v<T>) SOUK_CHECK(is_enumerator(x));
    sink.integer(to_word(x), sizeof(T));
  } else if constexpr (Sequence<T> || Sorted<T>) {
    write_elements(sink, x);
  } else if constexpr (Maybe<T>) {
    sink.integer(x ? 1 : 0, 1);
    if (x) write(sink, *x);
  } else if constexpr (SumType<T>) {
    static_assert(std::variant_size_v<VariantOf<T>> <= 256, "the index takes one byte");
    SOUK_CHECK(!x.valueless_by_exception());
    sink.integer(x.index(), 1);
    std::visit([&sink](const auto& alternative) { write(sink, alternative); }, x);
  } else if constexpr (ByteArray<T>) {
    sink.bytes(x);
  } else if constexpr (is_array<T>) {
    for (const auto& element : x) write(sink, element);
  } else if constexpr (is_a<T, std::pair>) {
    write(sink, x.first);
    write(sink, x.second);
  } else {
    with_fields(x, [&sink](const auto&... field) { (write(sink, field), ...); });
  }
}

template <class T>
bool read(ByteReader& in, T& x);

template <class T>
bool read_sequence(ByteReader& in, T& x) {
  using Element = typename T::value_type;
  static_assert(smallest_size<Element>() > 0, "elements of no size could be claimed without end");
  std::uint32_t count = 0;
  if (!in.count(smallest_size<Element>(), count)) return false;
  x.clear();
  if constexpr (ByteSequence<T>) {
    x.resize(count);
    return in.bytes({reinterpret_cast<std::uint8_t*>(x.data()), x.size()});
  } else {
    // A count costs its sender little, so memory grows with the elements that are really there.
    constexpr std::size_t reserve_max = 4'096 / sizeof(Element) + 1;
    x.reserve(std::min<std::size_t>(count, reserve_max));
    for (std::uint32_t i = 0; i < count; ++i) {
      Element element{};
      if (!read(in, element)) return false;
      x.push_back(std::move(element));
    }
    return true;
  }
}

template <class T>
bool read_sorted(ByteReader& in, T& x) {
  using Key = typename T::key_type;
  std::uint32_t count = 0;
  if constexpr (is_a<T, std::map>) {
    using Entry = std::pair<Key, typename T::mapped_type>;
    if (!in.count(smallest_size<Entry>(), count)) return false;
    x.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      Entry entry{};
      if (!read(in, entry)) return false;
      if (!x.empty() && !(x.rbegin()->first < entry.first)) return in.refuse("keys must ascend");
      x.emplace_hint(x.end(), std::move(entry));
    }
  } else {
    if (!in.count(smallest_size<Key>(), count)) return false;
    x.clear();
    for (std::uint32_t i = 0; i < count; ++i) {
      Key key{};
      if (!read(in, key)) return false;
      if (!x.empty() && !(*x.rbegin() < key)) return in.refuse("elements must ascend");
      x.emplace_hint(x.end(), std::move(key));
    }
  }
  return true;
}

template <class T>
bool read_maybe(ByteReader& in, T& x) {
  bool present = false;
  if (!read(in, present)) return false;
  x.reset();
  if (!present) return true;
  if constexpr (is_a<T, std::optional>) {
    return read(in, x.emplace());
  } else {
    if (!in.enter()) return false;
    auto value = std::make_shared<std::remove_const_t<typename T::element_type>>();
    if (!read(in, *value)) return false;
    in.leave();
    x = std::move(value);
    return true;
  }
}

template <class T>
bool read_variant(ByteReader& in, T& x) {
  std::uint64_t index = 0;
  if (!in.integer(1, index)) return false;
  constexpr std::size_t size = std::variant_size_v<VariantOf<T>>;
  if (index >= size) return in.refuse("alternative " + std::to_string(index) + " of " + std::to_string(size));
  bool done = false;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    static_cast<void>(((index == I ? (done = read(in, x.template emplace<I>()), true) : false) || ...));
  }(std::make_index_sequence<size>{});
  return done;
}

template <class T>
bool read_scalar(ByteReader& in, T& x) {
  std::uint64_t word = 0;
  if (!in.integer(sizeof(T), word)) return false;
  if (from_word(word, x)) return true;
  return in.refuse(std::to_string(word) + " is no " + std::string(type_name<T>()));
}

inline bool read_dec(ByteReader& in, Dec& x) {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  if (!in.integer(8, low) || !in.integer(8, high)) return false;
  if (high == std::uint64_t{1} << 63 && low == 0) return in.refuse("the decimal is out of range");
  x = Dec::from_raw(static_cast<i128>(static_cast<u128>(high) << 64 | low));
  return true;
}

template <class T>
bool read(ByteReader& in, T& x) {
  if constexpr (std::is_same_v<T, Dec>) {
    return read_dec(in, x);
  } else if constexpr (Scalar<T>) {
    return read_scalar(in, x);
  } else if constexpr (Sequence<T>) {
    return read_sequence(in, x);
  } else if constexpr (Sorted<T>) {
    return read_sorted(in, x);
  } else if constexpr (Maybe<T>) {
    return read_maybe(in, x);
  } else if constexpr (SumType<T>) {
    return read_variant(in, x);
  } else if constexpr (ByteArray<T>) {
    return in.bytes(x);
  } else if constexpr (is_array<T>) {
    for (auto& element : x) {
      if (!read(in, element)) return false;
    }
    return true;
  } else if constexpr (is_a<T, std::pair>) {
    return read(in, x.first) && read(in, x.second);
  } else {
    return with_fields(x, [&in](auto&... field) { return (read(in, field) && ...); });
  }
}

}  // namespace detail

/// Appends the encoding of `x` to `out`. REQUIRES: every enum in it is an enumerator.
template <class T>
void encode_to(Bytes& out, const T& x) {
  detail::ByteSink sink{out};
  detail::write(sink, x);
}

template <class T>
Bytes encode(const T& x) {
  Bytes out;
  encode_to(out, x);
  return out;
}

/// Reads one T and leaves `in` behind it. Never allocates more than a small multiple of what is left to
/// read. Errors: input ends early, a count, index, bool or enum that no T has.
template <class T>
Result<T> decode_next(ByteReader& in) {
  T x{};
  if (!detail::read(in, x)) return fail(in.error());
  return x;
}

/// The T that `bytes` is the encoding of. Errors: as decode_next, and bytes left over.
template <class T>
Result<T> decode(std::span<const std::uint8_t> bytes) {
  ByteReader in(bytes);
  T x{};
  if (!detail::read(in, x)) return fail(in.error());
  if (in.remaining() != 0) {
    in.refuse(std::to_string(in.remaining()) + " bytes too many for one " + std::string(type_name<T>()));
    return fail(in.error());
  }
  return x;
}

/// Mixes `x` into `hash`, field by field: equal values mix alike, and every field counts.
template <class T>
void hash_into(StreamHash& hash, const T& x) {
  detail::HashSink sink{hash};
  detail::write(sink, x);
}

}  // namespace souk
