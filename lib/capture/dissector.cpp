// From captured frames to connections: link layer, IP, TCP, and UDP as far as it is named.
#include "capture/dissector.h"

#include <algorithm>

#include "capture/link.h"

namespace capture {

Dissector::Dissector(const Options& options, Handler& handler)
    : context_(options, handler), ip_(options.limits.fragments), tcp_(context_) {}

void Dissector::receive(const Record& record) {
  ++context_.summary.records;
  context_.time_ns = record.time_ns;
  context_.has_time = record.has_time;
  context_.time_digits = record.time_digits;
  if (record.cut && ++cut_ == 1) {
    note(Note::truncated, "records were cut short when they were captured: packets in them will be incomplete");
  }
  const Network network = strip_link(record.link_type, record.bytes);
  if (network.kind == Network::Kind::unknown_link) return refuse_link(record.link_type);
  if (network.kind != Network::Kind::ip) return;
  Transport transport;
  if (!ip_.read(network.packet, record.time_ns, transport)) return;
  if (transport.protocol == protocol_udp) return receive_datagram(transport);
  if (transport.protocol != protocol_tcp) return;
  Segment segment;
  if (!read_segment(transport, segment)) return;
  ++context_.summary.segments;
  tcp_.receive(segment);
}

void Dissector::note(Note kind, std::string_view text) {
  Where where;
  where.time_ns = context_.time_ns;
  where.has_time = context_.has_time;
  where.time_digits = context_.time_digits;
  context_.handler.on_note(where, kind, text);
}

Summary Dissector::finish() {
  tcp_.finish();
  return context_.summary;
}

void Dissector::refuse_link(std::uint32_t link_type) {
  constexpr std::size_t most = 16;
  const bool known = std::find(refused_links_.begin(), refused_links_.end(), link_type) != refused_links_.end();
  if (known || refused_links_.size() == most) return;
  refused_links_.push_back(link_type);
  note(Note::unsupported, "frames of link type " + std::to_string(link_type) + " are not read");
}

void Dissector::receive_datagram(const Transport& transport) {
  constexpr std::size_t header = 8;
  constexpr std::size_t most_flows = 1024;
  if (transport.payload.size() <= header || !is_mqtt_sn_connect(transport.payload.subspan(header))) return;
  base::Cursor ports(transport.payload);
  const std::uint16_t from = ports.u16();
  const std::uint16_t to = ports.u16();
  const FlowKey key{transport.from, transport.to, std::uint32_t{from} << 16 | to};
  const bool named = std::find(datagram_flows_.begin(), datagram_flows_.end(), key) != datagram_flows_.end();
  if (named || datagram_flows_.size() == most_flows) return;
  datagram_flows_.push_back(key);
  Report report(context_, {address_of(transport.from, from), address_of(transport.to, to)});
  report.set_client(0);
  report.note(0, 0, Note::mqtt_sn, "MQTT-SN over UDP, which is another protocol, begins here; it is not decoded");
}

}  // namespace capture
