// UTF-8 by a table of what may follow each first byte, eight bytes at a time where they are ASCII.
#include "base/utf8.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace base {
namespace {

/// By the first byte of a sequence: how many bytes follow, and between what the second one must lie. The bounds rule
/// out overlong forms (E0, F0), surrogates (ED) and code points above U+10FFFF (F4).
struct Lead {
  std::uint8_t first;
  std::uint8_t last;
  std::uint8_t following;
  std::uint8_t least;
  std::uint8_t most;
};

constexpr std::array<Lead, 8> leads = {{
    {0xC2, 0xDF, 1, 0x80, 0xBF},
    {0xE0, 0xE0, 2, 0xA0, 0xBF},
    {0xE1, 0xEC, 2, 0x80, 0xBF},
    {0xED, 0xED, 2, 0x80, 0x9F},
    {0xEE, 0xEF, 2, 0x80, 0xBF},
    {0xF0, 0xF0, 3, 0x90, 0xBF},
    {0xF1, 0xF3, 3, 0x80, 0xBF},
    {0xF4, 0xF4, 3, 0x80, 0x8F},
}};

/// For each byte from 0xC0: its row in `leads`, or `none`.
constexpr std::uint8_t none = leads.size();
constexpr auto lead_rows = [] {
  std::array<std::uint8_t, 64> rows{};
  for (auto& row : rows) row = none;
  for (std::uint8_t i = 0; i < leads.size(); ++i) {
    for (unsigned byte = leads[i].first; byte <= leads[i].last; ++byte) rows[byte - 0xC0] = i;
  }
  return rows;
}();

/// Bytes of the sequence that begins at `at`; 0 where it is not well-formed. The first byte is not ASCII.
std::size_t sequence_length(const unsigned char* at, std::size_t left) noexcept {
  if (at[0] < 0xC0) return 0;
  const std::uint8_t row = lead_rows[static_cast<std::size_t>(at[0] - 0xC0)];
  if (row == none) return 0;
  const Lead& lead = leads[row];
  if (left <= lead.following || at[1] < lead.least || at[1] > lead.most) return 0;
  for (std::size_t i = 2; i <= lead.following; ++i) {
    if ((at[i] & 0xC0) != 0x80) return 0;
  }
  return lead.following + std::size_t{1};
}

bool eight_are_ascii(const unsigned char* at) noexcept {
  std::uint64_t word;
  std::memcpy(&word, at, sizeof word);
  return (word & 0x8080808080808080U) == 0;
}

}  // namespace

std::size_t find_ill_formed(std::string_view text) noexcept {
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const std::size_t size = text.size();
  std::size_t at = 0;
  while (at < size) {
    if (bytes[at] < 0x80) {
      const std::size_t left = size - at;
      if (left < 8 && size >= 8 && eight_are_ascii(bytes + size - 8)) return size;
      at += left >= 8 && eight_are_ascii(bytes + at) ? 8 : 1;
      continue;
    }
    const std::size_t length = sequence_length(bytes + at, size - at);
    if (length == 0) return at;
    at += length;
  }
  return size;
}

}  // namespace base
