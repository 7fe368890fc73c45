#include "scenarios/yaml_tree.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>

namespace souk::scenarios {
namespace {

/// Thrown by the handler to leave yaml-cpp's parser; caught in parse_yaml.
struct Refused {
  std::uint32_t line;
  std::string why;
};

std::uint32_t line_of(const YAML::Mark& mark) { return static_cast<std::uint32_t>(mark.line + 1); }

/// Builds the tree from parser events, so that bounds hold while parsing and every key keeps its line.
class Builder final : public YAML::EventHandler {
 public:
  Builder(std::shared_ptr<const std::string> file, const YamlLimits& limits)
      : file_(std::move(file)), limits_(limits) {}

  YamlNode take() && { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(mark, anchor, YamlNode::Kind::null, {});
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    throw Refused{line_of(mark),
                  "aliases (*name) are not read here; share settings with `extends: other.yaml`"};
  }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                const std::string& value) override {
    add(mark, anchor, YamlNode::Kind::scalar, value);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::list);
  }
  void OnSequenceEnd() override { open_.pop_back(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, anchor, YamlNode::Kind::map);
  }
  void OnMapEnd() override { open_.pop_back(); }

 private:
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (open_.size() >= limits_.depth_max) {
      throw Refused{line_of(mark), fmt::format("nested deeper than {} levels", limits_.depth_max)};
    }
    open_.push_back(add(mark, anchor, kind, {}));
  }

  /// Places a node where the parser stands. The pointer is good until the parent gets its next child, and
  /// by then the node is closed.
  YamlNode* add(const YAML::Mark& mark, YAML::anchor_t anchor, YamlNode::Kind kind, const std::string& text) {
    const std::uint32_t line = line_of(mark);
    if (anchor != 0) {
      throw Refused{line, "anchors (&name) are not read here; share settings with `extends: other.yaml`"};
    }
    if (++nodes_ > limits_.nodes_max) {
      throw Refused{line, fmt::format("more than {} values in one file", limits_.nodes_max)};
    }
    if (open_.empty()) return root_ = YamlNode{kind, text, {file_, line}, {}, {}}, &root_;
    YamlNode& parent = *open_.back();
    if (parent.kind == YamlNode::Kind::map && parent.keys.size() == parent.items.size()) {
      return add_key(parent, line, kind, text), nullptr;
    }
    // The parser notices a missing value only at what follows it; the key's line is where to look.
    const bool missing = kind == YamlNode::Kind::null && parent.kind == YamlNode::Kind::map;
    const std::uint32_t at = missing ? parent.keys.back().origin.line : line;
    return &parent.items.emplace_back(YamlNode{kind, text, {file_, at}, {}, {}});
  }

  void add_key(YamlNode& map, std::uint32_t line, YamlNode::Kind kind, const std::string& text) {
    if (kind != YamlNode::Kind::scalar || text.empty()) {
      throw Refused{line, "a key must be a name, as in `name: value`"};
    }
    if (map.find(text) != nullptr) {
      throw Refused{line, fmt::format("`{}` is given twice in the same map; keep one", text)};
    }
    map.keys.push_back({text, {file_, line}});
  }

  std::shared_ptr<const std::string> file_;
  YamlLimits limits_;
  YamlNode root_;
  std::vector<YamlNode*> open_;
  std::size_t nodes_ = 0;
};

struct Loader {
  const std::function<bool(std::string_view)>& is_leaf;
  std::vector<SourceFile>& sources;
  const YamlLimits& limits;
  std::vector<std::filesystem::path> chain;  ///< files being read, the outermost first

  Result<YamlNode> load(const std::filesystem::path& path, const std::string& said_at);
  Result<YamlNode> on_its_base(YamlNode own, const std::filesystem::path& path);
};

Result<std::string> read_bounded(const std::filesystem::path& path, const std::string& said_at,
                                 std::size_t bytes_max) {
  const std::string name = said_at.empty() ? path.string() : said_at;
  const std::string what = said_at.empty() ? "this file" : fmt::format("`{}`", path.string());
  std::error_code problem;
  if (!std::filesystem::exists(path, problem)) return fail(fmt::format("{}: {} does not exist", name, what));
  if (!std::filesystem::is_regular_file(path, problem)) {
    return fail(fmt::format("{}: {} is not a regular file", name, what));
  }
  const auto size = std::filesystem::file_size(path, problem);
  if (!problem && size > bytes_max) {
    return fail(
        fmt::format("{}: {} has {} bytes; a scenario file has at most {}", name, what, size, bytes_max));
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes(bytes_max + 1, '\0');
  in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad() || (!in.eof() && in.fail()) || !in.is_open()) {
    return fail(fmt::format("{}: {} can not be read", name, what));
  }
  return bytes;
}

Result<YamlNode> Loader::load(const std::filesystem::path& path, const std::string& said_at) {
  std::error_code problem;
  std::filesystem::path real = std::filesystem::weakly_canonical(path, problem);
  if (problem) real = path;
  if (std::find(chain.begin(), chain.end(), real) != chain.end()) {
    return fail(fmt::format("{}: `extends: {}` comes back to a file that is being read; break the cycle",
                            said_at, path.filename().string()));
  }
  if (chain.size() >= limits.extends_max) {
    return fail(fmt::format("{}: more than {} files extend each other", said_at, limits.extends_max));
  }
  auto bytes = read_bounded(path, said_at, limits.bytes_max);
  if (!bytes) return Unexpected{bytes.error()};
  auto own = parse_yaml(*bytes, path.string(), limits);
  if (!own) return own;
  if (own->kind != YamlNode::Kind::map) {
    return fail(fmt::format("{}: a scenario is a map of `key: value` lines, not a {}", to_string(own->origin),
                            kind_name(own->kind)));
  }
  chain.push_back(std::move(real));
  auto whole = on_its_base(std::move(*own), path);
  chain.pop_back();
  sources.push_back({path.filename().string(), std::move(*bytes)});
  return whole;
}

Result<YamlNode> Loader::on_its_base(YamlNode own, const std::filesystem::path& path) {
  const YamlNode* extends = own.find("extends");
  if (extends == nullptr) return own;
  const std::string said_at = to_string(extends->origin);
  if (extends->kind != YamlNode::Kind::scalar || extends->text.empty()) {
    return fail(fmt::format("{}: `extends` names one file, as in `extends: base.yaml`", said_at));
  }
  auto base = load(path.parent_path() / extends->text, said_at);
  if (!base) return base;
  const auto at = extends - own.items.data();
  own.items.erase(own.items.begin() + at);
  own.keys.erase(own.keys.begin() + at);
  merge_yaml(*base, std::move(own), is_leaf);
  return base;
}

}  // namespace

std::string to_string(const Origin& origin) {
  if (!origin.file) return "(nowhere)";
  return origin.line == 0 ? *origin.file : fmt::format("{}:{}", *origin.file, origin.line);
}

const YamlNode* YamlNode::find(std::string_view name) const {
  for (std::size_t i = 0; i < keys.size() && i < items.size(); ++i) {
    if (keys[i].name == name) return &items[i];
  }
  return nullptr;
}

YamlNode* YamlNode::find(std::string_view name) {
  return const_cast<YamlNode*>(std::as_const(*this).find(name));  // NOLINT: *this is not const here
}

std::string_view kind_name(YamlNode::Kind kind) {
  switch (kind) {
    case YamlNode::Kind::null: return "nothing";
    case YamlNode::Kind::scalar: return "single value";
    case YamlNode::Kind::list: return "list";
    case YamlNode::Kind::map: return "map";
  }
  return "?";
}

Result<YamlNode> parse_yaml(std::string_view text, const std::string& file, const YamlLimits& limits) {
  const auto name = std::make_shared<const std::string>(file);
  if (text.size() > limits.bytes_max) {
    return fail(fmt::format("{}: {} bytes; at most {} are read", file, text.size(), limits.bytes_max));
  }
  if (const auto zero = text.find('\0'); zero != std::string_view::npos) {
    const auto line = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(zero), '\n') + 1;
    return fail(fmt::format("{}:{}: a zero byte; a scenario is a text file", file, line));
  }
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    Builder builder(name, limits);
    if (!parser.HandleNextDocument(builder)) return fail(fmt::format("{}:1: the file is empty", file));
    Builder second(name, limits);
    if (parser.HandleNextDocument(second)) {
      return fail(fmt::format("{}: a second document (`---`); one file holds one", file));
    }
    return std::move(builder).take();
  } catch (const Refused& refused) {
    return fail(fmt::format("{}:{}: {}", file, refused.line, refused.why));
  } catch (const YAML::Exception& error) {
    return fail(fmt::format("{}:{}: not valid YAML: {}", file, line_of(error.mark), error.msg));
  } catch (const std::exception& error) {
    return fail(fmt::format("{}: not valid YAML: {}", file, error.what()));
  }
}

Result<YamlNode> load_yaml(const std::string& path, const std::function<bool(std::string_view path)>& is_leaf,
                           std::vector<SourceFile>& sources, const YamlLimits& limits) {
  Loader loader{is_leaf, sources, limits, {}};
  return loader.load(path, {});
}

void merge_yaml(YamlNode& base, YamlNode over, const std::function<bool(std::string_view path)>& is_leaf,
                const std::string& path) {
  const bool both_maps = base.kind == YamlNode::Kind::map && over.kind == YamlNode::Kind::map;
  if (!both_maps || is_leaf(path)) {
    base = std::move(over);
    return;
  }
  for (std::size_t i = 0; i < over.items.size(); ++i) {
    const std::string& name = over.keys[i].name;
    YamlNode* inherited = base.find(name);
    if (inherited == nullptr) {
      base.keys.push_back(over.keys[i]);
      base.items.push_back(std::move(over.items[i]));
    } else if (over.items[i].kind == YamlNode::Kind::null) {
      const auto at = inherited - base.items.data();
      base.items.erase(base.items.begin() + at);
      base.keys.erase(base.keys.begin() + at);
    } else {
      base.keys[static_cast<std::size_t>(inherited - base.items.data())].origin = over.keys[i].origin;
      merge_yaml(*inherited, std::move(over.items[i]), is_leaf, path.empty() ? name : path + "." + name);
    }
  }
}

Result<void> set_yaml(YamlNode& root, const std::string& assignment) {
  const auto equals = assignment.find('=');
  const std::string usage =
      "--set: `" + assignment + "` should be a key and a value, as in `chain.block_time=6 s`";
  if (equals == std::string::npos || equals == 0) return fail(usage);
  auto value = parse_yaml(assignment.substr(equals + 1), "--set");
  if (!value) return fail(fmt::format("--set: the value of `{}` is not YAML", assignment.substr(0, equals)));
  const auto file = std::make_shared<const std::string>("--set " + assignment.substr(0, equals));

  YamlNode* at = &root;
  std::istringstream path(assignment.substr(0, equals));
  for (std::string part; std::getline(path, part, '.');) {
    if (part.empty()) return fail(usage);
    if (at->kind != YamlNode::Kind::map) *at = YamlNode{YamlNode::Kind::map, {}, {file, 0}, {}, {}};
    YamlNode* next = at->find(part);
    if (next == nullptr) {
      at->keys.push_back({part, {file, 0}});
      next = &at->items.emplace_back(YamlNode{YamlNode::Kind::null, {}, {file, 0}, {}, {}});
    }
    at = next;
  }
  const std::function<void(YamlNode&)> place = [&](YamlNode& node) {
    node.origin = {file, 0};
    for (auto& key : node.keys) key.origin = {file, 0};
    for (auto& item : node.items) place(item);
  };
  place(*value);
  *at = std::move(*value);
  return {};
}

}  // namespace souk::scenarios
