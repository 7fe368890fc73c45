#include "actors/chain/matching.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace souk {
namespace {

constexpr std::string_view storage_prefix = "capabilities/storage/";
constexpr std::string_view gpu_prefix = "capabilities/gpu/";

/// One `[...]` class. `pattern` starts behind the bracket and is moved behind the closing one. Empty if the
/// class is malformed.
std::optional<bool> match_class(std::string_view& pattern, char c) {
  const auto next_character = [&pattern]() -> std::optional<char> {
    if (pattern.empty() || pattern.front() == '-' || pattern.front() == ']') return std::nullopt;
    if (pattern.front() == '\\') pattern.remove_prefix(1);
    if (pattern.empty()) return std::nullopt;
    const char first = pattern.front();
    pattern.remove_prefix(1);
    return first;
  };
  bool negated = false;
  if (!pattern.empty() && pattern.front() == '^') {
    negated = true;
    pattern.remove_prefix(1);
  }
  bool matched = false;
  for (bool first = true; first || pattern.empty() || pattern.front() != ']'; first = false) {
    const auto low = next_character();
    if (!low) return std::nullopt;
    auto high = low;
    if (!pattern.empty() && pattern.front() == '-') {
      pattern.remove_prefix(1);
      high = next_character();
      if (!high) return std::nullopt;
    }
    matched = matched || (*low <= c && c <= *high);
  }
  pattern.remove_prefix(1);
  return matched != negated;
}

bool is_literal(std::string_view pattern) {
  return std::none_of(pattern.begin(), pattern.end(),
                      [](char c) { return c == '*' || c == '?' || c == '[' || c == '\\'; });
}

/// `sorted` is ordered by (key, value).
bool matched_by(const Attribute& wanted, const Attributes& sorted) {
  if (is_literal(wanted.key)) return std::binary_search(sorted.begin(), sorted.end(), wanted);
  return std::any_of(sorted.begin(), sorted.end(), [&](const Attribute& offered) {
    return offered.value == wanted.value && glob_match(wanted.key, offered.key);
  });
}

bool covered_by_auditors(const PlacementRequirements& wanted, std::span<const SharedAudit> audited) {
  const auto signs = [&](const std::string& auditor) {
    return std::any_of(audited.begin(), audited.end(), [&](const SharedAudit& record) {
      return is_bech32_of(auditor, record->auditor) &&
             attributes_within(wanted.attributes, record->attributes);
    });
  };
  const SignedBy& by = wanted.signed_by;
  return std::all_of(by.all_of.begin(), by.all_of.end(), signs) &&
         (by.any_of.empty() || std::any_of(by.any_of.begin(), by.any_of.end(), signs));
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view name) {
  while (!pattern.empty()) {
    const char p = pattern.front();
    pattern.remove_prefix(1);
    if (p == '*') {
      for (std::size_t skip = 0; skip <= name.size(); ++skip) {
        if (glob_match(pattern, name.substr(skip))) return true;
        if (skip < name.size() && name[skip] == '/') return false;
      }
      return false;
    }
    if (name.empty()) return false;
    const char c = name.front();
    name.remove_prefix(1);
    if (p == '?') {
      if (c == '/') return false;
    } else if (p == '[') {
      if (c == '/' || !match_class(pattern, c).value_or(false)) return false;
    } else if (p == '\\') {
      if (pattern.empty() || pattern.front() != c) return false;
      pattern.remove_prefix(1);
    } else if (p != c) {
      return false;
    }
  }
  return name.empty();
}

bool attributes_within(const Attributes& wanted, const Attributes& offered) {
  return std::all_of(wanted.begin(), wanted.end(), [&](const Attribute& want) {
    return std::any_of(offered.begin(), offered.end(), [&](const Attribute& offer) {
      return offer.value == want.value && glob_match(want.key, offer.key);
    });
  });
}

Capabilities::Capabilities(Attributes attributes) : attributes_(std::move(attributes)) {
  std::sort(attributes_.begin(), attributes_.end());
  for (const Attribute& attribute : attributes_) {
    std::string_view key = attribute.key;
    if (key.starts_with(gpu_prefix)) {
      gpu_.push_back({std::string(key.substr(gpu_prefix.size())), attribute.value});
    } else if (key.starts_with(storage_prefix)) {
      key.remove_prefix(storage_prefix.size());
      const auto slash = key.find('/');
      if (slash == std::string_view::npos) continue;
      storage_[std::string(key.substr(0, slash))].push_back(
          {std::string(key.substr(slash + 1)), attribute.value});
    }
  }
}

bool Capabilities::cover(const Attributes& wanted) const {
  return std::all_of(wanted.begin(), wanted.end(),
                     [&](const Attribute& want) { return matched_by(want, attributes_); });
}

bool Capabilities::can_serve(const GroupSpec& spec) const {
  const auto has_class = [&](const StorageVolume& volume) {
    return volume.attributes.empty() || std::any_of(storage_.begin(), storage_.end(), [&](const auto& group) {
             return std::all_of(volume.attributes.begin(), volume.attributes.end(),
                                [&](const Attribute& want) { return matched_by(want, group.second); });
           });
  };
  return std::all_of(spec.resources.begin(), spec.resources.end(), [&](const ResourceUnit& unit) {
    const Resources& r = unit.resource;
    if (!std::all_of(r.storage.begin(), r.storage.end(), has_class)) return false;
    if (r.gpu_units == 0 || r.gpu_attributes.empty()) return true;
    return std::any_of(r.gpu_attributes.begin(), r.gpu_attributes.end(),
                       [&](const Attribute& want) { return matched_by(want, gpu_); });
  });
}

bool needs_auditors(const PlacementRequirements& wanted) {
  return !wanted.signed_by.all_of.empty() || !wanted.signed_by.any_of.empty();
}

bool requirements_met(const PlacementRequirements& wanted, const Capabilities& own,
                      std::span<const SharedAudit> audited) {
  return needs_auditors(wanted) ? covered_by_auditors(wanted, audited) : own.cover(wanted.attributes);
}

}  // namespace souk
