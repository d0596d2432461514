// From captured frames to connections: link layer, IP, TCP, and UDP as far as it is named.
#pragma once

#include "capture/record.h"
#include "capture/tcp.h"

namespace capture {

class Dissector {
 public:
  Dissector(const Options& options, Handler& handler);

  void receive(const Record& record);
  /// About the capture as a whole.
  void note(Note kind, std::string_view text);
  /// The capture is over.
  Summary finish();

 private:
  void refuse_link(std::uint32_t link_type);
  void receive_datagram(const Transport& transport);

  Context context_;
  IpReader ip_;
  Tcp tcp_;
  std::vector<std::uint32_t> refused_links_;
  std::vector<FlowKey> datagram_flows_;  ///< of MQTT-SN, named once each
  std::uint64_t cut_ = 0;                ///< records of which more was on the wire
};

}  // namespace capture
