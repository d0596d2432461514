// Bytes of strangers as JSON strings, and as text that is safe on a terminal.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/bytes.h"

namespace render {

/// A JSON string with its quotes. Control characters, quotes and backslashes are escaped; a byte that is not part of
/// valid UTF-8 becomes U+FFFD, so that the result is always valid JSON.
void append_json_string(base::Buffer& out, base::Bytes bytes);
inline void append_json_string(base::Buffer& out, std::string_view text) {
  append_json_string(out, base::as_bytes(text));
}

/// The same for bytes that may be no text: false, and nothing appended, where they are not UTF-8.
bool append_json_string_if_utf8(base::Buffer& out, base::Bytes bytes);
/// The inside of such a string, to be written in several pieces; none may end within a UTF-8 sequence.
void append_json_characters(base::Buffer& out, base::Bytes bytes);

/// In decimal.
void append_number(base::Buffer& out, std::uint64_t value);

/// What becomes of the two controls that only lay out text.
enum class Layout : std::uint8_t { escape, keep };

/// Text for a terminal: C0 and C1 controls, DEL, bidirectional marks and overrides, and line and paragraph separators
/// become `\n`, `\u001b` or `\u202e`, bytes that are no UTF-8 `\xff`; all else stays, backslashes too. With
/// `Layout::keep` line feeds and tabs stay as well: then JSON stays the same JSON.
void append_visible(base::Buffer& out, base::Bytes bytes, Layout layout);
/// The same for what stands in a buffer from `offset` on. For terminals only: it copies.
void make_visible(base::Buffer& buffer, std::size_t offset, Layout layout);

/// The same between double quotes, with quotes and backslashes escaped, so that it can be read back.
void append_quoted(base::Buffer& out, std::string_view text);
std::string quoted(std::string_view text);

}  // namespace render
