#include "markup.h"

#include "base/buffer.h"
#include "render/escape.h"

namespace cmd {

std::string markup(std::string_view text) {
  base::Buffer visible;
  render::append_visible(visible, base::as_bytes(text), render::Layout::keep);
  std::string result;
  for (const char c : visible.text()) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result.push_back(c);
    }
  }
  return result;
}

}  // namespace cmd
