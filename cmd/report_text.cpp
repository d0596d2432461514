#include "report_text.h"

#include <span>

#include "render/escape.h"

namespace cmd {
namespace {

std::string replaced(std::string_view text, std::span<const std::pair<char, std::string_view>> replacements) {
  std::string result;
  for (const char c : text) {
    std::string_view with(&c, 1);
    for (const auto& [character, replacement] : replacements) {
      if (c == character) with = replacement;
    }
    result += with;
  }
  return result;
}

}  // namespace

std::string visible(std::string_view text) {
  base::Buffer out;
  render::append_visible(out, base::as_bytes(text), render::Layout::keep);
  return std::string(out.text());
}

std::string cell(std::string_view text) {
  constexpr std::pair<char, std::string_view> escapes[] = {{'|', "\\|"}, {'\n', " "}, {'<', "&lt;"}};
  return replaced(visible(text), escapes);
}

void end_line(base::Buffer& out) {
  while (out.text().ends_with(' ')) out.truncate(out.size() - 1);
  out.push('\n');
}

}  // namespace cmd
