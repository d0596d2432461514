// Dumps of hexadecimal bytes: xxd, hexdump, od, Wireshark, tcpdump.
#include <algorithm>

#include "base/hex.h"
#include "capture/dress.h"
#include "capture/dump.h"

namespace capture {
namespace {

constexpr std::size_t most_bytes_a_line = 256;

bool is_blank(char character) noexcept { return character == ' ' || character == '\t'; }
bool is_hex(char character) noexcept { return base::hex_digit(character) >= 0; }

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

}  // namespace

/// The bytes behind an offset. A gap ends them, but for the one that some leave in the middle of sixteen.
DumpRow read_hex_row(std::string_view line) {
  DumpRow row;
  bool marked = false;
  line = without_marked_text(line, marked);
  if (line.starts_with("- ")) line.remove_prefix(2);  // OpenSSL sets a dash behind the offset
  std::size_t words = 0;
  for (std::size_t at = 0; at < line.size() && row.bytes.size() < most_bytes_a_line;) {
    std::size_t word = line.find_first_not_of(" \t", at);
    if (word == std::string_view::npos) break;
    const std::size_t gap = word - at;
    const bool middle = row.bytes.size() == 8 && gap == 2;
    if (!row.bytes.empty() && gap > 1 && !middle && !marked) break;
    std::size_t end = word;
    const bool prefixed = line.substr(word, 2) == "0x";  // as debuggers write each byte
    if (prefixed) word = end = word + 2;
    while (end < line.size() && is_hex(line[end])) ++end;
    const std::size_t digits = end - word;
    const bool dash = line.substr(end, 1) == "-" && row.bytes.size() + digits / 2 == 8;  // in the middle of sixteen
    const bool whole = end == line.size() || is_blank(line[end]) || dash;
    if (digits == 0 || digits % 2 != 0 || digits > 2 * most_bytes_a_line || (prefixed && digits != 2) || !whole) break;
    for (std::size_t i = word; i < end; i += 2) {
      row.bytes.push_back(static_cast<std::uint8_t>(base::hex_digit(line[i]) << 4 | base::hex_digit(line[i + 1])));
    }
    words += digits == 4 ? 1U : 0U;
    at = dash ? end + 1 : end;
  }
  row.words = words != 0 && words * 2 == row.bytes.size();
  return row;
}

namespace {

/// The words of hexdump and od -x are those of a little-endian machine, the last one filled up with a zero.
DumpRow read_little_endian_row(std::string_view line) {
  DumpRow row = read_hex_row(line);
  for (std::size_t i = 0; i + 1 < row.bytes.size(); i += 2) std::swap(row.bytes[i], row.bytes[i + 1]);
  return row;
}

}  // namespace

void read_dumps(std::string_view text, std::vector<Reading>& readings) {
  int offsets = 16;
  Dump best(offsets, read_hex_row);
  best.read(text);
  for (const int base : {8, 10}) {
    Dump other(base, read_hex_row);
    other.read(text);
    if (other.lines() <= best.lines()) continue;
    best = std::move(other);
    offsets = base;
  }
  if (best.parts.empty()) return;
  const bool words = best.words();
  readings.push_back({"a dump with offsets", std::move(best.parts)});
  if (!words) return;
  Dump little_endian(offsets, read_little_endian_row);
  little_endian.read(text);
  readings.push_back({"a dump of little-endian words", std::move(little_endian.parts)});
}

}  // namespace capture
