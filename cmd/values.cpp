// Numbers, durations, bytes and files as option values.
#include "values.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/format.h"
#include "base/hex.h"

namespace cmd {
namespace {

using base::Result;
using base::unexpected;

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

}  // namespace

std::string is_not(std::string_view text, std::string_view what) {
  std::string shown(text.substr(0, 60));
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; }, '?');
  return base::format("\"{}{}\" is not {}", shown, text.size() > 60 ? "..." : "", what);
}

Result<std::uint64_t, std::string> read_number(std::string_view text, std::uint64_t least, std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < least || number > most) {
    return unexpected(is_not(text, most == UINT64_MAX ? base::format("a number of {} or more", least)
                                                      : base::format("a number from {} to {}", least, most)));
  }
  return number;
}

Result<double, std::string> read_decimal(std::string_view text, double least, double most) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !(number >= least && number <= most)) {
    return unexpected(is_not(text, base::format("a number from {} to {}", least, most)));
  }
  return number;
}

Result<session::Duration, std::string> read_seconds(std::string_view text, bool zero_allowed) {
  constexpr double longest = 10 * 365 * 86'400.0;
  const auto seconds = read_decimal(text, 0, longest);
  if (!seconds || (*seconds == 0 && !zero_allowed)) {
    return unexpected(is_not(text, zero_allowed ? "a number of seconds" : "a number of seconds above 0"));
  }
  const auto duration = std::chrono::duration_cast<session::Duration>(std::chrono::duration<double>(*seconds));
  return *seconds == 0 ? duration : std::max(duration, session::Duration(1));
}

Result<std::uint8_t, std::string> read_qos(std::string_view text) {
  if (text.size() != 1 || text[0] < '0' || text[0] > '2') return unexpected(is_not(text, "0, 1 or 2"));
  return static_cast<std::uint8_t>(text[0] - '0');
}

Result<wire::Version, std::string> read_version(std::string_view text) {
  std::string_view digits = text;
  if (digits.starts_with("mqtt")) digits.remove_prefix(4);
  if (digits.starts_with('v')) digits.remove_prefix(1);
  if (digits == "5" || digits == "5.0" || digits == "50") return wire::Version::v5_0;
  if (digits == "311" || digits == "3.1.1") return wire::Version::v3_1_1;
  if (digits == "31" || digits == "3.1") return wire::Version::v3_1;
  return unexpected(is_not(text, "5, 311 or 31"));
}

Result<std::string, std::string> read_hex(std::string_view text) {
  std::string digits(text);
  std::erase_if(digits, [](char c) { return c == ' ' || c == ':'; });
  if (auto bytes = base::from_hex(digits)) return *std::move(bytes);
  return unexpected(is_not(text, "pairs of hexadecimal digits"));
}

Result<std::string, std::string> read_base64(std::string_view text) {
  if (auto bytes = base::from_base64(text)) return *std::move(bytes);
  return unexpected(is_not(text, "base64"));
}

Result<std::string, std::string> read_binary(std::string_view text) {
  if (text.starts_with("hex:")) return read_hex(text.substr(4));
  if (text.starts_with("base64:")) return read_base64(text.substr(7));
  if (text.starts_with('@')) return read_file(std::string(text.substr(1)), 65'535);
  return std::string(text);
}

Result<std::string, std::string> read_file(const std::string& file, std::size_t most) {
  const auto failed = [&](const char* reason) { return unexpected(base::format("{}: {}", file, reason)); };
  const std::unique_ptr<std::FILE, Close> stream(std::fopen(file.c_str(), "rbe"));
  if (!stream) return failed(std::strerror(errno));
  std::string bytes;
  std::array<char, 4096> part;
  while (const auto count = std::fread(part.data(), 1, part.size(), stream.get())) {
    bytes.append(part.data(), count);
    if (bytes.size() > most) return failed("longer than this can be");
  }
  if (std::ferror(stream.get()) != 0) return failed(std::strerror(errno));
  return bytes;
}

Result<std::string, std::string> read_first_line(const std::string& file) {
  auto text = read_file(file, 65'536);
  if (!text) return text;
  text->resize(std::min(text->find('\n'), text->size()));
  if (text->ends_with('\r')) text->pop_back();
  return text;
}

}  // namespace cmd
