// Judges and quotes bytes that a peer sent in place of what was expected.
#include "transport/peer_bytes.h"

#include "base/format.h"

namespace transport {

bool looks_like_tls(base::Bytes first) noexcept {
  if (first.empty() || (first[0] != 0x15 && first[0] != 0x16)) return false;
  return first.size() == 1 || first[1] == 0x03;
}

std::string escaped(std::string_view text, std::size_t limit) {
  std::string out;
  for (const char character : text.substr(0, limit)) {
    switch (character) {
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        if (character >= 0x20 && character < 0x7f) {
          out += character;
        } else {
          out += base::format("\\x{:02x}", static_cast<unsigned char>(character));
        }
    }
  }
  if (text.size() > limit) out += "…";
  return out;
}

}  // namespace transport
