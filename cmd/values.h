// Reads the values of options; what is wrong with one is said as `"abc" is not …`.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "decode_options.h"
#include "session/time.h"
#include "wire/version.h"

namespace cmd {

using Stored = base::Result<void, std::string>;

base::Result<std::uint64_t, std::string> read_number(std::string_view text, std::uint64_t least, std::uint64_t most);
/// A positive decimal number, fractions allowed.
base::Result<double, std::string> read_decimal(std::string_view text, double least, double most);
/// Seconds with fractions, up to ten years.
base::Result<session::Duration, std::string> read_seconds(std::string_view text, bool zero_allowed);
/// 0, 1 or 2.
base::Result<std::uint8_t, std::string> read_qos(std::string_view text);
/// mqttv5, v5, 5, 5.0, …
base::Result<wire::Version, std::string> read_version(std::string_view text);
/// Bytes as "6869", with blanks and colons between them where wanted.
base::Result<std::string, std::string> read_hex(std::string_view text);
base::Result<std::string, std::string> read_base64(std::string_view text);
/// RFC 3339 in whole or in part, seconds since 1970, or "+5", seconds from the first packet.
base::Result<TimeBound, std::string> read_time_bound(std::string_view text);
/// "hex:…", "base64:…", "@file", or the bytes themselves.
base::Result<std::string, std::string> read_binary(std::string_view text);
/// All of a file; what is wrong is `file: reason`. At most `most` bytes are read.
base::Result<std::string, std::string> read_file(const std::string& file, std::size_t most);
/// The first line of a file, as passwords are kept.
base::Result<std::string, std::string> read_first_line(const std::string& file);

/// `"text" is not what`, with control characters taken out.
std::string is_not(std::string_view text, std::string_view what);

/// Takes over a result's value; for the functions of the table.
template <class Target, class Value>
Stored set(Target& target, base::Result<Value, std::string> value) {
  if (!value) return base::unexpected(std::move(value.error()));
  target = static_cast<Target>(*std::move(value));
  return {};
}
template <class Value>
Stored set(std::string& target, base::Result<Value, std::string> value) {
  if (!value) return base::unexpected(std::move(value.error()));
  target = *std::move(value);
  return {};
}
template <class Target>
Stored set(std::optional<Target>& target, base::Result<Target, std::string> value) {
  if (!value) return base::unexpected(std::move(value.error()));
  target = *std::move(value);
  return {};
}

}  // namespace cmd
