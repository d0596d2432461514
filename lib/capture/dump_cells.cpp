// Dumps of od, hexdump and xxd whose cells are no hexadecimal bytes: octal, decimal, binary, words, and characters.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/hex.h"
#include "capture/dress.h"
#include "capture/dump.h"

namespace capture {
namespace {

/// Numbers that stand in one dump: those of several bytes are of a little-endian machine.
struct Cells {
  std::string_view dress;
  int base;
  std::size_t digits;  ///< of each number; 0: any, filled up with blanks
  std::size_t bytes;   ///< that each is
};

constexpr Cells kinds[] = {
    {"a dump of octal bytes", 8, 3, 1},
    {"a dump of octal words", 8, 6, 2},
    {"a dump of octal double words", 8, 11, 4},
    {"a dump of binary digits", 2, 8, 1},
    {"a dump of hexadecimal words", 16, 4, 2},
    {"a dump of hexadecimal double words", 16, 8, 4},
    {"a dump of hexadecimal quad words", 16, 16, 8},
    {"a dump of decimal bytes", 10, 0, 1},
    {"a dump of decimal words", 10, 0, 2},
    {"a dump of decimal double words", 10, 0, 4},
};

constexpr std::size_t most_bytes_a_line = 256;
constexpr std::size_t usual_bytes_a_line = 16;
/// What is read to see which kinds it could be.
constexpr std::size_t sample = 16U << 10;

/// xxd writes what is left of a last double word with fewer digits.
bool fits(const Cells& cells, std::string_view word) noexcept {
  if (cells.digits == 0) return word.size() <= 11;
  if (word.size() == cells.digits) return true;
  return cells.base == 16 && word.size() % 2 == 0 && word.size() < cells.digits;
}

bool append(const Cells& cells, std::string_view word, std::vector<std::uint8_t>& bytes) {
  const bool negative = cells.base == 10 && word.starts_with('-');
  const auto value = fits(cells, word) ? whole_number(word.substr(negative ? 1 : 0), cells.base) : std::nullopt;
  const std::size_t bits = 8 * cells.bytes - (negative ? 1U : 0U);
  if (!value || (bits < 64 && *value > (std::uint64_t{1} << bits) - (negative ? 0U : 1U))) return false;
  const std::uint64_t number = negative ? 0 - *value : *value;
  const std::size_t count = cells.base == 16 ? word.size() / 2 : cells.bytes;
  for (std::size_t i = 0; i < count; ++i) bytes.push_back(static_cast<std::uint8_t>(number >> 8 * i));
  return true;
}

/// Up to the first word that is none of these numbers: text may follow.
DumpRow read_numbers(const Cells& cells, std::string_view line) {
  DumpRow row;
  const std::size_t most = cells.digits == 0 ? most_bytes_a_line : usual_bytes_a_line;
  while (row.bytes.size() < most) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::size_t prefix = cells.base == 16 && line.starts_with("0x") ? 2 : 0;
    if (!append(cells, line.substr(prefix, end - prefix), row.bytes)) break;
    if (end - prefix < cells.digits) break;  // the last one, which is not whole
    line.remove_prefix(end);
  }
  return row;
}

/// "  M", " \\n", "020"; nothing for what is none of these.
std::optional<std::uint8_t> character(std::string_view cell) noexcept {
  constexpr std::string_view escapes = "0abfnrtv";
  constexpr std::string_view meanings("\0\a\b\f\n\r\t\v", 8);
  const std::string_view text = trimmed(cell);
  if (text.empty()) return std::uint8_t{' '};
  if (text.size() == 1) return static_cast<std::uint8_t>(text[0]);
  if (text.size() == 2 && text[0] == '\\' && escapes.find(text[1]) != std::string_view::npos) {
    return static_cast<std::uint8_t>(meanings[escapes.find(text[1])]);
  }
  const auto value = text.size() == 3 ? whole_number(text, 8) : std::nullopt;
  if (!value || *value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*value);
}

/// od -c and hexdump -c: four columns for each byte.
DumpRow read_characters(std::string_view line) {
  constexpr std::size_t width = 4;
  DumpRow row;
  for (; line.size() >= width && row.bytes.size() < most_bytes_a_line; line.remove_prefix(width)) {
    const auto byte = line[0] == ' ' ? character(line.substr(0, width)) : std::nullopt;
    if (!byte) return {};
    row.bytes.push_back(*byte);
  }
  return row;
}

void add_dump(std::string_view text, std::string_view dress, const Dump::ReadRow& read_row,
              std::vector<Reading>& readings, Dump::Start start = Dump::Start::zero) {
  for (const int base : {8, 16, 10}) {  // that of the offsets
    Dump first(base, read_row, start);
    first.read(text.substr(0, sample));
    if (first.lines() == 0) continue;
    Dump dump(base, read_row, start);
    dump.read(text);
    if (!dump.parts.empty()) readings.push_back({dress, std::move(dump.parts)});
  }
}

}  // namespace

void read_other_dumps(std::string_view text, std::vector<Reading>& readings) {
  const auto reader = [](const Cells& cells) {
    return [&cells](std::string_view line) { return read_numbers(cells, line); };
  };
  for (const Cells& cells : kinds) add_dump(text, cells.dress, reader(cells), readings);
  add_dump(text, "a dump of characters", read_characters, readings);
  // Those of a part, and of debuggers, which show addresses.
  add_dump(text, "a dump of a part", read_hex_row, readings, Dump::Start::anywhere);
  for (const Cells& cells : kinds) {
    if (cells.base == 16) add_dump(text, cells.dress, reader(cells), readings, Dump::Start::anywhere);
  }
}

}  // namespace capture
