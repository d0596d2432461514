// The dresses in which people paste bytes: each reader finds the ways in which a text can be read as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace capture {

/// Bytes, and how they were found.
struct Reading {
  std::string_view dress;                        ///< "hexadecimal digits"; never freed
  std::vector<std::vector<std::uint8_t>> parts;  ///< a dump can hold several packets of a network; others have one part

  std::vector<std::uint8_t> joined() const;
  std::size_t size() const noexcept;
};

// Each appends what it can make of the text, the likeliest first. Nothing is appended twice, nothing empty.

/// Lines that start with an offset: xxd, hexdump, od, Wireshark, tcpdump.
void read_dumps(std::string_view text, std::vector<Reading>& readings);
/// The same with other cells than hexadecimal bytes, or without offsets: of od, hexdump and xxd -b.
void read_other_dumps(std::string_view text, std::vector<Reading>& readings);
/// Escapes: `\x10\x0c`, `\020`, `%10%0c`, `^P^L`, in quotes (with printable characters between them) or bare.
void read_literals(std::string_view text, std::vector<Reading>& readings);
/// Lists in brackets: C, Go, Rust, Erlang, Java and JavaScript, in decimal and hexadecimal numbers.
void read_lists(std::string_view text, std::vector<Reading>& readings);
/// Digits with blanks, colons, commas or `0x` between them, among other words.
void read_digits(std::string_view text, std::vector<Reading>& readings);
void read_base64(std::string_view text, std::vector<Reading>& readings);

/// Adds a reading of one part, unless it is empty or there already.
void add_reading(std::vector<Reading>& readings, std::string_view dress, std::vector<std::uint8_t> bytes);

/// Takes `<repeats 12 times>` off the front, as gdb shortens its lists, and adds that to the last byte; no more than
/// `budget`, which it lessens.
void take_repeats(std::string_view& text, std::vector<std::uint8_t>& bytes, std::size_t& budget);
inline constexpr std::size_t repeat_budget = 16 * 1024 * 1024;  ///< for one text

/// Takes a string or character in quotes, with escapes, off the front; nothing where its quote does not close.
std::optional<std::vector<std::uint8_t>> take_string(std::string_view& text);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text) noexcept;
/// A text whose `#`, `//`, `;` and `/* */` comments are blank. A `#` counts at the start of a line or behind a blank.
std::string without_comments(std::string_view text);

}  // namespace capture
