#pragma once

#include <string>
#include <string_view>

#include "actors/base/codec.hpp"

/// Any encodable value as one readable line with type names, for logs, reports of differences and failed
/// tests: `TxDecided{7, Height{12}, deployment, 4, 0}`. Not meant to be read back.
namespace souk {
namespace detail {

std::string text_of_double(double x);
/// In double quotes, with what is not printable ASCII escaped.
std::string quoted(std::string_view text);

template <class T>
void print(std::string& out, const T& x);

template <class T>
void print_scalar(std::string& out, const T& x) {
  if constexpr (std::is_same_v<T, bool>) {
    out += x ? "true" : "false";
  } else if constexpr (std::is_enum_v<T>) {
    const std::string_view name = enum_name(x);
    if (name.empty())
      out += std::string(type_name<T>()) + ' ' + std::to_string(to_word(x));
    else
      out += name;
  } else if constexpr (std::is_same_v<T, double>) {
    out += text_of_double(x);
  } else if constexpr (is_a<T, std::chrono::duration>) {
    out += std::to_string(x.count()) + "ns";
  } else if constexpr (is_a<T, std::chrono::time_point>) {
    out += std::to_string(x.time_since_epoch().count()) + "ns";
  } else {
    out += std::to_string(x);
  }
}

/// `open`, the elements between commas, `close`.
template <class Elements>
void print_list(std::string& out, std::string_view open, const Elements& elements, std::string_view close) {
  out += open;
  bool first = true;
  for (const auto& element : elements) {
    if (!std::exchange(first, false)) out += ", ";
    print(out, element);
  }
  out += close;
}

template <class T>
void print(std::string& out, const T& x) {
  if constexpr (std::is_same_v<T, Dec>) {
    out += x.to_string();
  } else if constexpr (std::is_same_v<T, Address>) {
    out += to_bech32(x);
  } else if constexpr (Scalar<T>) {
    print_scalar(out, x);
  } else if constexpr (std::is_same_v<T, std::string>) {
    out += detail::quoted(x);  // not std::quoted
  } else if constexpr (ByteArray<T> || ByteSequence<T>) {
    out += "0x" + to_hex(x);
  } else if constexpr (Sequence<T> || is_array<T>) {
    print_list(out, "[", x, "]");
  } else if constexpr (Sorted<T>) {
    print_list(out, "{", x, "}");
  } else if constexpr (Maybe<T>) {
    if (x)
      print(out, *x);
    else
      out += "none";
  } else if constexpr (SumType<T>) {
    std::visit([&out](const auto& alternative) { print(out, alternative); }, x);
  } else if constexpr (is_a<T, std::pair>) {
    print(out, x.first);
    out += ": ";
    print(out, x.second);
  } else {
    out += type_name<T>();
    out += '{';
    with_fields(x, [&out](const auto&... field) {
      std::size_t printed = 0;
      static_cast<void>(printed);  // of an empty struct
      ((out += printed++ == 0 ? "" : ", ", print(out, field)), ...);
    });
    out += '}';
  }
}

}  // namespace detail

template <class T>
std::string to_text(const T& x) {
  std::string out;
  detail::print(out, x);
  return out;
}

}  // namespace souk
