// What happened on each connection of a capture: the figures behind --stats.
#include "capture/connection_table.h"

#include <algorithm>
#include <numeric>

namespace capture {
namespace {

using wire::PacketType;
using wire::Sender;

std::pair<std::uint64_t, std::uint32_t> flow_key(const Where& where, Sender publisher, std::uint16_t identifier) {
  return {where.connection, (publisher == Sender::server ? 0x10000U : 0U) | identifier};
}

Sender other(Sender sender) noexcept { return sender == Sender::client ? Sender::server : Sender::client; }

}  // namespace

void Durations::add(std::int64_t duration) noexcept {
  least = count == 0 ? duration : std::min(least, duration);
  most = count == 0 ? duration : std::max(most, duration);
  sum += duration;
  ++count;
}

std::uint64_t ConnectionRow::packets_in_all() const noexcept {
  return std::accumulate(packets.begin(), packets.end(), std::uint64_t{0});
}

ConnectionRow* ConnectionTable::find(const Where& where) {
  const auto found = places_.find(where.connection);
  if (found != places_.end()) return &rows_[found->second];
  if (rows_.size() >= most_connections) {
    if (last_left_out_ < where.connection) ++left_out_;
    last_left_out_ = std::max(last_left_out_, where.connection);
    return nullptr;
  }
  places_[where.connection] = rows_.size();
  rows_.emplace_back().connection = where.connection;
  return &rows_.back();
}

void ConnectionTable::add(const Where& where, const wire::Frame& frame, const wire::Packet& packet,
                          wire::Version version, bool version_known, std::string_view topic) {
  ConnectionRow* const row = find(where);
  if (row == nullptr) return;
  const bool from_client = where.sender == Sender::client;
  if (row->packets_in_all() == 0) row->first_ns = where.time_ns;
  row->version = version;
  row->version_known = version_known;
  row->has_time = where.has_time;
  row->last_ns = where.time_ns;
  row->has_addresses = where.has_addresses;
  row->client = from_client ? where.from : where.to;
  row->server = from_client ? where.to : where.from;
  ++row->packets[static_cast<std::size_t>(frame.type())];
  (from_client ? row->client_bytes : row->server_bytes) += frame.packet.size();
  if (const auto* publish = std::get_if<wire::Publish>(&packet)) {
    take(*row, where, *publish, topic);
  } else if (const auto* acknowledgement = std::get_if<wire::Acknowledgement>(&packet)) {
    take(*row, where, *acknowledgement);
  } else if (const auto* connect = std::get_if<wire::Connect>(&packet)) {
    take(*row, where, *connect);
  } else if (const auto* connack = std::get_if<wire::Connack>(&packet)) {
    row->connack = connack->reason_code;
    if (const auto server_keep_alive = connack->properties.find(wire::PropertyId::server_keep_alive)) {
      row->keep_alive = static_cast<std::uint16_t>(server_keep_alive->number);
    }
    const std::string_view assigned = connack->properties.text(wire::PropertyId::assigned_client_identifier);
    if (row->client_identifier.empty()) row->client_identifier = assigned;
  } else if (const auto* disconnect = std::get_if<wire::Disconnect>(&packet)) {
    row->disconnected_by = where.sender;
    row->disconnect = disconnect->reason_code;
  }
}

void ConnectionTable::take(ConnectionRow& row, const Where&, const wire::Connect& connect) {
  row.client_identifier = connect.client_identifier;
  row.keep_alive = connect.keep_alive;
}

void ConnectionTable::take(ConnectionRow& row, const Where& where, const wire::Publish& publish,
                           std::string_view topic) {
  count_topic(row, publish, topic);
  if (publish.qos == 0) return;
  const auto key = flow_key(where, where.sender, publish.packet_identifier);
  if (flows_.size() >= most_flows || flows_.contains(key)) return;  // sent again: measured from the first time
  flows_[key] = {where.time_ns, publish.qos};
  ++(publish.qos == 1 ? row.qos_1_open : row.qos_2_open);
}

/// PUBACK and PUBCOMP end a flow, as does a PUBREC that refuses.
void ConnectionTable::take(ConnectionRow& row, const Where& where, const wire::Acknowledgement& acknowledgement) {
  const bool refusal = acknowledgement.type == PacketType::pubrec && wire::failed(acknowledgement.reason_code);
  if (acknowledgement.type == PacketType::pubrel || (acknowledgement.type == PacketType::pubrec && !refusal)) return;
  const auto flow = flows_.find(flow_key(where, other(where.sender), acknowledgement.packet_identifier));
  if (flow == flows_.end()) return;
  const bool one = flow->second.qos == 1;
  if (one != (acknowledgement.type == PacketType::puback)) return;
  (one ? row.qos_1 : row.qos_2).add(where.time_ns - flow->second.since);
  --(one ? row.qos_1_open : row.qos_2_open);
  flows_.erase(flow);
}

void ConnectionTable::count_topic(ConnectionRow& row, const wire::Publish& publish, std::string_view topic) {
  auto found = row.topics.find(topic);
  if (found == row.topics.end() && row.topics.size() < most_topics && topic_bytes_ + topic.size() <= most_topic_bytes) {
    found = row.topics.emplace(std::string(topic), TopicVolume{}).first;
    topic_bytes_ += topic.size();
  }
  TopicVolume& volume = found == row.topics.end() ? row.other_topics : found->second;
  ++volume.messages;
  volume.bytes += publish.payload.size();
}

void ConnectionTable::add_violation(const Where& where, wire::Version version) {
  ConnectionRow* const row = find(where);
  if (row == nullptr) return;
  if (row->packets_in_all() == 0) row->version = version;
  ++row->violations;
}

void ConnectionTable::close(const Where& where, Closed how) {
  const auto found = places_.find(where.connection);
  if (found == places_.end()) return;
  rows_[found->second].closed = how;
  flows_.erase(flows_.lower_bound({where.connection, 0}), flows_.lower_bound({where.connection + 1, 0}));
}

const std::vector<ConnectionRow>& ConnectionTable::rows() {
  std::sort(rows_.begin(), rows_.end(),
            [](const ConnectionRow& a, const ConnectionRow& b) { return a.connection < b.connection; });
  return rows_;
}

}  // namespace capture
