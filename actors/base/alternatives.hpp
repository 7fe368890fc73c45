#pragma once

#include <utility>
#include <variant>

/// Sum types: std::variant, and structs derived from one. A wide variant whose alternatives own memory is
/// such a struct, with its copies, moves and destructor compiled once, in a .cpp: otherwise every file that
/// holds one compiles them again, table by table, and that was half of the build.
namespace souk {
namespace detail {

template <class... A>
std::variant<A...> as_variant(const std::variant<A...>&);

}  // namespace detail

template <class T>
concept SumType = requires(const T& x) { detail::as_variant(x); };

/// The std::variant that `T` is or derives from, for std::variant_size_v and std::variant_alternative_t.
template <SumType T>
using VariantOf = decltype(detail::as_variant(std::declval<const T&>()));

}  // namespace souk
