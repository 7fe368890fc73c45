#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/sdl/json.hpp"

namespace souk::sdl {

/// Appends `text` as Go writes a JSON string.
void append_json_string(std::string& out, std::string_view text);

/// Writes JSON in one pass. With sorted keys it reorders an object's members when the object ends, so that
/// one description of the structures serves all three layouts.
class JsonWriter {
 public:
  JsonWriter(Layout layout, bool sorted_keys) : layout_(layout), sorted_keys_(sorted_keys) {}

  void begin_object() { begin('{'); }
  void end_object() {
    if (sorted_keys_) sort_members();
    end('}');
  }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  void key(std::string_view name) {
    separate();
    frames_.back().members.push_back({name, out_.size()});
    append_json_string(out_, name);
    out_ += layout_ == Layout::indented ? ": " : ":";
    after_key_ = true;
  }
  void string(std::string_view text) {
    separate();
    append_json_string(out_, text);
  }
  void number(std::uint64_t value) { raw(std::to_string(value)); }
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }

  std::string take() { return std::move(out_); }

 private:
  struct Member {
    std::string_view key;
    std::size_t begin;
  };
  struct Frame {
    bool empty = true;
    std::vector<Member> members;
  };

  void raw(std::string_view text) {
    separate();
    out_ += text;
  }

  /// What stands before a value or key: nothing after a key, else a comma and a new line as needed.
  void separate() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (frames_.empty()) return;
    if (!frames_.back().empty) out_ += ',';
    frames_.back().empty = false;
    new_line();
  }

  void new_line() {
    if (layout_ != Layout::indented) return;
    out_ += '\n';
    out_.append(2 * frames_.size(), ' ');
  }

  void begin(char bracket) {
    separate();
    out_ += bracket;
    frames_.emplace_back();
  }

  void end(char bracket) {
    const bool empty = frames_.back().empty;
    frames_.pop_back();
    if (!empty) new_line();
    out_ += bracket;
  }

  /// Members are adjacent slices of out_ with a comma between them (compact layout only).
  void sort_members();

  Layout layout_;
  bool sorted_keys_;
  std::string out_;
  std::vector<Frame> frames_;
  bool after_key_ = false;
};

}  // namespace souk::sdl
