// Dumps whose lines start with an offset, whatever the cells behind it are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace capture {

/// What stands behind one offset.
struct DumpRow {
  std::vector<std::uint8_t> bytes;
  bool words = false;  ///< of four digits each
};

/// Follows the offsets of one base through a text: they say which lines belong together and where the bytes end.
class Dump {
 public:
  using ReadRow = std::function<DumpRow(std::string_view)>;

  /// Dumps begin at offset 0; or `anywhere`, as those of a part of a file do.
  enum class Start : std::uint8_t { zero, anywhere };

  Dump(int base, ReadRow read_row, Start start = Start::zero)
      : base_(base), read_row_(std::move(read_row)), start_(start) {}

  void read(std::string_view text);
  std::size_t lines() const noexcept { return lines_; }
  /// Whether all rows are words of four digits.
  bool words() const noexcept { return words_; }
  std::vector<std::vector<std::uint8_t>> parts;

 private:
  void line(std::string_view line);
  bool take(std::string_view word, std::string_view rest);
  bool go_on_at(std::uint64_t offset);
  void finish_part();

  int base_;
  ReadRow read_row_;
  Start start_;
  std::uint64_t origin_ = 0;  ///< the offset of the first byte
  std::vector<std::uint8_t> part_;
  std::size_t last_ = 0;  ///< where the last row starts
  std::size_t lines_ = 0;
  bool words_ = true;
  bool repeat_ = false;
  std::uint64_t repeatable_ = 16 * 1024 * 1024;  ///< bytes that stars may still stand for
};

/// Hexadecimal bytes, in groups or not.
DumpRow read_hex_row(std::string_view line);

/// The number that a whole word spells.
std::optional<std::uint64_t> whole_number(std::string_view word, int base) noexcept;

}  // namespace capture
