// Points in time as people write them: RFC 3339 in whole or in part, seconds since 1970, or seconds from the first
// packet.
#include <charconv>

#include "decode_options.h"
#include "values.h"

namespace cmd {
namespace {

/// Takes a number of fixed width from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits, std::string_view before) {
  if (!text.starts_with(before)) return std::nullopt;
  const std::string_view number = text.substr(before.size(), digits);
  int value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (number.size() != digits || error != std::errc() || end != number.data() + digits || number[0] == '-')
    return std::nullopt;
  text.remove_prefix(before.size() + digits);
  return value;
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, by eras of 400 years that begin on a 1 March.
std::int64_t days_to(std::int64_t year, int month, int day) noexcept {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t year_of_era = year - era * 400;
  const std::int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719'468;
}

/// Up to nine digits behind a dot.
std::optional<std::int64_t> take_fraction(std::string_view& text) {
  if (!text.starts_with('.')) return 0;
  text.remove_prefix(1);
  std::int64_t value = 0;
  std::int64_t unit = 100'000'000;
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1), unit /= 10)
    value += unit * (text[0] - '0');
  return value;
}

/// "Z", "+02:00" or nothing, in seconds to take off.
std::optional<std::int64_t> take_zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const bool west = text[0] == '-';
  const auto hours = take_number(text, 2, west ? "-" : "+");
  const auto minutes = hours ? take_number(text, 2, text.starts_with(':') ? ":" : "") : std::nullopt;
  if (!minutes || !text.empty() || *hours > 23 || *minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

/// Nothing for a time that does not fit: before 1684 or after 2255.
std::optional<std::int64_t> nanoseconds(std::int64_t seconds, std::int64_t fraction) noexcept {
  constexpr std::int64_t most = 9'000'000'000;
  if (seconds < -most || seconds > most) return std::nullopt;
  return seconds * 1'000'000'000 + fraction;
}

std::optional<std::int64_t> read_rfc3339(std::string_view text) {
  const auto year = take_number(text, 4, "");
  const auto month = year ? take_number(text, 2, "-") : std::nullopt;
  const auto day = month ? take_number(text, 2, "-") : std::nullopt;
  if (!day || *month < 1 || *month > 12 || *day < 1 || *day > 31) return std::nullopt;
  const std::int64_t midnight = days_to(*year, *month, *day) * 86'400;
  if (text.empty()) return nanoseconds(midnight, 0);
  const auto hour = take_number(text, 2, text.starts_with(' ') ? " " : text.starts_with('t') ? "t" : "T");
  const auto minute = hour ? take_number(text, 2, ":") : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
  int second = 0;
  if (text.starts_with(':')) {
    const auto given = take_number(text, 2, ":");
    if (!given || *given > 60) return std::nullopt;
    second = *given;
  }
  const auto fraction = take_fraction(text);
  const auto zone = fraction ? take_zone(text) : std::nullopt;
  if (!zone) return std::nullopt;
  return nanoseconds(midnight + *hour * 3600 + *minute * 60 + second - *zone, *fraction);
}

/// Exact: whole seconds, then what stands behind the dot.
std::optional<std::int64_t> read_plain_seconds(std::string_view text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || seconds < 0) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  const auto fraction = take_fraction(text);
  if (!fraction || !text.empty()) return std::nullopt;
  return nanoseconds(seconds, *fraction);
}

}  // namespace

base::Result<TimeBound, std::string> read_time_bound(std::string_view text) {
  if (text.starts_with('+')) {
    if (const auto time = read_plain_seconds(text.substr(1))) return TimeBound{*time, true};
  } else if (const auto time = read_rfc3339(text)) {
    return TimeBound{*time, false};
  } else if (const auto seconds = read_plain_seconds(text)) {
    return TimeBound{*seconds, false};
  }
  return base::unexpected(is_not(text, "a time as 2026-11-21T03:33:28Z, seconds since 1970, or +SECONDS"));
}

}  // namespace cmd
