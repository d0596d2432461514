// Points on the wall clock as text: RFC 3339 in UTC, and the local time that mosquitto's formats print.
#pragma once

#include <cstdint>
#include <ctime>
#include <limits>

#include "base/buffer.h"

namespace render {

/// Wall-clock time. Nothing here asks for it: it is handed in, so that a capture's time and ours render alike.
struct Moment {
  std::int64_t nanoseconds = 0;  ///< since 1970-01-01T00:00:00Z

  std::int64_t seconds() const noexcept { return nanoseconds / 1'000'000'000 - (nanoseconds % 1'000'000'000 < 0); }
  /// 0 to 999,999,999.
  std::uint32_t fraction() const noexcept {
    const std::int64_t rest = nanoseconds % 1'000'000'000;
    return static_cast<std::uint32_t>(rest < 0 ? rest + 1'000'000'000 : rest);
  }
  friend bool operator==(const Moment&, const Moment&) = default;
};

enum class Precision : std::uint8_t { microseconds = 6, nanoseconds = 9 };

/// "2026-11-21T03:33:28.534773Z".
void append_rfc3339(base::Buffer& out, Moment moment, Precision precision);

/// `value` in decimal, with zeroes to fill `digits`.
void append_digits(base::Buffer& out, std::uint64_t value, int digits);

/// The local calendar, computed once a second however many messages arrive in it.
class LocalTime {
 public:
  /// Valid until the next call with another second.
  const std::tm& calendar(Moment moment);
  /// "2020-05-06T22:12:00.123456+0200", the `tst` of %j.
  void append_tst(base::Buffer& out, Moment moment);
  /// strftime(3) with `%conversion`; nothing where it gives nothing or more than 99 bytes.
  void append_strftime(base::Buffer& out, char conversion, Moment moment);

 private:
  std::int64_t second_ = std::numeric_limits<std::int64_t>::min();
  std::tm calendar_{};
  char stamp_[64] = {};  ///< date and time up to the dot
  char zone_[16] = {};   ///< "+0200"
  std::uint8_t stamp_length_ = 0;
  std::uint8_t zone_length_ = 0;
};

}  // namespace render
