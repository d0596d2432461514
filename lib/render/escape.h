// Bytes of strangers as JSON strings, and as text that is safe on a terminal.
#pragma once

#include <cstdint>
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

/// In decimal.
void append_number(base::Buffer& out, std::uint64_t value);

/// What `append_visible` does with the two controls that only lay out text.
enum class Layout : std::uint8_t { escape, keep };

/// Text for a terminal: C0 and C1 controls, DEL, bidirectional marks and overrides, and line and paragraph separators
/// become `\n`, `\x1b` or `\u202e`, invalid bytes `\xff`; all else stays, backslashes too. With `Layout::keep` line
/// feeds and tabs stay as well.
void append_visible(base::Buffer& out, base::Bytes bytes, Layout layout);

/// The same between double quotes, with quotes and backslashes escaped, so that it can be read back.
void append_quoted(base::Buffer& out, std::string_view text);

}  // namespace render
