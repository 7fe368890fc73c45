#include "runtime/sdl/yaml_document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <istream>
#include <map>
#include <streambuf>

namespace souk::sdl {

void refuse(std::uint32_t line, std::string message) { throw Refused{{line, std::move(message)}}; }

std::string_view kind_name(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::null: return "nothing";
    case Node::Kind::scalar: return "a single value";
    case Node::Kind::list: return "a list";
    case Node::Kind::map: return "a map";
  }
  return "";
}

namespace {

std::uint32_t line_of(const YAML::Mark& mark) {
  return mark.line < 0 ? 0 : static_cast<std::uint32_t>(mark.line) + 1;
}

class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(YamlDocument& document, const Limits& limits) : document_(document), limits_(limits) {}

  void OnDocumentStart(const YAML::Mark& /*mark*/) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    attach(make(mark, anchor, Node::Kind::null));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node& node = make(mark, anchor, Node::Kind::scalar);
    node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
    node.text = value;
    attach(node);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) refuse(line_of(mark), "alias of an unknown anchor");
    for (const Node* open : open_) {
      if (open == found->second) refuse(line_of(mark), "alias inside its own anchor; write the value out");
    }
    attach(*found->second);
    // Counted here rather than at the top, so that a bomb stops at the line that makes it one.
    if (weight_so_far() > limits_.nodes_max)
      refuse(line_of(mark), "aliases multiply to more than " + std::to_string(limits_.nodes_max) +
                                " values; write them out");
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, Node::Kind::list);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& /*tag*/, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, anchor, Node::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  Node& make(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    if (document_.nodes.size() >= limits_.nodes_max)
      refuse(line_of(mark), "more than " + std::to_string(limits_.nodes_max) + " values in one file");
    Node& node = document_.nodes.emplace_back();
    node.kind = kind;
    node.line = line_of(mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = &node;
    return node;
  }

  /// Hangs a finished node below the innermost open one. Weights of open nodes grow as children arrive.
  void attach(const Node& node) {
    if (open_.empty()) {
      document_.root = &node;
      return;
    }
    open_.back()->items.push_back(&node);
    open_.back()->weight += node.weight;
  }

  void open(const YAML::Mark& mark, YAML::anchor_t anchor, Node::Kind kind) {
    if (open_.size() >= limits_.depth_max)
      refuse(line_of(mark), "nested deeper than " + std::to_string(limits_.depth_max) + " levels");
    open_.push_back(&make(mark, anchor, kind));
  }

  void close() {
    const Node& node = *open_.back();
    open_.pop_back();
    attach(node);
  }

  /// Every weight is at most nodes_max before it is added, so the sum over the depth fits 64 bits.
  std::uint64_t weight_so_far() const {
    std::uint64_t sum = 0;
    for (const Node* node : open_) sum += node->weight;
    return sum;
  }

  YamlDocument& document_;
  const Limits& limits_;
  std::vector<Node*> open_;
  std::map<YAML::anchor_t, Node*> anchors_;
};

/// Reads a text in place: std::istringstream would copy it.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());  // a get area is only read
    setg(begin, begin, begin + text.size());
  }
};

/// Akash reads one document and never looks further, so what follows may even be broken.
bool more_follows(const YAML::Parser& parser) {
  try {
    return static_cast<bool>(parser);
  } catch (const YAML::Exception&) {
    return true;
  }
}

}  // namespace

YamlDocument parse_yaml(std::string_view text, const Limits& limits) {
  YamlDocument document;
  TreeBuilder builder(document, limits);
  ViewBuffer buffer(text);
  std::istream in(&buffer);
  try {
    YAML::Parser parser(in);
    parser.HandleNextDocument(builder);
    document.more_documents = more_follows(parser);
  } catch (const YAML::Exception& e) {
    refuse(line_of(e.mark), "not YAML: " + e.msg);
  }
  return document;
}

}  // namespace souk::sdl
