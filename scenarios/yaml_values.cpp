#include "scenarios/yaml_values.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace souk::scenarios {
namespace {

constexpr std::size_t list_items_max = 10'000;
constexpr std::size_t name_size_max = 48;

std::string bounds(const Key& key) {
  if (!key.min.empty() && !key.max.empty()) return fmt::format(", from {} to {}", key.min, key.max);
  if (!key.min.empty()) return fmt::format(", at least {}", key.min);
  if (!key.max.empty()) return fmt::format(", at most {}", key.max);
  return {};
}

double bound(const Key& key, const std::string& text) {
  const auto value = parse_quantity(key.unit, text);
  SOUK_CHECK(value.has_value());  // the table itself is wrong
  return canonical(*value);
}

Result<Scalar> read_scalar(const Key& key, const YamlNode& node) {
  if (node.kind == YamlNode::Kind::null)
    return fail(fmt::format("has no value; it should be {}", expected(key)));
  if (node.kind != YamlNode::Kind::scalar) {
    return fail(fmt::format("is a {}; it should be {}", kind_name(node.kind), expected(key)));
  }
  auto value = parse_quantity(key.unit, node.text);
  if (!value || key.unit == Unit::text || key.unit == Unit::boolean) return value;
  const double measure = canonical(*value);
  const bool low = !key.min.empty() && measure < bound(key, key.min);
  const bool high = !key.max.empty() && measure > bound(key, key.max);
  if (low || high)
    return fail(fmt::format("`{}` is out of range; it should be {}", node.text, expected(key)));
  return value;
}

Result<Scalar> read_word(const Key& key, const YamlNode& node) {
  const auto& words = key.choices;
  if (node.kind == YamlNode::Kind::scalar &&
      std::find(words.begin(), words.end(), node.text) != words.end()) {
    return Scalar{node.text};
  }
  const std::string given =
      node.kind == YamlNode::Kind::scalar ? node.text : std::string(kind_name(node.kind));
  const std::string near = nearest_name(given, words);
  return fail(fmt::format("`{}` should be one of {}{}", given, fmt::join(words, ", "),
                          near.empty() ? "" : fmt::format("; did you mean `{}`?", near)));
}

Result<Value> read_list(const Key& key, const YamlNode& node) {
  std::vector<Scalar> out;
  const bool many = node.kind == YamlNode::Kind::list;
  const std::size_t count = many ? node.items.size() : 1;
  if (count > list_items_max) return fail(fmt::format("has {} items; at most {}", count, list_items_max));
  for (std::size_t i = 0; i < count; ++i) {
    const YamlNode& item = many ? node.items[i] : node;
    auto value = key.shape == Shape::words ? read_word(key, item) : read_scalar(key, item);
    if (!value) return Unexpected{value.error()};
    out.push_back(std::move(*value));
  }
  return Value{std::move(out)};
}

Result<Value> read_table(const Key& key, const YamlNode& node) {
  if (node.kind != YamlNode::Kind::map) {
    return fail(
        fmt::format("is a {}; it should be a map of name to {}", kind_name(node.kind), expected(key)));
  }
  ScalarTable table;
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    auto value = read_scalar(key, node.items[i]);
    if (!value) return fail(fmt::format("`{}`: {}", node.keys[i].name, value.error().message));
    table.emplace_back(node.keys[i].name, std::move(*value));
  }
  std::sort(table.begin(), table.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return Value{std::move(table)};
}

std::string form_names() {
  std::vector<std::string> names;
  for (const auto& form : distribution_forms()) names.push_back(form.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// A distribution's parameter: in the setting's unit (durations in seconds), or a plain number.
Result<double> read_parameter(const Key& key, const YamlNode& node, bool has_unit) {
  if (node.kind != YamlNode::Kind::scalar) return fail(fmt::format("is a {}", kind_name(node.kind)));
  const Unit unit = has_unit ? key.unit : Unit::number;
  const auto value = parse_quantity(unit, node.text);
  if (!value) return Unexpected{value.error()};
  return unit == Unit::duration ? canonical(*value) / 1e9 : canonical(*value);
}

Result<void> read_numbers(const Key& key, const YamlNode& node, bool has_unit, std::vector<double>& out) {
  if (node.kind != YamlNode::Kind::list || node.items.empty() || node.items.size() > list_items_max) {
    return fail(fmt::format("should be a list of 1 to {} values", list_items_max));
  }
  for (const auto& item : node.items) {
    const auto value = read_parameter(key, item, has_unit);
    if (!value) return Unexpected{value.error()};
    out.push_back(*value);
  }
  return {};
}

Result<void> read_form_field(const Key& key, const DistributionForm& form, const std::string& name,
                             const YamlNode& node, DistributionText& out) {
  if (form.name == "choice" && (name == "values" || name == "weights")) {
    return read_numbers(key, node, name == "values", name == "values" ? out.values : out.weights);
  }
  if (form.name == "empirical" && (name == "file" || name == "column")) {
    if (node.kind != YamlNode::Kind::scalar) return fail("should be a text");
    (name == "file" ? out.file : out.column) = node.text;
    return {};
  }
  for (std::size_t i = 0; i < form.parameters.size(); ++i) {
    if (form.parameters[i].first != name) continue;
    const auto value = read_parameter(key, node, form.parameters[i].second);
    if (!value) return Unexpected{value.error()};
    out.parameters[i] = *value;
    return {};
  }
  std::vector<std::string> names;
  for (const auto& [parameter, unit] : form.parameters) names.push_back(parameter);
  return fail(fmt::format("`{}` takes {}", form.name, fmt::join(names, ", ")));
}

Result<Value> read_distribution(const Key& key, const YamlNode& node) {
  DistributionText out;
  if (node.kind == YamlNode::Kind::scalar) {
    const auto value = read_scalar(key, node);
    if (!value) return Unexpected{value.error()};
    out.form = "constant";
    out.parameters = {key.unit == Unit::duration ? canonical(*value) / 1e9 : canonical(*value)};
    return Value{std::move(out)};
  }
  if (node.kind != YamlNode::Kind::map || node.items.size() != 1 ||
      node.items[0].kind != YamlNode::Kind::map) {
    return fail(fmt::format("should be {}, or one distribution such as `{{exponential: {{mean: ...}}}}` ({})",
                            expected(key), form_names()));
  }
  const auto& forms = distribution_forms();
  const std::string& name = node.keys[0].name;
  const auto form = std::find_if(forms.begin(), forms.end(), [&](const auto& f) { return f.name == name; });
  if (form == forms.end()) {
    return fail(fmt::format("unknown distribution `{}`; known: {}", name, form_names()));
  }
  out.form = name;
  out.parameters.assign(form->parameters.size(), 0);
  const YamlNode& fields = node.items[0];
  for (std::size_t i = 0; i < fields.items.size(); ++i) {
    const auto read = read_form_field(key, *form, fields.keys[i].name, fields.items[i], out);
    if (!read) return fail(fmt::format("{}.{}: {}", name, fields.keys[i].name, read.error().message));
  }
  for (const auto& [parameter, unit] : form->parameters) {
    if (fields.find(parameter) == nullptr) return fail(fmt::format("`{}` needs `{}`", name, parameter));
  }
  return Value{std::move(out)};
}

}  // namespace

const std::vector<DistributionForm>& distribution_forms() {
  static const std::vector<DistributionForm> forms{
      {"uniform", {{"low", true}, {"high", true}}},       {"exponential", {{"mean", true}}},
      {"normal", {{"mean", true}, {"sd", true}}},         {"lognormal", {{"median", true}, {"mean", true}}},
      {"lognormal_cv", {{"mean", true}, {"cv", false}}},  {"gamma", {{"shape", false}, {"scale", true}}},
      {"weibull", {{"shape", false}, {"scale", true}}},   {"pareto", {{"minimum", true}, {"shape", false}}},
      {"choice", {{"values", true}, {"weights", false}}}, {"empirical", {{"file", false}, {"column", false}}},
  };
  return forms;
}

Result<Value> read_value(const Key& key, const YamlNode& node) {
  switch (key.shape) {
    case Shape::one:
    case Shape::choice: {
      auto value = key.shape == Shape::one ? read_scalar(key, node) : read_word(key, node);
      if (!value) return Unexpected{value.error()};
      return Value{std::move(*value)};
    }
    case Shape::optional: {
      if (node.kind == YamlNode::Kind::scalar && node.text == "none") return Value{Nothing{}};
      auto value = read_scalar(key, node);
      if (!value) return Unexpected{value.error()};
      return Value{std::move(*value)};
    }
    case Shape::list:
    case Shape::words: return read_list(key, node);
    case Shape::table: return read_table(key, node);
    case Shape::distribution: return read_distribution(key, node);
  }
  return fail("has a shape no reader knows");
}

std::string expected(const Key& key) {
  if (!key.choices.empty()) return fmt::format("one of {}", fmt::join(key.choices, ", "));
  return describe(key.unit) + bounds(key) + (key.shape == Shape::optional ? ", or `none`" : "");
}

std::string to_text(const YamlNode& node) {
  std::vector<std::string> parts;
  switch (node.kind) {
    case YamlNode::Kind::null: return "null";
    case YamlNode::Kind::scalar: return node.text;
    case YamlNode::Kind::list:
      for (const auto& item : node.items) parts.push_back(to_text(item));
      return fmt::format("[{}]", fmt::join(parts, ", "));
    case YamlNode::Kind::map:
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        parts.push_back(fmt::format("{}: {}", node.keys[i].name, to_text(node.items[i])));
      }
      return fmt::format("{{{}}}", fmt::join(parts, ", "));
  }
  return {};
}

Result<void> check_entry_name(std::string_view name) {
  const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::islower(c) != 0 || std::isdigit(c) != 0 || c == '_';
  });
  if (!plain || name.empty() || name.size() > name_size_max) {
    return fail(fmt::format("a name has 1 to {} characters of a-z, 0-9 and _", name_size_max));
  }
  return {};
}

}  // namespace souk::scenarios
