// Dumps whose lines start with an offset: the offsets say which lines belong together and where the bytes end.
#include <algorithm>
#include <charconv>
#include <optional>

#include "base/hex.h"
#include "capture/dress.h"

namespace capture {
namespace {

constexpr std::size_t most_bytes_a_line = 256;
constexpr std::size_t words_in_front = 6;  ///< a log's time, level and so on

bool is_blank(char character) noexcept { return character == ' ' || character == '\t'; }
bool is_hex(char character) noexcept { return base::hex_digit(character) >= 0; }

/// The number that a whole word spells.
std::optional<std::uint64_t> number(std::string_view word, int base) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc() || end != word.data() + word.size() || word.empty()) return std::nullopt;
  return value;
}

struct Row {
  std::vector<std::uint8_t> bytes;
  bool words = false;  ///< of four digits each
};

/// hexdump -C ends its lines with |text|, od -t x1z with >text<. What stands before that.
std::string_view without_marked_text(std::string_view line, bool& marked) noexcept {
  line = trimmed(line);
  marked = false;
  const char open = line.ends_with('|') ? '|' : line.ends_with('<') ? '>' : '\0';
  if (open == '\0' || line.size() < 2) return line;
  const std::size_t begin = line.substr(0, line.size() - 1).find(open);
  if (begin == std::string_view::npos) return line;
  marked = true;
  return line.substr(0, begin);
}

/// The bytes behind an offset. A gap ends them, but for the one that some leave in the middle of sixteen.
Row read_row(std::string_view line) {
  Row row;
  bool marked = false;
  line = without_marked_text(line, marked);
  std::size_t words = 0;
  for (std::size_t at = 0; at < line.size() && row.bytes.size() < most_bytes_a_line;) {
    const std::size_t word = line.find_first_not_of(" \t", at);
    if (word == std::string_view::npos) break;
    const std::size_t gap = word - at;
    const bool middle = row.bytes.size() == 8 && gap == 2;
    if (!row.bytes.empty() && gap > 1 && !middle && !marked) break;
    std::size_t end = word;
    while (end < line.size() && is_hex(line[end])) ++end;
    const std::size_t digits = end - word;
    const bool whole = end == line.size() || is_blank(line[end]);
    if (digits == 0 || digits % 2 != 0 || digits > 16 || !whole) break;
    for (std::size_t i = word; i < end; i += 2) {
      row.bytes.push_back(static_cast<std::uint8_t>(base::hex_digit(line[i]) << 4 | base::hex_digit(line[i + 1])));
    }
    words += digits == 4 ? 1U : 0U;
    at = end;
  }
  row.words = words != 0 && words * 2 == row.bytes.size();
  return row;
}

/// Follows the offsets of one base through a text.
class Dump {
 public:
  explicit Dump(int base) noexcept : base_(base) {}

  void read(std::string_view text) {
    while (!text.empty()) line(take_line(text));
    finish_part();
  }
  std::size_t lines() const noexcept { return lines_; }
  bool words() const noexcept { return words_; }
  std::vector<std::vector<std::uint8_t>> parts;

 private:
  void line(std::string_view line) {
    if (trimmed(line) == "*") {
      repeat_ = true;
      return;
    }
    std::size_t at = 0;
    for (std::size_t word = 0; word < words_in_front; ++word) {
      at = line.find_first_not_of(" \t>|", at);
      if (at == std::string_view::npos) return;
      const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
      if (take(line.substr(at, end - at), line.substr(end))) return;
      at = end;
    }
  }

  bool take(std::string_view word, std::string_view rest) {
    if (word.ends_with(':') || word.ends_with('|')) word.remove_suffix(1);
    if (base_ == 16 && word.starts_with("0x")) word.remove_prefix(2);
    if (word.size() < 4 || word.size() > 16) return false;
    const auto offset = number(word, base_);
    if (!offset) return false;
    Row row = read_row(rest);
    if (*offset == 0 && !row.bytes.empty()) {
      finish_part();
    } else if (part_.empty() || !go_on_at(*offset)) {
      return false;
    }
    words_ = words_ && (row.words || row.bytes.empty());
    last_ = part_.size();
    part_.insert(part_.end(), row.bytes.begin(), row.bytes.end());
    ++lines_;
    return true;
  }

  /// Characters beside the last row may have been taken for bytes; a star stands for rows like the one before it.
  bool go_on_at(std::uint64_t offset) {
    if (repeat_ && offset > part_.size() && offset - part_.size() <= repeatable_) {
      repeatable_ -= offset - part_.size();
      const std::vector<std::uint8_t> row(part_.begin() + static_cast<std::ptrdiff_t>(last_), part_.end());
      while (part_.size() < offset) part_.insert(part_.end(), row.begin(), row.end());
    }
    repeat_ = false;
    if (offset > part_.size() || offset <= last_) return false;
    part_.resize(static_cast<std::size_t>(offset));
    return true;
  }

  void finish_part() {
    if (!part_.empty()) parts.push_back(std::move(part_));
    part_.clear();
    last_ = 0;
  }

  int base_;
  std::vector<std::uint8_t> part_;
  std::size_t last_ = 0;  ///< where the last row starts
  std::size_t lines_ = 0;
  bool words_ = true;
  bool repeat_ = false;
  std::uint64_t repeatable_ = 16 * 1024 * 1024;  ///< bytes that stars may still stand for
};

/// The words of hexdump and od -x are those of a little-endian machine.
void swap_words(std::vector<std::uint8_t>& bytes) {
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) std::swap(bytes[i], bytes[i + 1]);
}

}  // namespace

void read_dumps(std::string_view text, std::vector<Reading>& readings) {
  Dump best(16);
  best.read(text);
  for (const int base : {8, 10}) {
    Dump other(base);
    other.read(text);
    if (other.lines() > best.lines()) best = std::move(other);
  }
  if (best.parts.empty()) return;
  readings.push_back({"a dump with offsets", best.parts});
  if (!best.words()) return;
  for (auto& part : best.parts) swap_words(part);
  readings.push_back({"a dump of little-endian words", std::move(best.parts)});
}

}  // namespace capture
