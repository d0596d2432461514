#include "file_name.h"

#include <charconv>
#include <iterator>

#include "base/format.h"

namespace cmd {
namespace {

constexpr std::size_t longest_topic_part = 200;  // names have up to 255 bytes, and an unfinished file's has a few more
constexpr std::size_t digits = 10;

bool is_plain(char character) noexcept {
  return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
         (character >= 'a' && character <= 'z') || character == '.' || character == '_' || character == '-';
}

/// The bytes of the UTF-8 character that starts with this one.
std::size_t length_from(char first) noexcept {
  const auto byte = static_cast<unsigned char>(first);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

}  // namespace

std::string file_name(std::uint64_t number, std::string_view topic) {
  std::string name = base::format("{:0{}}-", number, digits);
  const std::size_t longest = name.size() + longest_topic_part;
  while (!topic.empty()) {
    const std::string_view character = topic.substr(0, length_from(topic[0]));
    topic.remove_prefix(character.size());
    const bool escaped = character.size() == 1 && !is_plain(character[0]);
    if (name.size() + (escaped ? 3 : character.size()) > longest) break;
    if (escaped) {
      name += base::format("%{:02X}", static_cast<unsigned char>(character[0]));
    } else {
      name += character;
    }
  }
  return name;
}

std::optional<std::uint64_t> number_of(std::string_view name) noexcept {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  const auto used = static_cast<std::size_t>(end - name.data());
  if (error != std::errc() || used < digits || used == name.size() || name[used] != '-') return {};
  return number;
}

}  // namespace cmd
