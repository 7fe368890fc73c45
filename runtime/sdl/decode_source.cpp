// The top level, placements, endpoints, deployment and reclamation (akash-offchain.md sections 1.1, 1.2).
#include <algorithm>

#include "runtime/sdl/rules.hpp"
#include "runtime/sdl/source.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

/// LegacyNewDecFromStr's spelling: digits on both sides of a point, 18 decimals at most.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return digits(text);
  return digits(text.substr(0, dot)) && digits(text.substr(dot + 1)) && text.size() - dot - 1 <= 18;
}

Dec amount_of(const Node& node) {
  const std::string& text = text_of(node, "amount");
  if (!is_decimal(text))
    refuse(node.line,
           quoted(text) + " is not an amount; a number above 0 with at most 18 decimals would be right");
  const auto amount = Dec::parse(text);
  if (!amount) refuse(node.line, "amount " + quoted(text) + " is too large; at most 10000000 would be right");
  if (amount->is_negative() || amount->is_zero())
    refuse(node.line, "amount " + quoted(text) + " must be above 0");
  return *amount;
}

Price decode_price(const Entry& entry, Warnings& warnings) {
  Fields fields(warnings, *entry.value, "pricing");
  Price price;
  price.line = entry.line;
  const Node* amount = fields.take("amount");
  if (amount == nullptr)
    refuse(entry.line, "the price of " + quoted(entry.key) +
                           " has no `amount`; a maximum price per block would be right");
  const Node* denom = fields.take("denom");
  if (denom == nullptr)
    refuse(entry.line, "the price of " + quoted(entry.key) + " has no `denom`; uact or uakt would be right");
  fields.warn_of_unknown();
  price.line = amount->line;
  price.coin.amount = amount_of(*amount);
  price.denom = string_of(warnings, *denom, "denom");
  const auto known = denom_of(price.denom);
  if (!known) refuse(denom->line, "unknown denom " + quoted(price.denom) + "; uact or uakt would be right");
  price.coin.denom = *known;
  if (*known == Denom::uusdc)
    warnings.add(denom->line, "denom " + quoted(price.denom) + " is of a past era; today's chain takes uact");
  return price;
}

void decode_signed_by(const Node& node, PlacementProfile& placement, Warnings& warnings) {
  Fields fields(warnings, node, "signedBy");
  placement.any_of = strings_of(warnings, fields.take("anyOf"), "anyOf");
  placement.all_of = strings_of(warnings, fields.take("allOf"), "allOf");
  fields.warn_of_unknown();
}

Attributes decode_placement_attributes(const Node& node, Warnings& warnings) {
  Attributes attributes;
  for (const Entry& entry : entries_of(node, "attributes")) {
    if (!is_attribute_key(entry.key))
      warnings.add(
          entry.line,
          quoted(entry.key) +
              " is no attribute key, no provider can have it; letters, digits and _ / . - would be right");
    attributes.push_back(
        {std::string(entry.key), entry.value->is_null() ? "" : text_of(*entry.value, entry.key)});
  }
  std::sort(attributes.begin(), attributes.end());
  return attributes;
}

void decode_endpoints(const Node& node, Source& source, Warnings& warnings) {
  for (const Entry& entry : entries_of(node, "endpoints")) {
    Fields fields(warnings, *entry.value, "endpoint");
    const Node* kind = fields.take("kind");
    fields.warn_of_unknown();
    if (!is_endpoint_name(entry.key))
      refuse(entry.line,
             quoted(entry.key) +
                 " is no endpoint name; two or more of a-z 0-9 - _, the first a letter, would be right");
    if (kind == nullptr || text_of(*kind, "kind") != "ip")
      refuse(kind == nullptr ? entry.line : kind->line,
             "endpoint " + quoted(entry.key) + " must have `kind: ip`");
    source.endpoints.emplace(entry.key, Located<std::string>{kind->text, entry.line});
  }
}

Use decode_use(const Entry& entry, Warnings& warnings) {
  Fields fields(warnings, *entry.value, "deployment");
  Use use;
  use.line = use.profile.line = use.count.line = entry.line;
  if (const Node* profile = fields.take("profile"))
    use.profile = {string_of(warnings, *profile, "profile"), profile->line};
  if (const Node* count = fields.take("count")) use.count = {u32_of(*count, "count"), count->line};
  if (use.count.value == 0) warnings.add(use.count.line, "`count` should be at least 1");
  fields.warn_of_unknown();
  return use;
}

void decode_deployment(const Node& node, Source& source, Warnings& warnings) {
  for (const Entry& service : entries_of(node, "deployment")) {
    auto& uses = source.deployment[std::string(service.key)];
    for (const Entry& placement : entries_of(*service.value, service.key))
      uses.emplace(placement.key, decode_use(placement, warnings));
  }
}

/// The schema takes a whole number and one of s, m, h; Go any positive duration.
bool is_schema_window(std::string_view text) {
  return text.size() >= 2 && std::string_view("smh").find(text.back()) != std::string_view::npos &&
         text.front() != '0' &&
         text.substr(0, text.size() - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

void decode_reclamation(const Node& node, Source& source, Warnings& warnings) {
  Fields fields(warnings, node, "reclamation");
  const Node* window = fields.take("min_window");
  fields.warn_of_unknown();
  if (window == nullptr)
    refuse(node.line, "`reclamation` without `min_window`; `min_window: 24h` would be right");
  const auto duration = parse_go_duration(text_of(*window, "min_window"));
  if (!duration) refuse(window->line, duration.error().message);
  if (*duration <= Duration::zero()) refuse(window->line, "`min_window` must be above 0");
  if (!is_schema_window(window->text))
    warnings.add(window->line, "write `min_window` as a whole number with s, m or h");
  source.reclamation_min_window = *duration;
}

void decode_profiles(const Node& node, Source& source, Warnings& warnings) {
  Fields fields(warnings, node, "profiles");
  if (const Node* compute = fields.take("compute")) {
    for (const Entry& entry : entries_of(*compute, "compute")) {
      ComputeProfile profile = decode_compute(*entry.value, warnings);
      profile.line = entry.line;
      source.compute.emplace(entry.key, std::move(profile));
    }
  }
  if (const Node* placement = fields.take("placement")) {
    for (const Entry& entry : entries_of(*placement, "placement")) {
      PlacementProfile profile = decode_placement(*entry.value, warnings);
      profile.line = entry.line;
      source.placement.emplace(entry.key, std::move(profile));
    }
  }
  fields.warn_of_unknown();
}

void decode_version(const Node& root, Fields& fields, Source& source, Warnings& warnings) {
  const Node* version = fields.take("version");
  if (version == nullptr)
    refuse(fields.has("version") ? fields.key_line("version") : root.line,
           "no `version`; `version: \"2.0\"` would be right");
  source.version = text_of(*version, "version");
  const auto grammar = parse_version(source.version);
  if (!grammar) refuse(version->line, grammar.error().message);
  source.grammar = *grammar;
  if (!version->quoted || (source.version != "2.0" && source.version != "2.1"))
    warnings.add(version->line, "write the version as \"2.0\" or \"2.1\", in quotes");
}

}  // namespace

PlacementProfile decode_placement(const Node& node, Warnings& warnings) {
  Fields fields(warnings, node, "placement");
  PlacementProfile placement;
  placement.line = node.line;
  if (const Node* attributes = fields.take("attributes"))
    placement.attributes = decode_placement_attributes(*attributes, warnings);
  if (const Node* signed_by = fields.take("signedBy")) decode_signed_by(*signed_by, placement, warnings);
  if (const Node* pricing = fields.take("pricing")) {
    for (const Entry& entry : entries_of(*pricing, "pricing")) {
      if (!entry.value->is_null()) placement.pricing.emplace(entry.key, decode_price(entry, warnings));
    }
  }
  fields.warn_of_unknown();
  return placement;
}

Source decode_source(const YamlDocument& document, Warnings& warnings) {
  if (document.root == nullptr || document.root->is_null())
    refuse(0, "the file is empty; an SDL file starts with `version: \"2.0\"`");
  if (document.more_documents) warnings.add(0, "only the first YAML document is read");
  const Node& root = *document.root;
  if (root.kind != Node::Kind::map)
    refuse(root.line, "an SDL file is a map that starts with `version: \"2.0\"`");
  Source source;
  Fields fields(warnings, root, "SDL");
  decode_version(root, fields, source, warnings);
  strings_of(warnings, fields.take("include"), "include");
  if (const Node* endpoints = fields.take("endpoints")) decode_endpoints(*endpoints, source, warnings);
  if (const Node* services = fields.take("services")) {
    for (const Entry& entry : entries_of(*services, "services")) {
      ServiceSpec service = decode_service(*entry.value, warnings);
      service.line = entry.line;
      source.services.emplace(entry.key, std::move(service));
    }
  }
  if (const Node* profiles = fields.take("profiles")) decode_profiles(*profiles, source, warnings);
  source.deployment_line = fields.key_line("deployment");
  if (const Node* deployment = fields.take("deployment")) decode_deployment(*deployment, source, warnings);
  if (const Node* reclamation = fields.take("reclamation"))
    decode_reclamation(*reclamation, source, warnings);
  fields.refuse_unknown();
  return source;
}

}  // namespace souk::sdl
