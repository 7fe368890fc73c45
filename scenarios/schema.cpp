#include <nlohmann/json.hpp>

#include "scenarios/yaml_reader.hpp"

namespace souk::scenarios {
namespace {

using nlohmann::ordered_json;

ordered_json quantity(const Key& key) {
  ordered_json out;
  if (!key.choices.empty()) {
    out["enum"] = key.choices;
    return out;
  }
  switch (key.unit) {
    case Unit::text: out["type"] = "string"; return out;
    case Unit::boolean: out["type"] = "boolean"; return out;
    case Unit::count: out["type"] = "integer"; break;
    case Unit::number: out["type"] = "number"; break;
    case Unit::fraction:
      out["anyOf"] = {{{"type", "number"}}, {{"type", "string"}, {"pattern", pattern(key.unit)}}};
      return out;
    default:
      out["type"] = "string";
      out["pattern"] = pattern(key.unit);
      return out;
  }
  if (!key.min.empty()) out["minimum"] = canonical(parse_quantity(key.unit, key.min).value());
  if (!key.max.empty()) out["maximum"] = canonical(parse_quantity(key.unit, key.max).value());
  return out;
}

ordered_json distribution(const Key& key) {
  ordered_json forms = ordered_json::array({quantity(key)});
  for (const auto& form : distribution_forms()) {
    ordered_json fields;
    std::vector<std::string> names;
    for (const auto& [name, has_unit] : form.parameters) {
      Key inner = key;
      inner.min.clear();
      inner.max.clear();
      if (!has_unit) inner.unit = form.name == "empirical" ? Unit::text : Unit::number;
      fields[name] = form.name == "choice" ? ordered_json{{"type", "array"}, {"items", quantity(inner)}}
                                           : quantity(inner);
      names.push_back(name);
    }
    ordered_json body{
        {"type", "object"}, {"properties", fields}, {"required", names}, {"additionalProperties", false}};
    forms.push_back({{"type", "object"},
                     {"properties", {{form.name, body}}},
                     {"required", {form.name}},
                     {"additionalProperties", false}});
  }
  return {{"anyOf", forms}};
}

ordered_json shape(const Key& key) {
  const ordered_json one = quantity(key);
  switch (key.shape) {
    case Shape::one:
    case Shape::choice: return one;
    case Shape::optional: return {{"anyOf", {one, {{"const", "none"}}}}};
    case Shape::list:
    case Shape::words: return {{"anyOf", {one, {{"type", "array"}, {"items", one}}}}};
    case Shape::table: return {{"type", "object"}, {"additionalProperties", one}};
    case Shape::distribution: return distribution(key);
  }
  return {};
}

std::string describe_row(const Key& key) {
  std::string out = key.doc;
  if (!key.fallback.empty()) out += " Default: " + key.fallback + " (" + key.source + ").";
  if (!key.min.empty() || !key.max.empty()) {
    out +=
        " Range: " + (key.min.empty() ? "..." : key.min) + " to " + (key.max.empty() ? "..." : key.max) + ".";
  }
  return out;
}

/// Puts `leaf` at the dotted `path` below `object`, making the objects between.
void place(ordered_json& object, std::string_view path, ordered_json leaf) {
  const auto dot = path.find('.');
  ordered_json& slot = object["properties"][std::string(path.substr(0, dot))];
  if (dot == std::string_view::npos) {
    if (slot.is_null()) slot = ordered_json::object();
    for (auto& [name, value] : leaf.items()) slot[name] = value;
    return;
  }
  if (!slot.contains("type")) slot["type"] = "object";
  slot["additionalProperties"] = false;
  place(slot, path.substr(dot + 1), std::move(leaf));
}

ordered_json object_of(const Section& section) {
  ordered_json object{{"type", "object"}, {"additionalProperties", false}};
  for (const Key& key : section.keys) {
    ordered_json leaf = shape(key);
    leaf["description"] = describe_row(key);
    place(object, key.name, std::move(leaf));
    if (key.fallback.empty() && key.name.find('.') == std::string::npos)
      object["required"].push_back(key.name);
  }
  return object;
}

}  // namespace

std::string json_schema(const Settings& settings, std::string_view title) {
  ordered_json root{{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", title}};
  for (const Section& section : settings) {
    if (section.path.empty()) root.update(object_of(section));
  }
  root["properties"]["extends"] = {
      {"type", "string"}, {"description", "A scenario file this one builds on, relative to this file."}};
  for (const Section& section : settings) {
    if (section.path.empty()) continue;
    ordered_json object = object_of(section);
    if (section.named) {
      // A file that extends another may give part of an entry.
      object.erase("required");
      object = {{"type", "object"}, {"additionalProperties", {{"anyOf", {object, {{"type", "null"}}}}}}};
    }
    object["description"] = section.doc;
    place(root, section.path, std::move(object));
  }
  root.erase("required");
  return root.dump(2) + "\n";
}

}  // namespace souk::scenarios
