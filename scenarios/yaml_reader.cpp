#include "scenarios/yaml_reader.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include "actors/base/hash.hpp"
#include "scenarios/yaml_values.hpp"

namespace souk::scenarios {
namespace {

/// What a full path means: the section it lies in, the entry of a named section, and the rest.
struct Place {
  const Section* section = nullptr;
  std::string entry;
  std::string rest;
};

std::string join(std::string_view a, std::string_view b) {
  if (a.empty()) return std::string(b);
  return b.empty() ? std::string(a) : fmt::format("{}.{}", a, b);
}

/// The deepest section whose path is a prefix of `path`.
Place place_of(const Settings& settings, std::string_view path) {
  Place best;
  for (const Section& section : settings) {
    const std::string prefix = section.path.empty() ? "" : section.path + ".";
    if (!path.starts_with(prefix)) continue;
    if (best.section != nullptr && best.section->path.size() > section.path.size()) continue;
    const std::string rest(path.substr(prefix.size()));
    if (!section.named) {
      best = {&section, {}, rest};
      continue;
    }
    const auto dot = rest.find('.');
    best = {&section, rest.substr(0, dot), dot == std::string::npos ? "" : rest.substr(dot + 1)};
  }
  return best;
}

const Key* key_at(const Settings& settings, std::string_view path) {
  const Place place = place_of(settings, path);
  if (place.section == nullptr) return nullptr;
  const auto& keys = place.section->keys;
  const auto found =
      std::find_if(keys.begin(), keys.end(), [&](const Key& k) { return k.name == place.rest; });
  return found == keys.end() ? nullptr : &*found;
}

/// The names that may follow `path`; empty if none, which makes `path` unknown.
std::vector<std::string> names_under(const Settings& settings, std::string_view path) {
  std::set<std::string> names;
  const auto add = [&](const std::string& full) {
    const std::string prefix = path.empty() ? "" : std::string(path) + ".";
    if (full.size() > prefix.size() && full.starts_with(prefix)) {
      names.insert(full.substr(prefix.size(), full.find('.', prefix.size()) - prefix.size()));
    }
  };
  const Place place = place_of(settings, path);
  for (const Section& section : settings) {
    if (!section.path.empty()) add(section.path);
    if (!section.named) {
      for (const Key& key : section.keys) add(join(section.path, key.name));
    } else if (place.section == &section && !place.entry.empty()) {
      for (const Key& key : section.keys) add(join(join(section.path, place.entry), key.name));
    }
  }
  return {names.begin(), names.end()};
}

bool names_entries(const Settings& settings, std::string_view path) {
  return std::any_of(settings.begin(), settings.end(),
                     [&](const Section& s) { return s.named && s.path == path; });
}

/// Every path a file may set, entries of named sections shown as `providers.<name>.count`.
std::vector<std::string> all_paths(const Settings& settings) {
  std::vector<std::string> paths;
  for (const Section& section : settings) {
    const std::string prefix = section.named ? join(section.path, "<name>") : section.path;
    for (const Key& key : section.keys) paths.push_back(join(prefix, key.name));
  }
  return paths;
}

std::string last_name(const std::string& path) {
  const auto dot = path.rfind('.');
  return dot == std::string::npos ? path : path.substr(dot + 1);
}

/// "did you mean `seed`?" from the neighbours, else from the same last name anywhere, else the list.
std::string suggestion(const Settings& settings, std::string_view parent, const std::string& name) {
  const auto near = names_under(settings, parent);
  if (const std::string best = nearest_name(name, near); !best.empty()) {
    return fmt::format("did you mean `{}`?", join(parent, best));
  }
  std::vector<std::string> last;
  const auto all = all_paths(settings);
  for (const auto& path : all) last.push_back(last_name(path));
  if (const std::string best = nearest_name(name, last); !best.empty()) {
    const auto at = std::find(last.begin(), last.end(), best) - last.begin();
    return fmt::format("did you mean `{}`?", all[static_cast<std::size_t>(at)]);
  }
  return fmt::format("valid here: {}", fmt::join(near, ", "));
}

/// Two passes: names first, so that a misspelt key is told before what its absence causes; then values, in
/// the order of the table, so that a row may build on the rows above it.
class Reader {
 public:
  Reader(const Settings& settings, void* root, ReadContext& context)
      : settings_(settings), root_(root), context_(context) {}

  Result<void> walk(const YamlNode& map, const std::string& path);
  Result<void> fill();
  UsedSettings take() &&;

 private:
  Result<void> child(const YamlNode::Key& key, const YamlNode& value, const std::string& path);
  Result<void> fill_struct(const Section& section, const std::string& entry);
  Result<void> setting(const Key& key, const std::string& path, void* target);

  const Settings& settings_;
  void* root_;
  ReadContext& context_;
  UsedSettings used_;
  std::map<std::string, const YamlNode*> given_;
  std::vector<std::pair<const Section*, std::string>> entries_;  ///< in the order of the file
};

Result<void> Reader::walk(const YamlNode& map, const std::string& path) {
  for (std::size_t i = 0; i < map.items.size(); ++i) {
    if (auto done = child(map.keys[i], map.items[i], join(path, map.keys[i].name)); !done) return done;
  }
  return {};
}

Result<void> Reader::child(const YamlNode::Key& key, const YamlNode& value, const std::string& path) {
  const std::string at = to_string(key.origin);
  if (key.name.find('.') != std::string::npos) {
    return fail(fmt::format("{}: `{}`: write a dotted name as nested maps", at, key.name));
  }
  if (key_at(settings_, path) != nullptr) return given_.emplace(path, &value), Result<void>{};
  const Place place = place_of(settings_, path);
  const bool entry = place.section != nullptr && place.section->named && place.rest.empty() &&
                     path == join(place.section->path, place.entry);
  if (!entry && !names_entries(settings_, path) && names_under(settings_, path).empty()) {
    const std::string parent = path.substr(0, path.size() - std::min(path.size(), key.name.size() + 1));
    return fail(fmt::format("{}: unknown key `{}`; {}", at, path, suggestion(settings_, parent, key.name)));
  }
  if (entry) {
    if (auto valid = check_entry_name(key.name); !valid) {
      return fail(fmt::format("{}: `{}`: {}", at, path, valid.error().message));
    }
    entries_.emplace_back(place.section, place.entry);
  }
  if (value.kind == YamlNode::Kind::map) return walk(value, path);
  if (value.kind == YamlNode::Kind::null && (entry || names_entries(settings_, path))) return {};
  const std::string inside = names_entries(settings_, path)
                                 ? "names and their settings"
                                 : fmt::format("{}", fmt::join(names_under(settings_, path), ", "));
  return fail(
      fmt::format("{}: `{}` is a {}; it should be a map of {}", at, path, kind_name(value.kind), inside));
}

/// Where a value came from, without folders: the same on every machine.
std::string set_by(const Origin& origin) {
  if (!origin.file) return "default";
  if (origin.line == 0) return *origin.file;
  return fmt::format("{}:{}", std::filesystem::path(*origin.file).filename().string(), origin.line);
}

Result<void> Reader::setting(const Key& key, const std::string& path, void* target) {
  const auto found = given_.find(path);
  if (found == given_.end() && key.fallback == from_preset) {
    used_.push_back({path, key.show(target), "preset", key.source, {}});
    return {};
  }
  if (found == given_.end() && key.fallback.empty()) {
    return fail(fmt::format("`{}` is missing; it should be {}", path, expected(key)));
  }
  YamlNode fallback;
  if (found == given_.end()) fallback = parse_yaml(key.fallback, "default").value();
  const YamlNode& node = found == given_.end() ? fallback : *found->second;
  const auto value = read_value(key, node);
  if (!value) {
    SOUK_CHECK(found != given_.end());  // a default in the table does not satisfy its own row
    return fail(fmt::format("{}: `{}`: {}", to_string(node.origin), path, value.error().message));
  }
  const bool given = found != given_.end();
  if (auto stored = key.store(target, *value, context_); !stored) {
    SOUK_CHECK(given);
    return fail(fmt::format("{}: `{}`: {}", to_string(node.origin), path, stored.error().message));
  }
  used_.push_back({path, to_text(node), given ? set_by(node.origin) : "default", given ? "" : key.source,
                   given ? node.origin : Origin{}});
  return {};
}

Result<void> Reader::fill_struct(const Section& section, const std::string& entry) {
  void* target = section.target(root_, entry);
  for (const Key& key : section.keys) {
    const std::string path = join(section.named ? join(section.path, entry) : section.path, key.name);
    if (auto done = setting(key, path, target); !done) return done;
  }
  return {};
}

Result<void> Reader::fill() {
  for (const Section& section : settings_) {
    if (section.named) continue;
    if (auto done = fill_struct(section, {}); !done) return done;
  }
  for (const auto& [section, entry] : entries_) {
    if (auto done = fill_struct(*section, entry); !done) return done;
  }
  return {};
}

UsedSettings Reader::take() && {
  std::sort(used_.begin(), used_.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  return std::move(used_);
}

/// Levenshtein distance with transpositions of neighbours counting one.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t swap = a[i - 1] == b[j - 1] ? 0 : 1;
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + swap});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

}  // namespace

std::string nearest_name(std::string_view name, const std::vector<std::string>& valid) {
  constexpr std::size_t name_max = 64;  // a longer one is not a slip of the finger
  if (name.size() > name_max) return {};
  std::string best;
  std::size_t distance = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const auto& candidate : valid) {
    const std::size_t d = edit_distance(name, candidate);
    if (d < distance) distance = d, best = candidate;
  }
  return best;
}

bool is_setting(const Settings& settings, std::string_view path) { return key_at(settings, path) != nullptr; }

Result<std::string> read_input(ReadContext& context, const std::string& file) {
  constexpr std::uintmax_t bytes_max = std::uintmax_t{256} << 20;
  const std::filesystem::path relative = std::filesystem::path(file).lexically_normal();
  if (relative.empty() || relative.is_absolute() || *relative.begin() == "..") {
    return fail(fmt::format("`{}` should be a path below the folder given by --data", file));
  }
  if (context.data.empty())
    return fail(fmt::format("needs the data file `{}`; say where with --data DIR", file));
  const std::filesystem::path path = std::filesystem::path(context.data) / relative;
  std::error_code problem;
  const auto size = std::filesystem::file_size(path, problem);
  if (problem) return fail(fmt::format("{}: {}", path.string(), problem.message()));
  if (size > bytes_max) return fail(fmt::format("{}: {} bytes; at most {}", path.string(), size, bytes_max));
  std::ifstream in(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return fail(fmt::format("{}: can not be read", path.string()));
  }
  context.inputs[relative.generic_string()] = to_hex(sha256(bytes));
  return bytes;
}

Result<UsedSettings> read_settings(const Settings& settings, const YamlNode& tree, void* root,
                                   ReadContext& context) {
  if (tree.kind != YamlNode::Kind::map) {
    return fail(fmt::format("{}: should be a map of settings, not a {}", to_string(tree.origin),
                            kind_name(tree.kind)));
  }
  Reader reader(settings, root, context);
  if (auto walked = reader.walk(tree, {}); !walked) return Unexpected{walked.error()};
  if (auto filled = reader.fill(); !filled) {
    const std::string& message = filled.error().message;
    if (!message.starts_with('`') || !tree.origin.file) return fail(message);
    return fail(fmt::format("{}: {}", *tree.origin.file, message));
  }
  return std::move(reader).take();
}

}  // namespace souk::scenarios
