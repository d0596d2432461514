// Digits among other words: of each line the longest run of words that are bytes counts.
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/hex.h"
#include "base/line.h"
#include "capture/dress.h"

namespace capture {
namespace {

using Bytes = std::vector<std::uint8_t>;

bool is_hex(char character) noexcept { return base::hex_digit(character) >= 0; }
bool is_decimal(char character) noexcept { return character >= '0' && character <= '9'; }

bool append_pairs(std::string_view digits, Bytes& bytes) {
  if (digits.size() % 2 != 0) return false;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    if (!is_hex(digits[i]) || !is_hex(digits[i + 1])) return false;
    bytes.push_back(static_cast<std::uint8_t>(base::hex_digit(digits[i]) << 4 | base::hex_digit(digits[i + 1])));
  }
  return true;
}

/// "12:34:56" and "12:34:56.789" at the start of a line are a time.
bool is_time(std::string_view word) noexcept {
  if (word.size() < 8 || word[2] != ':' || word[5] != ':') return false;
  for (const std::size_t at : {0U, 1U, 3U, 4U, 6U, 7U}) {
    if (!is_decimal(word[at])) return false;
  }
  return word.size() == 8 || word[8] == '.' || word[8] == ',';
}

/// Takes off what languages put around a hexadecimal number: 0x10, \\x10, &H10, $10, 16#10, 10h, 0C2h.
bool take_marks(std::string_view& word) noexcept {
  for (const std::string_view prefix : {"0x", "0X", "\\x", "\\\\x", "&H", "$", "16#"}) {
    if (!word.starts_with(prefix)) continue;
    word.remove_prefix(prefix.size());
    return true;
  }
  if (!word.ends_with('h') && !word.ends_with('H')) return false;
  if (word.size() > 4 && word.size() % 2 != 0) {
    word.remove_suffix(1);
    return true;
  }
  const std::size_t zero = word.size() == 4 && word[0] == '0' ? 1 : 0;
  if (word.size() != 3 + zero) return false;
  word = word.substr(zero, 2);
  return true;
}

/// "10", "100c00", "0x10", "0x100c", "10:0c:00", "10-0c-00", "10/0c/00", and "c" for 0c where `single` is set.
std::optional<Bytes> hexadecimal(std::string_view word, bool single) {
  Bytes bytes;
  const bool prefixed = take_marks(word);
  if (word.empty()) return std::nullopt;
  if (word.size() == 1 && is_hex(word[0]) && (prefixed || single)) {
    return Bytes{static_cast<std::uint8_t>(base::hex_digit(word[0]))};
  }
  const std::size_t separator = word.find_first_of(":-._/+");
  if (separator == std::string_view::npos) return append_pairs(word, bytes) ? std::optional(bytes) : std::nullopt;
  if (word.back() == word[separator]) word.remove_suffix(1);
  if (word.empty()) return std::nullopt;
  for (std::size_t at = 0; at < word.size(); at += separator + 1) {
    const std::string_view group = word.substr(at, separator);
    const bool closed = at + separator >= word.size() || word[at + separator] == word[separator];
    if (group.size() != separator || !closed || !append_pairs(group, bytes)) return std::nullopt;
  }
  return bytes;
}

/// 0 to 255, and -128 to -1 as Java has them.
std::optional<Bytes> decimal(std::string_view word, bool) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size() || value > 255 || value < -128) return std::nullopt;
  return Bytes{static_cast<std::uint8_t>(value)};
}

/// Eight digits each, or all in one word.
std::optional<Bytes> binary(std::string_view word, bool) {
  if (word.starts_with("0b")) word.remove_prefix(2);
  if (word.empty() || word.size() % 8 != 0) return std::nullopt;
  Bytes bytes;
  for (; !word.empty(); word.remove_prefix(8)) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + 8, value, 2);
    if (error != std::errc() || end != word.data() + 8) return std::nullopt;
    bytes.push_back(static_cast<std::uint8_t>(value));
  }
  return bytes;
}

/// ESP-IDF begins its lines with a level, the time in parentheses and a tag: "I (1234) mqtt: ".
std::string_view without_log_head(std::string_view line) noexcept {
  constexpr std::string_view levels = "EWIDV";
  if (line.size() < 4 || levels.find(line[0]) == std::string_view::npos || line.substr(1, 2) != " (") return line;
  const std::size_t end = line.find(") ");
  const std::size_t tag = end == std::string_view::npos ? end : line.find(": ", end);
  return tag == std::string_view::npos ? line : line.substr(tag + 2);
}

bool begins_with(std::string_view text, std::string_view lower_case) noexcept {
  const auto same = [](char one, char lower) { return (one | 0x20) == lower; };
  return text.size() >= lower_case.size() && std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                                                        [&](char lower, char one) { return same(one, lower); });
}

bool ends_with(std::string_view text, std::string_view lower_case) noexcept {
  return text.size() >= lower_case.size() && begins_with(text.substr(text.size() - lower_case.size()), lower_case);
}

/// Markdown sets code in backticks; within a word they divide digits, as in the addresses of a debugger.
std::string_view without_ticks(std::string_view word) noexcept {
  while (word.starts_with('`')) word.remove_prefix(1);
  while (word.ends_with('`')) word.remove_suffix(1);
  return word;
}

/// A word of a line, and what stands around it.
struct Place {
  std::string_view before;
  std::string_view word;
  std::string_view behind;
  bool follows_bytes;       ///< the word before it is of the bytes, too
  bool beside_long_digits;  ///< the bytes of this line are in one word
};

/// Decimal numbers that tell of bytes and are none: "(14 bytes)", "[14]", "tx 14: ", "len=14", "14 100c00044d51...".
bool is_count(const Place& place) noexcept {
  constexpr std::size_t most_digits = 5;
  std::string_view number = place.word;
  const bool label = number.ends_with(':') || number.ends_with('.');
  if (label) number.remove_suffix(1);
  if (number.empty() || number.size() > most_digits || !std::all_of(number.begin(), number.end(), is_decimal)) {
    return false;
  }
  if (number[0] == '0' && !label) return false;
  if (place.beside_long_digits) return true;
  // At one end each: a line may have many words and many blanks.
  const std::string_view before = place.before.substr(0, place.before.find_last_not_of(" \t") + 1);
  const std::string_view behind =
      place.behind.substr(std::min(place.behind.find_first_not_of(" \t"), place.behind.size()));
  const std::string_view name = before.substr(0, before.find_last_not_of(" =:(") + 1);
  for (const std::string_view known : {"len", "length", "size"}) {
    if (ends_with(name, known)) return true;
  }
  for (const std::string_view unit : {"byte", "octet"}) {
    if (begins_with(behind, unit)) return true;
  }
  const bool opened = !before.empty() && std::string_view("([{<|").find(before.back()) != std::string_view::npos;
  const bool closed = !behind.empty() && std::string_view(")]}>|").find(behind.front()) != std::string_view::npos;
  const bool begins = opened || !place.follows_bytes;
  const bool ends = closed || label || behind.empty();
  return begins && ends && (opened || closed || label);
}

using ReadWord = std::optional<Bytes> (*)(std::string_view word, bool single);

/// Runs of words that are bytes.
struct Runs {
  ReadWord read_word;
  bool single = false;
  bool counts = false;    ///< passes over numbers that tell of the bytes
  bool all_words = true;  ///< no other word was met
  Bytes everything{};
  Bytes longest_of_lines{};
  Bytes last_of_lines{};
  Bytes first_of_lines{};  ///< of lines that begin with bytes: what they look like as text may follow them
  Bytes longest{};

  void read(std::string_view text) {
    while (!text.empty()) line(base::take_line(text));
  }

 private:
  static constexpr std::size_t least_long_digits = 8;

  static std::size_t longest_word(std::string_view line, std::string_view between) noexcept {
    std::size_t longest_size = 0;
    for (std::size_t at = line.find_first_not_of(between); at != std::string_view::npos;) {
      const std::size_t end = std::min(line.find_first_of(between, at), line.size());
      const std::string_view word = without_ticks(line.substr(at, end - at));
      if (std::all_of(word.begin(), word.end(), is_hex)) longest_size = std::max(longest_size, word.size());
      at = line.find_first_not_of(between, end);
    }
    return longest_size;
  }

  static void end_run(Bytes& run, Bytes& best, Bytes& last) {
    if (run.size() > best.size()) best = run;
    if (!run.empty()) last = run;
    run.clear();
  }

  void line(std::string_view line) {
    constexpr std::string_view between = " \t,=\"'()[]{}<>|;\f\v";
    line = without_log_head(line);
    const bool long_digits = counts && longest_word(line, between) >= least_long_digits;
    Bytes run;
    Bytes best;
    Bytes last;
    bool first = true;
    for (std::size_t at = line.find_first_not_of(between); at != std::string_view::npos;) {
      const std::size_t end = std::min(line.find_first_of(between, at), line.size());
      const std::string_view word = without_ticks(line.substr(at, end - at));
      const std::size_t begin = at;
      const bool alone = at == 0 && end == line.size();
      at = line.find_first_not_of(between, end);
      const bool gap = at != std::string_view::npos && at > end + 1 && line.substr(end, 2) == "  ";
      const Place place{line.substr(0, begin), word, line.substr(end), !run.empty(), long_digits};
      if (counts && !alone && is_count(place)) {
        if (at == std::string_view::npos) end_run(run, best, last);
        continue;
      }
      const auto bytes = !alone && is_time(word) ? std::nullopt : read_word(word, single);
      if (bytes) {
        run.insert(run.end(), bytes->begin(), bytes->end());
        everything.insert(everything.end(), bytes->begin(), bytes->end());
        if (first) first_of_lines.insert(first_of_lines.end(), bytes->begin(), bytes->end());
      } else {
        all_words = false;
      }
      first = first && bytes && !(gap && run.size() != 8);
      if (!bytes || at == std::string_view::npos) end_run(run, best, last);
    }
    longest_of_lines.insert(longest_of_lines.end(), best.begin(), best.end());
    last_of_lines.insert(last_of_lines.end(), last.begin(), last.end());
    if (best.size() > longest.size()) longest = std::move(best);
  }
};

/// Web pages and word processors set blanks that do not break, and some that have no width.
std::string with_plain_blanks(std::string text) {
  for (const std::string_view blank : {"\xC2\xA0", "\xE2\x80\x8B"}) {
    for (std::size_t at = text.find(blank); at != std::string::npos; at = text.find(blank, at)) {
      text.replace(at, blank.size(), blank.size(), ' ');
    }
  }
  return text;
}

}  // namespace

void read_digits(std::string_view text, std::vector<Reading>& readings) {
  const std::string plain = with_plain_blanks(without_comments(text));
  Runs strict{hexadecimal};
  strict.read(plain);
  Runs singles{hexadecimal, true};
  singles.read(plain);
  Runs numbers{decimal};
  numbers.read(plain);
  Runs counted{.read_word = hexadecimal, .counts = true};
  counted.read(plain);
  Runs bits{binary};
  bits.read(plain);
  if (bits.all_words) add_reading(readings, "binary digits", std::move(bits.everything));
  if (strict.all_words) add_reading(readings, "hexadecimal digits", std::move(strict.everything));
  if (singles.all_words) add_reading(readings, "hexadecimal numbers", std::move(singles.everything));
  if (numbers.all_words) add_reading(readings, "decimal numbers", std::move(numbers.everything));
  add_reading(readings, "the hexadecimal digits of each line", std::move(strict.longest_of_lines));
  add_reading(readings, "the hexadecimal digits of each line but for counts", std::move(counted.longest_of_lines));
  add_reading(readings, "the last hexadecimal digits of each line", std::move(strict.last_of_lines));
  add_reading(readings, "the hexadecimal digits that lines begin with", std::move(strict.first_of_lines));
  add_reading(readings, "the hexadecimal numbers of each line", std::move(singles.longest_of_lines));
  add_reading(readings, "the longest run of hexadecimal digits", std::move(strict.longest));
  add_reading(readings, "the decimal numbers of each line", std::move(numbers.longest_of_lines));
  add_reading(readings, "the longest run of decimal numbers", std::move(numbers.longest));
}

namespace {

/// The longest start of a word that is Base64 of either alphabet, with the first one's characters.
std::string base64_characters(std::string_view word) {
  std::string result;
  for (char character : word) {
    if (character == '-') character = '+';
    if (character == '_') character = '/';
    const bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    if (!letter && !is_decimal(character) && character != '+' && character != '/') break;
    result.push_back(character);
  }
  return result;
}

Bytes decode_base64(std::string text) {
  if (text.size() % 4 == 1) return {};
  while (text.size() % 4 != 0) text.push_back('=');
  const auto bytes = base::from_base64(text);
  if (!bytes) return {};
  return Bytes(bytes->begin(), bytes->end());
}

}  // namespace

void read_base64(std::string_view text, std::vector<Reading>& readings) {
  std::string joined;
  Bytes concatenated;
  std::string longest;
  constexpr std::string_view between = " \t\r\n\"',:;=<>()[]{}";
  constexpr std::string_view data_url = ";base64,";
  if (const std::size_t at = text.find(data_url); at != std::string_view::npos)
    text.remove_prefix(at + data_url.size());
  for (std::size_t at = text.find_first_not_of(between); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(between, at), text.size());
    std::string word = base64_characters(text.substr(at, end - at));
    const Bytes bytes = decode_base64(word);
    concatenated.insert(concatenated.end(), bytes.begin(), bytes.end());
    joined += word;
    if (word.size() > longest.size()) longest = std::move(word);
    at = text.find_first_not_of(between, end);
  }
  add_reading(readings, "Base64", decode_base64(std::move(joined)));
  add_reading(readings, "Base64 of each word", std::move(concatenated));
  add_reading(readings, "the longest word of Base64", decode_base64(std::move(longest)));
}

}  // namespace capture
