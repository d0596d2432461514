// The names of versions and packet types.
#include "wire/version.h"

#include <array>

namespace wire {

std::string_view name(Version version) noexcept {
  switch (version) {
    case Version::v3_1:
      return "3.1";
    case Version::v3_1_1:
      return "3.1.1";
    case Version::v5_0:
      break;
  }
  return "5.0";
}

std::string_view name(PacketType type) noexcept {
  static constexpr std::array<std::string_view, 16> names = {
      "RESERVED",  "CONNECT", "CONNACK",     "PUBLISH",  "PUBACK",  "PUBREC",   "PUBREL",     "PUBCOMP",
      "SUBSCRIBE", "SUBACK",  "UNSUBSCRIBE", "UNSUBACK", "PINGREQ", "PINGRESP", "DISCONNECT", "AUTH"};
  return names[static_cast<std::size_t>(type) & 0x0F];
}

}  // namespace wire
