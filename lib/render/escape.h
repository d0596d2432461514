// Bytes of strangers as JSON strings, as hexadecimal or base64 digits, and as text that is safe on a terminal.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/buffer.h"
#include "base/bytes.h"

namespace render {

/// Whether the bytes are UTF-8 as Unicode has it: shortest forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(base::Bytes bytes) noexcept;

/// A JSON string with its quotes. Control characters, quotes and backslashes are escaped; a byte that is not part of
/// valid UTF-8 becomes U+FFFD, so that the result is always valid JSON.
void append_json_string(base::Bytes bytes, base::Buffer& out);
inline void append_json_string(std::string_view text, base::Buffer& out) {
  append_json_string(base::as_bytes(text), out);
}

void append_number(std::uint64_t value, base::Buffer& out);
void append_hex(base::Bytes bytes, base::Buffer& out);
void append_base64(base::Bytes bytes, base::Buffer& out);

/// What `append_visible` does with the two controls that only lay out text.
enum class Layout : std::uint8_t { escape, keep };

/// Text for a terminal: C0 and C1 controls, DEL, bidirectional overrides, line and paragraph separators and other
/// invisible formatting become `\n`, `\x1b` or `\u202e`, invalid bytes `\xff`; all else stays. With `Layout::keep`
/// line feeds and tabs stay too.
void append_visible(base::Bytes bytes, Layout layout, base::Buffer& out);

/// The same between double quotes, with quotes and backslashes escaped, so that it can be read back.
void append_quoted(std::string_view text, base::Buffer& out);

}  // namespace render
