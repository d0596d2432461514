// Commas, braces and, where wanted, the indentation of JSON that is written from front to back.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/buffer.h"
#include "render/escape.h"

namespace render {

/// Needs no stack: only the innermost object or array can be written to. Indented output is laid out as mosquitto's
/// --pretty: a member a line behind tabs, arrays on one line.
class JsonWriter {
 public:
  explicit JsonWriter(base::Buffer& out, bool pretty = false) noexcept : out_(out), pretty_(pretty) {}

  base::Buffer& out() noexcept { return out_; }

  void open_object() {
    out_.push('{');
    if (pretty_) out_.push('\n');
    ++depth_;
    first_ = true;
  }
  void close_object() {
    --depth_;
    if (pretty_) {
      if (!first_) out_.push('\n');
      indent();
    }
    out_.push('}');
    first_ = false;
  }
  void open_array() {
    out_.push('[');
    ++depth_;
    first_ = true;
  }
  void close_array() {
    --depth_;
    out_.push(']');
    first_ = false;
  }

  /// Goes before each value in an array.
  void element() {
    if (!first_) out_.append(pretty_ ? std::string_view(", ") : std::string_view(","));
    first_ = false;
  }
  /// Goes before each value in an object. The name needs no escapes.
  void key(std::string_view name) {
    begin_member();
    std::uint8_t* at = out_.reserve(name.size() + 3);
    *at++ = '"';
    std::memcpy(at, name.data(), name.size());
    at[name.size()] = '"';
    at[name.size() + 1] = ':';
    out_.commit(name.size() + 3);
    if (pretty_) out_.push('\t');
  }
  /// The same for names that are known here, which leaves nothing to loop over.
  template <std::size_t size>
  void key(const char (&name)[size]) {
    if (pretty_) return key(std::string_view(name, size - 1));
    const std::size_t comma = first_ ? 0 : 1;
    std::uint8_t* at = out_.reserve(size + 3);
    *at = ',';
    at += comma;
    *at = '"';
    std::memcpy(at + 1, name, size - 1);
    at[size] = '"';
    at[size + 1] = ':';
    out_.commit(size + 2 + comma);
    first_ = false;
  }
  /// Continues the name that was written last. Compact output only.
  void extend_key(std::string_view suffix) {
    out_.truncate(out_.size() - 2);
    out_.append(suffix);
    out_.append("\":");
  }
  /// As `key` in two steps, around a name that the caller writes with its quotes.
  void begin_member() {
    if (!first_) out_.push(',');
    if (pretty_) {
      if (!first_) out_.push('\n');
      indent();
    }
    first_ = false;
  }
  void end_name() { out_.append(pretty_ ? std::string_view(":\t") : std::string_view(":")); }

  void string(base::Bytes bytes) { append_json_string(out_, bytes); }
  void string(std::string_view text) { append_json_string(out_, text); }
  /// A string of ours, which needs no escapes.
  void plain(std::string_view text) {
    std::uint8_t* at = out_.reserve(text.size() + 2);
    *at = '"';
    if (!text.empty()) std::memcpy(at + 1, text.data(), text.size());
    at[text.size() + 1] = '"';
    out_.commit(text.size() + 2);
  }
  void number(std::uint64_t value) { append_number(out_, value); }
  void boolean(bool value) { out_.append(value ? std::string_view("true") : std::string_view("false")); }
  void null() { out_.append("null"); }

 private:
  /// No deeper than this: a payload nested a thousand times must not grow a thousandfold.
  static constexpr unsigned deepest_indent = 64;

  void indent() {
    const unsigned count = std::min(depth_, deepest_indent);
    std::memset(out_.reserve(count), '\t', count);
    out_.commit(count);
  }

  base::Buffer& out_;
  unsigned depth_ = 0;
  bool pretty_;
  bool first_ = true;
};

}  // namespace render
