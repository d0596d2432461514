// What the readers of the dresses share.
#include "capture/dress.h"

#include <algorithm>
#include <charconv>

namespace capture {

std::vector<std::uint8_t> Reading::joined() const {
  std::vector<std::uint8_t> bytes;
  bytes.reserve(size());
  for (const auto& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

std::size_t Reading::size() const noexcept {
  std::size_t bytes = 0;
  for (const auto& part : parts) bytes += part.size();
  return bytes;
}

void add_reading(std::vector<Reading>& readings, std::string_view dress, std::vector<std::uint8_t> bytes) {
  if (bytes.empty()) return;
  const bool known = std::any_of(readings.begin(), readings.end(), [&](const Reading& other) {
    return other.parts.size() == 1 && other.parts.front() == bytes;
  });
  if (known) return;
  Reading reading{dress, {}};
  reading.parts.push_back(std::move(bytes));
  readings.push_back(std::move(reading));
}

void take_repeats(std::string_view& text, std::vector<std::uint8_t>& bytes, std::size_t& budget) {
  constexpr std::string_view opening = "<repeats ";
  constexpr std::string_view closing = " times>";
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos || !text.substr(begin).starts_with(opening) || bytes.empty()) return;
  const std::string_view number = text.substr(begin + opening.size());
  std::size_t times = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), times);
  const std::string_view rest = number.substr(static_cast<std::size_t>(end - number.data()));
  if (error != std::errc() || times == 0 || times > budget || !rest.starts_with(closing)) return;
  budget -= times;
  bytes.insert(bytes.end(), times - 1, bytes.back());
  text = rest.substr(closing.size());
}

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string without_comments(std::string_view text) {
  std::string result(text);
  const auto blank = [&result](std::size_t from, std::size_t to) {
    for (; from < std::min(to, result.size()); ++from) {
      if (result[from] != '\n') result[from] = ' ';
    }
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool at_word = at == 0 || text[at - 1] == ' ' || text[at - 1] == '\t' || text[at - 1] == '\n';
    const std::string_view rest = text.substr(at);
    std::size_t end = at;
    if (rest.starts_with("/*")) {
      const std::size_t close = text.find("*/", at + 2);
      end = close == std::string_view::npos ? text.size() : close + 2;
    } else if (rest.starts_with("//") || (at_word && (rest[0] == '#' || rest[0] == ';'))) {
      end = std::min(text.find('\n', at), text.size());
    }
    if (end == at) continue;
    blank(at, end);
    at = end - 1;
  }
  return result;
}

}  // namespace capture
