// What -d prints under mosquitto's names: scripts wait for "Subscribed (mid" and the like.
#pragma once

#include "base/buffer.h"
#include "wire/frame.h"
#include "wire/packets.h"

namespace cmd {

class MosquittoLog {
 public:
  /// `tells_grants`: a second line for SUBACK, as mosquitto_sub has it.
  explicit MosquittoLog(bool tells_grants) noexcept : tells_grants_(tells_grants) {}

  /// The lines for a packet; a client without an identifier of its own is "(null)".
  void append(base::Buffer& out, const wire::Packet& packet, wire::Sender sender, std::string_view client_identifier);

 private:
  std::uint16_t identifier_of(const wire::Publish& publish, wire::Sender sender);

  bool tells_grants_;
  std::uint16_t last_identifier_ = 0;  ///< mosquitto numbers QoS 0 messages too, and shows that
};

}  // namespace cmd
