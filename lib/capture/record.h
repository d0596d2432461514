// One captured frame, and what reads them from a file format.
#pragma once

#include <cstdint>
#include <string>

#include "capture/source.h"

namespace capture {

/// A frame as captured. `bytes` live until the next one is read.
struct Record {
  base::Bytes bytes;
  std::int64_t time_ns = 0;
  std::uint32_t link_type = 0;  ///< a LINKTYPE_ number
  std::uint8_t time_digits = 6;
  bool has_time = true;
  bool cut = false;  ///< more was on the wire than was captured
};

/// Larger records are taken for damage.
inline constexpr std::uint32_t largest_record = 1U << 20;

class Records {
 public:
  virtual ~Records() = default;
  /// False at the end, and where the input is damaged: then `problem` says how.
  virtual bool next(Record& record) = 0;
  /// Where and why reading ended early; empty: it did not.
  const std::string& problem() const noexcept { return problem_; }

 protected:
  bool fail(const Source& source, std::string_view what) {
    problem_ = std::string(what) + " at byte " + std::to_string(source.position());
    return false;
  }

 private:
  std::string problem_;
};

/// Numbers in the byte order of the machine that captured.
class Endian {
 public:
  explicit Endian(bool big = false) noexcept : big_(big) {}
  std::uint16_t u16(const std::uint8_t* at) const noexcept {
    return static_cast<std::uint16_t>(big_ ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
  }
  std::uint32_t u32(const std::uint8_t* at) const noexcept {
    const std::uint32_t first = u16(at);
    const std::uint32_t second = u16(at + 2);
    return big_ ? first << 16 | second : second << 16 | first;
  }
  std::uint64_t u64(const std::uint8_t* at) const noexcept {
    const std::uint64_t first = u32(at);
    const std::uint64_t second = u32(at + 4);
    return big_ ? first << 32 | second : second << 32 | first;
  }

 private:
  bool big_;
};

}  // namespace capture
