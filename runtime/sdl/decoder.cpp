#include "runtime/sdl/decoder.hpp"

#include <algorithm>
#include <set>
#include <tuple>

#include "runtime/sdl/units.hpp"

namespace souk::sdl {
namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

[[noreturn]] void refuse_kind(const Node& node, std::string_view what, std::string_view wanted) {
  refuse(node.line,
         quoted(what) + " must be " + std::string(wanted) + ", not " + std::string(kind_name(node.kind)));
}

bool is_merge(const Node& key) { return key.kind == Node::Kind::scalar && !key.quoted && key.text == "<<"; }

bool contains(const std::vector<Entry>& entries, std::string_view key) {
  return std::any_of(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == key; });
}

/// The maps of a `<<` entry, the strongest first.
std::vector<const Node*> merged_maps(const Node& value) {
  if (value.kind == Node::Kind::map) return {&value};
  if (value.kind != Node::Kind::list) refuse(value.line, "`<<` must name a map or a list of maps");
  for (const Node* item : value.items) {
    if (item->kind != Node::Kind::map) refuse(item->line, "`<<` must name a map or a list of maps");
  }
  return value.items;
}

void refuse_duplicates(const std::vector<Entry>& entries, std::string_view what) {
  std::vector<const Entry*> sorted;
  sorted.reserve(entries.size());
  for (const Entry& entry : entries) sorted.push_back(&entry);
  std::sort(sorted.begin(), sorted.end(), [](const Entry* a, const Entry* b) {
    return a->key != b->key ? a->key < b->key : a->line < b->line;
  });
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end(),
                                        [](const Entry* a, const Entry* b) { return a->key == b->key; });
  if (twice == sorted.end()) return;
  refuse((*std::next(twice))->line, quoted((*twice)->key) + " is there twice in " + quoted(what) +
                                        ", first at line " + std::to_string((*twice)->line) + "; keep one");
}

/// Appends what `<<` brings in. A key that is there already wins, and an earlier map over a later one.
void add_merged(const Node& node, std::string_view what, std::vector<Entry>& entries) {
  std::set<std::string_view> seen;
  for (const Entry& entry : entries) seen.insert(entry.key);
  for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
    if (!is_merge(*node.items[i])) continue;
    for (const Node* map : merged_maps(*node.items[i + 1])) {
      for (const Entry& entry : entries_of(*map, what)) {
        if (seen.insert(entry.key).second) entries.push_back(entry);
      }
    }
  }
}

}  // namespace

std::vector<Problem> Warnings::take_sorted() {
  std::sort(problems_.begin(), problems_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.line, a.message) < std::tie(b.line, b.message);
  });
  problems_.erase(std::unique(problems_.begin(), problems_.end()), problems_.end());
  return std::move(problems_);
}

std::vector<Entry> entries_of(const Node& node, std::string_view what) {
  std::vector<Entry> entries;
  if (node.is_null()) return entries;
  if (node.kind != Node::Kind::map) refuse_kind(node, what, "a map");
  entries.reserve(node.items.size() / 2);
  bool merges = false;
  for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
    const Node& key = *node.items[i];
    if (key.is_null()) continue;  // Go skips a null key
    if (key.kind != Node::Kind::scalar)
      refuse_kind(key, std::string("a key of ") + std::string(what), "a single value");
    if (is_merge(key))
      merges = true;
    else
      entries.push_back({key.text, key.line, node.items[i + 1]});
  }
  refuse_duplicates(entries, what);
  if (merges) add_merged(node, what, entries);
  return entries;
}

Fields::Fields(Warnings& warnings, const Node& node, std::string_view what)
    : warnings_(warnings), what_(what), line_(node.line), entries_(entries_of(node, what)) {}

const Node* Fields::take(std::string_view key) {
  known_.push_back(key);
  for (const Entry& entry : entries_) {
    if (entry.key == key) return entry.value->is_null() ? nullptr : entry.value;
  }
  return nullptr;
}

bool Fields::has(std::string_view key) const { return contains(entries_, key); }

std::uint32_t Fields::key_line(std::string_view key) const {
  for (const Entry& entry : entries_) {
    if (entry.key == key) return entry.line;
  }
  return line_;
}

std::string Fields::unknown_message(std::string_view key) const {
  std::string message = "unknown key " + quoted(key) + " in " + quoted(what_) + "; known:";
  for (std::string_view known : known_) message += " " + std::string(known);
  return message;
}

void Fields::warn_of_unknown() const {
  for (const Entry& entry : entries_) {
    if (std::find(known_.begin(), known_.end(), entry.key) == known_.end())
      warnings_.add(entry.line, unknown_message(entry.key) + " (Akash ignores it)");
  }
}

void Fields::refuse_unknown() const {
  for (const Entry& entry : entries_) {
    if (std::find(known_.begin(), known_.end(), entry.key) == known_.end())
      refuse(entry.line, unknown_message(entry.key));
  }
}

const std::string& text_of(const Node& node, std::string_view key) {
  if (node.kind != Node::Kind::scalar) refuse_kind(node, key, "a single value");
  return node.text;
}

const std::string& string_of(Warnings& warnings, const Node& node, std::string_view key) {
  const std::string& text = text_of(node, key);
  if (!node.quoted && (looks_like_number(text) || looks_like_bool(text)))
    warnings.add(node.line, quoted(key) + " should be text: write \"" + text + "\" in quotes");
  return text;
}

bool bool_of(const Node& node, std::string_view key) {
  const auto value = parse_yaml_bool(text_of(node, key), node.quoted);
  if (!value) refuse(node.line, quoted(key) + " must be true or false, not " + quoted(node.text));
  return *value;
}

std::uint32_t u32_of(const Node& node, std::string_view key) {
  const std::string& text = text_of(node, key);
  if (node.quoted)
    refuse(node.line, quoted(key) + " must be a whole number without quotes, not \"" + text + "\"");
  const auto value = parse_yaml_u32(text);
  if (!value)
    refuse(node.line, quoted(key) + " must be a whole number from 0 to 4294967295, not " + quoted(text));
  return *value;
}

std::vector<const Node*> items_of(const Node& node, std::string_view key) {
  if (node.kind != Node::Kind::list) refuse_kind(node, key, "a list");
  std::vector<const Node*> items;
  items.reserve(node.items.size());
  for (const Node* item : node.items) {
    if (!item->is_null()) items.push_back(item);
  }
  return items;
}

StringList strings_of(Warnings& warnings, const Node* node, std::string_view key) {
  if (node == nullptr) return std::nullopt;
  std::vector<std::string> strings;
  for (const Node* item : items_of(*node, key)) strings.push_back(string_of(warnings, *item, key));
  return strings;
}

}  // namespace souk::sdl
