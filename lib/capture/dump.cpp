// Dumps whose lines start with an offset, whatever the cells behind it are.
#include "capture/dump.h"

#include <algorithm>
#include <charconv>

#include "base/line.h"
#include "capture/dress.h"

namespace capture {
namespace {

constexpr std::size_t words_in_front = 6;  ///< a log's time, level and so on

}  // namespace

std::optional<std::uint64_t> whole_number(std::string_view word, int base) noexcept {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
  if (error != std::errc() || end != word.data() + word.size() || word.empty()) return std::nullopt;
  return value;
}

void Dump::read(std::string_view text) {
  while (!text.empty()) line(base::take_line(text));
  finish_part();
}

void Dump::line(std::string_view line) {
  if (trimmed(line) == "*") {
    repeat_ = true;
    return;
  }
  std::size_t at = 0;
  for (std::size_t word = 0; word < words_in_front; ++word) {
    at = line.find_first_not_of(" \t>|", at);
    if (at == std::string_view::npos) return;
    const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
    if (take(line.substr(at, end - at), line.substr(end))) return;
    at = end;
  }
}

bool Dump::take(std::string_view word, std::string_view rest) {
  if (word.ends_with(':') || word.ends_with('|')) word.remove_suffix(1);
  if (base_ == 16 && word.starts_with("0x")) word.remove_prefix(2);
  if (word.size() < 4 || word.size() > 16) return false;
  const auto offset = whole_number(word, base_);
  if (!offset) return false;
  const DumpRow row = read_row_(rest);
  const bool begins = *offset == 0 || (start_ == Start::anywhere && part_.empty());
  if (begins && !row.bytes.empty()) {
    finish_part();
    origin_ = *offset;
  } else if (part_.empty() || *offset < origin_ || !go_on_at(*offset - origin_)) {
    return false;
  }
  words_ = words_ && (row.words || row.bytes.empty());
  last_ = part_.size();
  part_.insert(part_.end(), row.bytes.begin(), row.bytes.end());
  ++lines_;
  return true;
}

/// Characters beside the last row may have been taken for bytes; a star stands for rows like the one before it.
bool Dump::go_on_at(std::uint64_t offset) {
  if (repeat_ && last_ < part_.size() && offset > part_.size() && offset - part_.size() <= repeatable_) {
    repeatable_ -= offset - part_.size();
    const std::size_t whole = static_cast<std::size_t>(offset) - last_;
    std::size_t filled = part_.size() - last_;
    part_.resize(static_cast<std::size_t>(offset));
    // Twice as much each time: a row may be one byte, and stand for millions.
    for (std::uint8_t* const row = part_.data() + last_; filled < whole;) {
      const std::size_t more = std::min(filled, whole - filled);
      std::copy_n(row, more, row + filled);
      filled += more;
    }
  }
  repeat_ = false;
  if (offset > part_.size() || offset <= last_) return false;
  part_.resize(static_cast<std::size_t>(offset));
  return true;
}

void Dump::finish_part() {
  if (!part_.empty()) parts.push_back(std::move(part_));
  part_.clear();
  last_ = 0;
}

}  // namespace capture
