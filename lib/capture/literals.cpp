// String literals of programming languages: escapes, and the printable characters between them.
#include <optional>

#include "base/hex.h"
#include "base/line.h"
#include "capture/dress.h"

namespace capture {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// The byte that a letter behind a backslash stands for.
std::optional<std::uint8_t> named_escape(char letter) noexcept {
  constexpr std::string_view letters = "abtnvfre\\'\"?";
  constexpr std::string_view values = "\a\b\t\n\v\f\r\x1b\\'\"?";
  const std::size_t at = letters.find(letter);
  if (at == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint8_t>(values[at]);
}

/// Takes up to `most` digits of a base from the front; nothing where there is none.
std::optional<unsigned> take_digits(std::string_view& text, std::size_t most, int base) noexcept {
  unsigned value = 0;
  std::size_t count = 0;
  for (; count < most && count < text.size(); ++count) {
    const int digit = base::hex_digit(text[count]);
    if (digit < 0 || digit >= base) break;
    value = value * static_cast<unsigned>(base) + static_cast<unsigned>(digit);
  }
  if (count == 0) return std::nullopt;
  text.remove_prefix(count);
  return value;
}

/// What follows a backslash; nothing for an escape that there is not. Digits alone are octal, in Lua decimal.
std::optional<unsigned> take_escape(std::string_view& text, int base) noexcept {
  if (text.empty()) return std::nullopt;
  const char kind = text[0];
  if (kind >= '0' && kind < '0' + base) return take_digits(text, 3, base);
  text.remove_prefix(1);
  if (kind == 'x' || kind == 'X' || kind == 'u') {
    const bool braces = text.starts_with('{');
    if (braces) text.remove_prefix(1);
    const auto value = take_digits(text, kind == 'u' ? 4 : 2, 16);
    if (braces && text.starts_with('}')) text.remove_prefix(1);
    return value;
  }
  return named_escape(kind);
}

/// The bytes of a text with escapes; `escapes` counts those. Nothing where one is wrong.
std::optional<Bytes> unescape(std::string_view text, std::size_t& escapes, int base = 8) {
  Bytes bytes;
  while (!text.empty()) {
    const char character = text[0];
    text.remove_prefix(1);
    if (character != '\\') {
      bytes.push_back(static_cast<std::uint8_t>(character));
    } else if (text.starts_with('\n') || text.starts_with("\r\n")) {
      text.remove_prefix(text[0] == '\r' ? 2 : 1);  // the line goes on
    } else {
      const auto value = take_escape(text, base);
      if (!value || *value > 0xFF) return std::nullopt;
      bytes.push_back(static_cast<std::uint8_t>(*value));
      ++escapes;
    }
  }
  return bytes;
}

/// The string in quotes at the front, which is taken off; nothing where its quote does not close.
std::optional<std::string_view> take_quoted(std::string_view& text) noexcept {
  const char quote = text[0];
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      const std::string_view inside = text.substr(1, at - 1);
      text.remove_prefix(at + 1);
      return inside;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::vector<std::uint8_t>> take_string(std::string_view& text) {
  std::string_view rest = text;
  const auto inside = take_quoted(rest);
  if (!inside) return std::nullopt;
  std::size_t escapes = 0;
  auto bytes = unescape(*inside, escapes);
  if (bytes) text = rest;
  return bytes;
}

namespace {

void append(Bytes& all, const Bytes& more) { all.insert(all.end(), more.begin(), more.end()); }

void read_quoted(std::string_view text, int base, std::vector<Reading>& readings) {
  std::size_t budget = repeat_budget;
  Bytes all;
  Bytes with_escapes;
  std::size_t escapes = 0;
  std::string quotes = "'\"`";
  while (true) {
    const std::size_t quote = text.find_first_of(quotes);
    if (quote == std::string_view::npos) break;
    text.remove_prefix(quote);
    const auto inside = take_quoted(text);
    if (!inside) {
      std::erase(quotes, text[0]);  // none of its kind closes any more
      text.remove_prefix(1);
      continue;
    }
    std::size_t inside_escapes = 0;
    if (auto bytes = unescape(*inside, inside_escapes, base)) {
      if (bytes->size() == 1) take_repeats(text, *bytes, budget);
      append(all, *bytes);
      if (inside_escapes != 0) append(with_escapes, *bytes);
    }
    escapes += inside_escapes;
  }
  if (escapes == 0) return;
  add_reading(readings, "a string literal", std::move(with_escapes));
  add_reading(readings, "string literals", std::move(all));
}

/// `\x10\x0c…` without quotes, by itself or behind other words.
void read_bare(std::string_view text, std::vector<Reading>& readings) {
  Bytes all;
  Bytes behind_words;
  while (!text.empty()) {
    std::string_view line = trimmed(base::take_line(text));
    const std::size_t first = line.find('\\');
    if (first == std::string_view::npos) continue;
    std::size_t escapes = 0;
    if (const auto bytes = unescape(line, escapes); bytes && escapes != 0) append(all, *bytes);
    line.remove_prefix(first);
    if (const std::size_t end = line.find_first_of(" \t"); end != std::string_view::npos && line[1] == 'x') {
      // Blanks are data only where more escapes follow them.
      if (line.find('\\', end) == std::string_view::npos) line = line.substr(0, end);
    }
    if (const auto bytes = unescape(line, escapes)) append(behind_words, *bytes);
  }
  add_reading(readings, "escapes", std::move(all));
  add_reading(readings, "escapes behind words", std::move(behind_words));
}

/// `%10%0c%00%04MQTT`, as URLs have it.
void read_percent(std::string_view text, std::string_view dress, std::vector<Reading>& readings) {
  Bytes bytes;
  std::size_t escapes = 0;
  while (!text.empty()) {
    const bool escape =
        text.size() >= 3 && text[0] == '%' && base::hex_digit(text[1]) >= 0 && base::hex_digit(text[2]) >= 0;
    if (escape) {
      bytes.push_back(static_cast<std::uint8_t>(base::hex_digit(text[1]) << 4 | base::hex_digit(text[2])));
      ++escapes;
    } else {
      bytes.push_back(static_cast<std::uint8_t>(text[0]));
    }
    text.remove_prefix(escape ? 3 : 1);
  }
  if (escapes > 1) add_reading(readings, dress, std::move(bytes));
}

/// The value of a field: behind a name, up to a quote, a blank or the next field.
std::string_view field(std::string_view text) noexcept {
  const std::size_t before = text.substr(0, text.find('%')).find_last_of(" \t\r\n=,'\"");
  text.remove_prefix(before == std::string_view::npos ? 0 : before + 1);
  return text.substr(0, text.find_first_of(" \t\r\n&'\""));
}

/// `^P^L^@^DMQTTM-C`, as `cat -v` and terminals show bytes.
void read_carets(std::string_view text, std::vector<Reading>& readings) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  Bytes bytes;
  while (!text.empty()) {
    const bool meta = text.size() > 2 && text.starts_with("M-");
    if (meta) text.remove_prefix(2);
    const bool control = text.size() > 1 && text[0] == '^' && text[1] >= '?' && text[1] <= '_';
    if (control) text.remove_prefix(1);
    bytes.push_back(static_cast<std::uint8_t>((text[0] ^ (control ? 0x40 : 0)) | (meta ? 0x80 : 0)));
    text.remove_prefix(1);
  }
  add_reading(readings, "carets", std::move(bytes));
}

}  // namespace

void read_literals(std::string_view text, std::vector<Reading>& readings) {
  if (text.find('\\') != std::string_view::npos) {
    read_quoted(text, 8, readings);
    read_bare(text, readings);
    read_quoted(text, 10, readings);
  }
  if (text.find('%') != std::string_view::npos) {
    read_percent(trimmed(text), "percent escapes", readings);
    read_percent(field(text), "percent escapes of a field", readings);
  }
  if (text.find("^@") != std::string_view::npos) read_carets(text, readings);
}

}  // namespace capture
