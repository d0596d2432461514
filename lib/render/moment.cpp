// Points on the wall clock as text: RFC 3339 in UTC, and the local time that mosquitto's formats print.
#include "render/moment.h"

#include <cstring>

#include "render/digits.h"

namespace render {
namespace {

struct Date {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

/// The Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin on a 1 March.
Date date_of(std::int64_t days) noexcept {
  days += 719'468;
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto day_of_era = static_cast<unsigned>(days - era * 146'097);
  const unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const unsigned march_month = (5 * day_of_year + 2) / 153;
  const unsigned day = day_of_year - (153 * march_month + 2) / 5 + 1;
  const unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, day};
}

/// Two digits at a time.
char* write_digits(std::uint64_t value, int digits, char* out) noexcept {
  int left = digits;
  for (; left >= 2; left -= 2) {
    std::memcpy(out + left - 2, digit_pairs.data() + value % 100 * 2, 2);
    value /= 100;
  }
  if (left != 0) *out = static_cast<char>('0' + value % 10);
  return out + digits;
}

}  // namespace

namespace {

/// "2026-11-21T03:33:28." of the second that was asked for last: most packets of a capture share it with their
/// neighbour.
struct Second {
  std::int64_t seconds = std::numeric_limits<std::int64_t>::min();
  char text[24] = {};
  std::size_t length = 0;
};

void fill(Second& second, std::int64_t seconds) noexcept {
  constexpr std::int64_t seconds_a_day = 86'400;
  const std::int64_t days = seconds / seconds_a_day - (seconds % seconds_a_day < 0 ? 1 : 0);
  const auto second_of_day = static_cast<unsigned>(seconds - days * seconds_a_day);
  const Date date = date_of(days);

  char* at = write_digits(static_cast<std::uint64_t>(date.year), 4, second.text);
  *at++ = '-';
  at = write_digits(date.month, 2, at);
  *at++ = '-';
  at = write_digits(date.day, 2, at);
  *at++ = 'T';
  at = write_digits(second_of_day / 3600, 2, at);
  *at++ = ':';
  at = write_digits(second_of_day / 60 % 60, 2, at);
  *at++ = ':';
  at = write_digits(second_of_day % 60, 2, at);
  *at++ = '.';
  second.seconds = seconds;
  second.length = static_cast<std::size_t>(at - second.text);
}

}  // namespace

void append_rfc3339(base::Buffer& out, Moment moment, Precision precision) {
  thread_local Second second;
  if (moment.seconds() != second.seconds) fill(second, moment.seconds());
  auto* const begin = reinterpret_cast<char*>(out.reserve(sizeof second.text + 10));
  std::memcpy(begin, second.text, sizeof second.text);
  char* at = begin + second.length;
  const bool fine = precision == Precision::nanoseconds;
  at = write_digits(fine ? moment.fraction() : moment.fraction() / 1000, static_cast<int>(precision), at);
  *at++ = 'Z';
  out.commit(static_cast<std::size_t>(at - begin));
}

void append_digits(base::Buffer& out, std::uint64_t value, int digits) {
  const auto count = static_cast<std::size_t>(digits);
  write_digits(value, digits, reinterpret_cast<char*>(out.reserve(count)));
  out.commit(count);
}

const std::tm& LocalTime::calendar(Moment moment) {
  if (moment.seconds() != second_) {
    second_ = moment.seconds();
    const std::time_t seconds = second_;
    if (::localtime_r(&seconds, &calendar_) == nullptr) calendar_ = {};
    stamp_length_ = static_cast<std::uint8_t>(std::strftime(stamp_, sizeof stamp_, "%Y-%m-%dT%H:%M:%S", &calendar_));
    zone_length_ = static_cast<std::uint8_t>(std::strftime(zone_, sizeof zone_, "%z", &calendar_));
  }
  return calendar_;
}

void LocalTime::append_tst(base::Buffer& out, Moment moment) {
  calendar(moment);
  out.append(std::string_view(stamp_, stamp_length_));
  out.push('.');
  append_digits(out, moment.fraction() / 1000, 6);
  out.append(std::string_view(zone_, zone_length_));
}

void LocalTime::append_strftime(base::Buffer& out, char conversion, Moment moment) {
  const char format[] = {'%', conversion, '\0'};
  char* const text = reinterpret_cast<char*>(out.reserve(100));
  out.commit(std::strftime(text, 100, format, &calendar(moment)));
}

}  // namespace render
