// Lists of bytes as programming languages write and print them, in decimal or hexadecimal.
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/hex.h"
#include "capture/dress.h"

namespace capture {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// A number without its sign or prefix, all of it.
std::optional<int> number(std::string_view digits, int base) noexcept {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || digits.empty() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// Drops what a language adds to a number: a type in front (Java), a type behind (Rust, Kotlin).
std::string_view bare(std::string_view item) noexcept {
  for (const std::string_view type : {"(byte)", "(byte) ", "(char)", "(unsigned char)", "byte:", "u8:"}) {
    if (item.starts_with(type)) item.remove_prefix(type.size());
  }
  for (const std::string_view type : {"_u8", "u8", ".toByte()"}) {
    if (item.ends_with(type)) item.remove_suffix(type.size());
  }
  return trimmed(item);
}

/// 16, 0x10, 16#10 (Erlang), -112 (Java). Without a prefix the number has the base at hand.
std::optional<std::uint8_t> byte(std::string_view item, int base) noexcept {
  item = bare(item);
  const bool negative = item.starts_with('-');
  if (negative) item.remove_prefix(1);
  if (item.starts_with("0x") || item.starts_with("0X") || item.starts_with("16#")) {
    item.remove_prefix(item[0] == '1' ? 3 : 2);
    base = 16;
  }
  const auto value = number(item, base);
  if (!value || *value > (negative ? 128 : 255)) return std::nullopt;
  return static_cast<std::uint8_t>(negative ? -*value : *value);
}

std::string_view without_blanks(std::string_view text) noexcept {
  constexpr std::string_view between = " ,\t\r\n";
  return text.substr(std::min(text.find_first_not_of(between), text.size()));
}

/// Whether an item is the index of the next one: `"3": 4` (JSON), `[3] = 4` (debuggers). It is taken off then.
bool take_index(std::string_view& text) {
  const std::size_t size = text.find_first_of(":=");
  if (size == std::string_view::npos || size > 16) return false;
  std::string_view index = trimmed(text.substr(0, size));
  if (index.size() > 2 && (index[0] == '"' || index[0] == '[')) index = index.substr(1, index.size() - 2);
  if (!number(index, 10)) return false;
  text = without_blanks(text.substr(size + 1));
  return true;
}

/// A string or character at the front, with what a language writes to its type: b'a' (Rust), u8"a" (C), "a"::binary
/// (Elixir).
std::optional<Bytes> take_text(std::string_view& text) {
  std::string_view rest = text;
  for (const std::string_view type : {"b", "c", "u8", "L"}) {
    if (rest.starts_with(type) && rest.substr(type.size()).find_first_of("'\"") == 0) rest.remove_prefix(type.size());
  }
  if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) return std::nullopt;
  auto bytes = take_string(rest);
  if (!bytes) return std::nullopt;
  if (rest.starts_with("::")) rest.remove_prefix(std::min(rest.find_first_of(" ,\t\r\n"), rest.size()));
  text = rest;
  return bytes;
}

/// What stands between a pair of brackets; strings and characters in quotes count as their bytes.
std::optional<Bytes> items(std::string_view text, int base, std::size_t& budget) {
  Bytes bytes;
  for (text = without_blanks(text); !text.empty(); text = without_blanks(text)) {
    if (text.starts_with("...")) return bytes;  // Node leaves out what is long
    take_index(text);
    if (text.empty()) return std::nullopt;
    if (const auto string = take_text(text)) {
      bytes.insert(bytes.end(), string->begin(), string->end());
      continue;
    }
    const std::string_view item = text.substr(0, text.find_first_of(" ,\t\r\n"));
    const auto value = byte(item, base);
    if (!value && item.ends_with(':') && !bytes.empty()) return bytes;  // browsers tell of the buffer behind the bytes
    if (!value) return std::nullopt;
    bytes.push_back(*value);
    text.remove_prefix(item.size());
    take_repeats(text, bytes, budget);
  }
  return bytes;
}

/// The lists of a text, joined, and the longest of them, in one base.
struct Lists {
  int base;
  Bytes joined{};
  Bytes longest{};
  std::size_t budget = repeat_budget;

  void add(std::string_view inside) {
    if (inside.starts_with("Buffer")) inside.remove_prefix(6);
    const auto bytes = items(inside, base, budget);
    if (!bytes) return;
    joined.insert(joined.end(), bytes->begin(), bytes->end());
    if (bytes->size() > longest.size()) longest = *bytes;
  }
};

/// Calls back with what stands in each pair of brackets, the inner ones first.
template <class Found>
void for_each_list(std::string_view text, const Found& found) {
  constexpr std::string_view open = "[{(<";
  constexpr std::string_view close = "]})>";
  constexpr std::size_t deepest = 16;
  std::vector<std::size_t> begins;  // of the lists that are open, the outermost first
  for (std::size_t at = text.find_first_of("[{(<]})>"); at != std::string_view::npos;
       at = text.find_first_of("[{(<]})>", at + 1)) {
    if (open.find(text[at]) != std::string_view::npos) {
      if (begins.size() == deepest) begins.erase(begins.begin());
      begins.push_back(at);
      continue;
    }
    const char opening = open[close.find(text[at])];
    const auto same = std::find_if(begins.rbegin(), begins.rend(), [&](std::size_t i) { return text[i] == opening; });
    if (same == begins.rend()) continue;
    const std::size_t begin = *same;
    begins.erase(same.base() - 1, begins.end());
    found(text.substr(begin + 1, at - begin - 1));
  }
}

std::string without_casts(std::string_view text) {
  std::string result(text);
  for (const std::string_view cast : {"(byte)", "(char)", "(uint8_t)", "(unsigned char)"}) {
    for (std::size_t at = result.find(cast); at != std::string::npos; at = result.find(cast, at)) {
      result.replace(at, cast.size(), cast.size(), ' ');
    }
  }
  return result;
}

}  // namespace

void read_lists(std::string_view text, std::vector<Reading>& readings) {
  const std::string plain = without_casts(without_comments(text));
  Lists decimal{10};
  Lists hexadecimal{16};
  for_each_list(plain, [&](std::string_view inside) {
    if (!inside.starts_with("Buffer")) decimal.add(inside);
    hexadecimal.add(inside);
  });
  add_reading(readings, "a list of decimal numbers", std::move(decimal.joined));
  add_reading(readings, "a list of hexadecimal numbers", std::move(hexadecimal.joined));
  add_reading(readings, "the longest list of decimal numbers", std::move(decimal.longest));
  add_reading(readings, "the longest list of hexadecimal numbers", std::move(hexadecimal.longest));
}

}  // namespace capture
