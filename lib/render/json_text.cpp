// JSON that others wrote: checked strictly, and written again without its blanks.
#include "render/json_text.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "base/hex.h"
#include "base/utf8.h"

namespace render {
namespace {

constexpr unsigned deepest = 1000;

class Copy {
 public:
  Copy(JsonWriter& writer, std::string_view text) noexcept
      : writer_(writer), at_(text.data()), end_(text.data() + text.size()) {}

  bool all() {
    if (!value()) return false;
    skip_blanks();
    return at_ == end_;
  }

 private:
  bool value() {
    skip_blanks();
    if (at_ == end_) return false;
    switch (*at_) {
      case '{':
        return nested(&Copy::object);
      case '[':
        return nested(&Copy::array);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number();
    }
  }

  bool nested(bool (Copy::*content)()) {
    if (depth_ == deepest) return false;
    ++at_;
    ++depth_;
    const bool good = (this->*content)();
    --depth_;
    return good;
  }

  bool object() {
    writer_.open_object();
    for (bool first = true; !accept('}'); first = false) {
      if (!first && !accept(',')) return false;
      skip_blanks();
      writer_.begin_member();
      if (!string() || !accept(':')) return false;
      writer_.end_name();
      if (!value()) return false;
    }
    writer_.close_object();
    return true;
  }

  bool array() {
    writer_.open_array();
    for (bool first = true; !accept(']'); first = false) {
      if (!first && !accept(',')) return false;
      writer_.element();
      if (!value()) return false;
    }
    writer_.close_array();
    return true;
  }

  bool string() {
    if (at_ == end_ || *at_ != '"') return false;
    writer_.out().push('"');
    ++at_;
    while (true) {
      const char* const run = at_;
      while (at_ != end_ && static_cast<unsigned char>(*at_) >= 0x20 && *at_ != '"' && *at_ != '\\') ++at_;
      writer_.out().append(std::string_view(run, at_));
      if (at_ == end_) return false;
      const char stopped_at = *at_++;
      if (stopped_at == '"') break;
      if (stopped_at != '\\' || !escape()) return false;
    }
    writer_.out().push('"');
    return true;
  }

  /// What stands behind a backslash.
  bool escape() {
    if (at_ == end_) return false;
    const char letter = *at_++;
    switch (letter) {
      case 'b':
        return character('\b');
      case 'f':
        return character('\f');
      case 'n':
        return character('\n');
      case 'r':
        return character('\r');
      case 't':
        return character('\t');
      case '"':
      case '\\':
      case '/':
        return character(static_cast<std::uint32_t>(letter));
      case 'u':
        return code_point();
      default:
        return false;
    }
  }

  bool code_point() {
    const std::optional<std::uint32_t> unit = code_unit();
    if (!unit || (*unit >= 0xDC00 && *unit < 0xE000)) return false;
    if (*unit < 0xD800 || *unit >= 0xE000) return character(*unit);
    if (end_ - at_ < 2 || at_[0] != '\\' || at_[1] != 'u') return false;
    at_ += 2;
    const std::optional<std::uint32_t> low = code_unit();
    if (!low || *low < 0xDC00 || *low >= 0xE000) return false;
    return character(0x10000 + ((*unit - 0xD800) << 10 | (*low - 0xDC00)));
  }

  std::optional<std::uint32_t> code_unit() {
    if (end_ - at_ < 4) return {};
    std::uint32_t unit = 0;
    for (int i = 0; i < 4; ++i) {
      const int digit = base::hex_digit(*at_++);
      if (digit < 0) return {};
      unit = unit << 4 | static_cast<std::uint32_t>(digit);
    }
    return unit;
  }

  bool character(std::uint32_t value) {
    std::uint8_t bytes[4];
    std::size_t size = 0;
    const auto add = [&](std::uint32_t byte) { bytes[size++] = static_cast<std::uint8_t>(byte); };
    const auto add_rest = [&](int shift) {
      for (; shift >= 0; shift -= 6) add(0x80 | (value >> shift & 0x3F));
    };
    if (value < 0x80) {
      add(value);
    } else if (value < 0x800) {
      add(0xC0 | value >> 6);
      add_rest(0);
    } else if (value < 0x10000) {
      add(0xE0 | value >> 12);
      add_rest(6);
    } else {
      add(0xF0 | value >> 18);
      add_rest(12);
    }
    append_json_characters(writer_.out(), {bytes, size});
    return true;
  }

  bool word(std::string_view expected) {
    if (std::string_view(at_, end_).substr(0, expected.size()) != expected) return false;
    at_ += expected.size();
    writer_.out().append(expected);
    return true;
  }

  bool number() {
    const char* const begin = at_;
    if (at_ != end_ && *at_ == '-') ++at_;
    const char* const whole = at_;
    std::size_t count = digits();
    if (count == 0 || (count > 1 && *whole == '0')) return false;
    if (at_ != end_ && *at_ == '.') {
      ++at_;
      const std::size_t decimals = digits();
      if (decimals == 0) return false;
      count += decimals;
    }
    if (at_ != end_ && (*at_ == 'e' || *at_ == 'E')) {
      ++at_;
      if (at_ != end_ && (*at_ == '+' || *at_ == '-')) ++at_;
      if (digits() == 0) return false;
    }
    append_spelled({begin, at_}, count);
    return true;
  }

  std::size_t digits() {
    const char* const begin = at_;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') ++at_;
    return static_cast<std::size_t>(at_ - begin);
  }

  /// A double gives back every decimal of up to 15 digits; a longer one would change.
  void append_spelled(std::string_view text, std::size_t digit_count) {
    constexpr int certain = 15;
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (digit_count > certain || read.ec != std::errc() || std::fpclassify(value) == FP_SUBNORMAL) {
      return writer_.out().append(text);
    }
    char spelled[32];
    const auto written = std::to_chars(spelled, spelled + sizeof spelled, value, std::chars_format::general, certain);
    writer_.out().append(std::string_view(spelled, written.ptr));
  }

  void skip_blanks() {
    while (at_ != end_ && (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r')) ++at_;
  }

  bool accept(char expected) {
    skip_blanks();
    if (at_ == end_ || *at_ != expected) return false;
    ++at_;
    return true;
  }

  JsonWriter& writer_;
  const char* at_;
  const char* end_;
  unsigned depth_ = 0;
};

}  // namespace

bool append_json_text(JsonWriter& writer, base::Bytes text) {
  return base::is_utf8(base::as_text(text)) && Copy(writer, base::as_text(text)).all();
}

}  // namespace render
