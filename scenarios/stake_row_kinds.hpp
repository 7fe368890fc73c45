#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include "scenarios/rows.hpp"
#include "scenarios/stake_settings.hpp"

/// Kinds of rows that only the sections of stake and consensus have.
namespace souk::scenarios {

/// The 18-decimal value of a fraction as people write it: exact up to 12 decimals, which a double holds.
inline Dec dec_of(double fraction) {
  return Dec::from_raw(static_cast<i128>(std::llround(fraction * 1e12)) * 1'000'000);
}

inline Key plain_key(std::string name, Shape shape, Unit unit, RowText text) {
  return Key{std::move(name),
             shape,
             unit,
             std::move(text.fallback),
             std::move(text.min),
             std::move(text.max),
             {},
             std::move(text.source),
             std::move(text.doc),
             {},
             {}};
}

/// A fraction of the ledger's.
template <class S, class F>
Key dec_row(std::string name, RowText text, F field) {
  Key out = plain_key(std::move(name), Shape::one, Unit::fraction, std::move(text));
  out.store = [field](void* target, const Value& value, ReadContext&) {
    field(*static_cast<S*>(target)) = dec_of(std::get<double>(scalar_of(value)));
    return Result<void>{};
  };
  out.show = [field](const void* target) {
    return field(*const_cast<S*>(static_cast<const S*>(target))).to_string();  // NOLINT: read only
  };
  return out;
}

/// Coins of one denomination where the ledger keeps a list of them.
template <class S, class F>
Key coins_row(std::string name, RowText text, F field) {
  Key out = plain_key(std::move(name), Shape::one, Unit::coin, std::move(text));
  out.store = [field](void* target, const Value& value, ReadContext&) {
    field(*static_cast<S*>(target)) = {std::get<Coin>(scalar_of(value))};
    return Result<void>{};
  };
  out.show = [field](const void* target) {
    return show(field(*const_cast<S*>(static_cast<const S*>(target))).at(0),
                Unit::coin);  // NOLINT: read only
  };
  return out;
}

/// A list of numbers or durations.
template <class S, class T, class F>
Key list_row(std::string name, Unit unit, RowText text, F field) {
  Key out = plain_key(std::move(name), Shape::list, unit, std::move(text));
  out.store = [field](void* target, const Value& value, ReadContext&) {
    auto& list = field(*static_cast<S*>(target));
    list.clear();
    for (const Scalar& item : std::get<std::vector<Scalar>>(value)) list.push_back(std::get<T>(item));
    return Result<void>{};
  };
  out.show = [field, unit](const void* target) {
    std::vector<std::string> parts;
    for (const T& item : field(*const_cast<S*>(static_cast<const S*>(target))))  // NOLINT: read only
      parts.push_back(show(item, unit));
    return fmt::format("[{}]", fmt::join(parts, ", "));
  };
  return out;
}

/// The three rows of a Spread.
template <class S, class F>
void add_spread_rows(std::vector<Key>& rows, const std::string& name, const RowText& kind, F field) {
  rows.push_back(choice_row<S>(name + ".kind", {"equal", "zipf", "list"}, kind,
                               [field](S& s) -> auto& { return field(s).kind; }));
  rows.push_back(row<S>(name + ".exponent", Unit::number,
                        {"1", "0", "10", "ASSUME", "Of `zipf`: the i-th in proportion to i^-exponent."},
                        [field](S& s) -> auto& { return field(s).exponent; }));
  rows.push_back(list_row<S, double>(name + ".weights", Unit::number,
                                     {"[]", "0", "1e15", "none", "Of `list`: one weight per member."},
                                     [field](S& s) -> auto& { return field(s).weights; }));
}

}  // namespace souk::scenarios
