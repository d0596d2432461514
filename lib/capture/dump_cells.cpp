// Dumps of od, hexdump and xxd whose cells are no hexadecimal bytes (octal, decimal, binary, words, characters), and
// those without offsets.
#include <algorithm>
#include <array>
#include <charconv>

#include "base/hex.h"
#include "base/line.h"
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
    {"a dump of octal quad words", 8, 22, 8},
    {"a dump of binary digits", 2, 8, 1},
    {"a dump of hexadecimal words", 16, 4, 2},
    {"a dump of hexadecimal double words", 16, 8, 4},
    {"a dump of hexadecimal quad words", 16, 16, 8},
    {"a dump of decimal bytes", 10, 0, 1},
    {"a dump of decimal words", 10, 0, 2},
    {"a dump of decimal double words", 10, 0, 4},
    {"a dump of decimal quad words", 10, 0, 8},
};

constexpr std::size_t most_bytes_a_line = 256;
constexpr std::size_t usual_bytes_a_line = 16;
/// What is read to see which kinds it could be.
constexpr std::size_t sample = 16U << 10;

/// xxd writes what is left of a last double word with fewer digits.
bool fits(const Cells& cells, std::string_view word) noexcept {
  if (cells.digits == 0) return word.size() <= 20;
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

/// Takes numbers off the front, up to the first word that is none of these: text may follow.
void take_numbers(const Cells& cells, std::string_view& line, std::vector<std::uint8_t>& bytes) {
  const std::size_t most = cells.digits == 0 ? most_bytes_a_line : usual_bytes_a_line;
  for (bool more = true; more && bytes.size() < most;) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const std::size_t prefix = cells.base == 16 && line.starts_with("0x") ? 2 : 0;
    if (!append(cells, line.substr(prefix, end - prefix), bytes)) break;
    more = end - prefix >= cells.digits;  // else it is the last one, which is not whole
    line.remove_prefix(end);
  }
}

/// "020", " \\n", "nul" where `names` are meant; nothing for what is none of these.
std::optional<std::uint8_t> character(std::string_view cell, bool names) noexcept {
  constexpr std::string_view escapes = "0abfnrtv";
  constexpr std::string_view meanings("\0\a\b\f\n\r\t\v", 8);
  constexpr std::string_view controls[] = {"nul", "soh", "stx", "etx", "eot", "enq", "ack", "bel", "bs",  "ht",  "nl",
                                           "vt",  "ff",  "cr",  "so",  "si",  "dle", "dc1", "dc2", "dc3", "dc4", "nak",
                                           "syn", "etb", "can", "em",  "sub", "esc", "fs",  "gs",  "rs",  "us",  "sp"};
  const std::string_view text = trimmed(cell);
  if (text.empty()) return std::uint8_t{' '};
  if (text.size() == 1) return static_cast<std::uint8_t>(text[0]);
  if (names) {
    if (text == "del") return std::uint8_t{0x7F};
    const auto* const name = std::find(std::begin(controls), std::end(controls), text);
    if (name == std::end(controls)) return std::nullopt;
    return static_cast<std::uint8_t>(name - std::begin(controls));
  }
  if (text.size() == 2 && text[0] == '\\' && escapes.find(text[1]) != std::string_view::npos) {
    return static_cast<std::uint8_t>(meanings[escapes.find(text[1])]);
  }
  const auto value = text.size() == 3 ? whole_number(text, 8) : std::nullopt;
  if (!value || *value > 255) return std::nullopt;
  return static_cast<std::uint8_t>(*value);
}

/// Takes characters off the front, four columns for each: od -c, od -a and hexdump -c.
void take_characters(bool names, std::string_view& line, std::vector<std::uint8_t>& bytes) {
  constexpr std::size_t width = 4;
  for (; line.size() >= width && bytes.size() < most_bytes_a_line; line.remove_prefix(width)) {
    const auto byte = line[0] == ' ' ? character(line.substr(0, width), names) : std::nullopt;
    if (!byte) return;
    bytes.push_back(*byte);
  }
}

/// Takes the cells of a line off its front.
using TakeCells = std::function<void(std::string_view& line, std::vector<std::uint8_t>& bytes)>;

TakeCells taking(const Cells& cells) {
  return [&cells](std::string_view& line, std::vector<std::uint8_t>& bytes) { take_numbers(cells, line, bytes); };
}

TakeCells taking_characters(bool names) {
  return [names](std::string_view& line, std::vector<std::uint8_t>& bytes) { take_characters(names, line, bytes); };
}

/// Numbers may be followed by text, characters not.
Dump::ReadRow row_of(TakeCells take, bool alone) {
  return [take = std::move(take), alone](std::string_view line) {
    DumpRow row;
    take(line, row.bytes);
    if (alone && line.size() >= 4) row.bytes.clear();
    return row;
  };
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

/// A dump without offsets: lines of nothing but cells, among others that have none (a prompt). What fills the last
/// cell up stands at its end.
void add_rows(std::string_view text, std::string_view dress, const TakeCells& take, std::size_t cell,
              std::vector<Reading>& readings) {
  std::vector<std::uint8_t> bytes;
  while (!text.empty()) {
    std::string_view line = base::take_line(text);
    std::vector<std::uint8_t> row;
    take(line, row);
    if (!row.empty() && !trimmed(line).empty()) return;
    bytes.insert(bytes.end(), row.begin(), row.end());
  }
  auto shorter = bytes;
  for (std::size_t i = 1; i < cell && !shorter.empty() && shorter.back() == 0; ++i) shorter.pop_back();
  add_reading(readings, dress, std::move(bytes));
  add_reading(readings, dress, std::move(shorter));
}

}  // namespace

void read_other_dumps(std::string_view text, std::vector<Reading>& readings) {
  constexpr std::string_view characters = "a dump of characters";
  constexpr std::string_view names = "a dump of named characters, which od shows without their highest bit";
  for (const Cells& cells : kinds) add_dump(text, cells.dress, row_of(taking(cells), false), readings);
  add_dump(text, characters, row_of(taking_characters(false), true), readings);
  add_dump(text, names, row_of(taking_characters(true), true), readings);
  // Those of a part, and of debuggers, which show addresses.
  add_dump(text, "a dump of a part", read_hex_row, readings, Dump::Start::anywhere);
  for (const Cells& cells : kinds) {
    if (cells.base == 16) {
      add_dump(text, cells.dress, row_of(taking(cells), false), readings, Dump::Start::anywhere);
    }
  }
  for (const Cells& cells : kinds) add_rows(text, cells.dress, taking(cells), cells.bytes, readings);
  add_rows(text, characters, taking_characters(false), 1, readings);
  add_rows(text, names, taking_characters(true), 1, readings);
}

}  // namespace capture
