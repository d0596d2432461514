// Bytes as hexadecimal digits and as Base64, both ways.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/bytes.h"

namespace base {

/// The value of a hexadecimal digit of either case, or -1.
int hex_digit(char character) noexcept;

/// Lower-case digits without separators, appended.
void append_hex(Buffer& out, Bytes bytes);
std::string to_hex(Bytes bytes);
/// Pairs of digits of either case and nothing else; nothing where there is anything else.
std::optional<std::string> from_hex(std::string_view digits);

/// RFC 4648 section 4, with padding, appended.
void append_base64(Buffer& out, Bytes bytes);
std::string to_base64(Bytes bytes);
/// Strict: full groups with their padding, no other character, and no bits set that the padding drops.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace base
