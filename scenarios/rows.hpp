#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "actors/base/distributions.hpp"
#include "actors/chain/types.hpp"
#include "scenarios/yaml_reader.hpp"

/// Rows of the table of settings, made from the field they fill: `row<ProviderClass>("bid.timeout", ...)`.
namespace souk::scenarios {

/// What a row says besides its name and unit.
struct RowText {
  std::string fallback;
  std::string min;
  std::string max;
  std::string source;
  std::string doc;
};

// ---- Writing a read value into a field. REQUIRES: the row's unit fits the field (a table error otherwise).

const Scalar& scalar_of(const Value& value);
void assign(bool& field, const Value& value);
void assign(double& field, const Value& value);
void assign(Duration& field, const Value& value);
void assign(Coin& field, const Value& value);
void assign(DecCoin& field, const Value& value);
void assign(std::string& field, const Value& value);
void assign(std::vector<std::string>& field, const Value& value);
void assign(Attributes& field, const Value& value);  ///< `{key: value}`, sorted by key
void assign(ScalarTable& field, const Value& value);
template <class T>
  requires std::is_integral_v<T>
void assign(T& field, const Value& value) {
  field = static_cast<T>(std::get<std::int64_t>(scalar_of(value)));
}
template <class T>
void assign(std::optional<T>& field, const Value& value) {
  if (std::holds_alternative<Nothing>(value)) return field.reset();
  assign(field.emplace(), value);
}

// ---- The field as text, for the parameters of a run.

std::string show(bool field, Unit unit);
std::string show(double field, Unit unit);
std::string show(Duration field, Unit unit);
std::string show(const Coin& field, Unit unit);
std::string show(const DecCoin& field, Unit unit);
std::string show(const std::string& field, Unit unit);
std::string show(const std::vector<std::string>& field, Unit unit);
std::string show(const Attributes& field, Unit unit);
std::string show(const ScalarTable& field, Unit unit);
std::string show(const Distribution& field, double unit_size, Unit unit);  ///< mean and variance
std::string show_count(std::uint64_t field, Unit unit);
template <class T>
  requires std::is_integral_v<T>
std::string show(T field, Unit unit) {
  return show_count(static_cast<std::uint64_t>(field), unit);
}
template <class T>
std::string show(const std::optional<T>& field, Unit unit) {
  return field ? show(*field, unit) : std::string("none");
}

// ---- Rows.

/// A row for the field that `field(struct)` names.
template <class S, class F>
Key row(std::string name, Unit unit, RowText text, F field, Shape shape = Shape::one) {
  Key out{std::move(name),
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
  out.store = [field](void* target, const Value& value, ReadContext&) {
    return assign(field(*static_cast<S*>(target)), value), Result<void>{};
  };
  out.show = [field, unit](const void* target) {
    return show(field(*const_cast<S*>(static_cast<const S*>(target))), unit);  // NOLINT: read only
  };
  return out;
}

/// A row for an enumeration: `words[i]` is the enumerator i.
template <class S, class F>
Key choice_row(std::string name, std::vector<std::string> words, RowText text, F field) {
  Key out{std::move(name),
          Shape::choice,
          Unit::text,
          std::move(text.fallback),
          {},
          {},
          words,
          std::move(text.source),
          std::move(text.doc),
          {},
          {}};
  out.store = [field, words](void* target, const Value& value, ReadContext&) {
    auto& slot = field(*static_cast<S*>(target));
    const auto at = std::find(words.begin(), words.end(), std::get<std::string>(scalar_of(value)));
    slot = static_cast<std::remove_reference_t<decltype(slot)>>(at - words.begin());
    return Result<void>{};
  };
  out.show = [field, words](const void* target) {
    return words.at(
        static_cast<std::size_t>(field(*const_cast<S*>(static_cast<const S*>(target)))));  // NOLINT
  };
  return out;
}

/// The distribution that was written, in multiples of `unit_size` canonical measures (3600 for a field in
/// hours of a setting in durations, whose measure is the second). Errors: what Distribution::make refuses; a
/// missing file, column or number of `empirical`.
Result<Distribution> make_distribution(const DistributionText& text, double unit_size, ReadContext& context);

/// A row for a field of type Distribution.
template <class S, class F>
Key distribution_row(std::string name, Unit unit, double unit_size, RowText text, F field) {
  Key out{std::move(name),
          Shape::distribution,
          unit,
          std::move(text.fallback),
          std::move(text.min),
          std::move(text.max),
          {},
          std::move(text.source),
          std::move(text.doc),
          {},
          {}};
  out.store = [field, unit_size](void* target, const Value& value, ReadContext& context) -> Result<void> {
    auto made = make_distribution(std::get<DistributionText>(value), unit_size, context);
    if (!made) return Unexpected{made.error()};
    field(*static_cast<S*>(target)) = std::move(*made);
    return {};
  };
  out.show = [field, unit_size, unit](const void* target) {
    return show(field(*const_cast<S*>(static_cast<const S*>(target))), unit_size, unit);  // NOLINT: read only
  };
  return out;
}

}  // namespace souk::scenarios
