// What happened on each connection of a capture: the figures behind --stats.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "capture/handler.h"
#include "wire/packets.h"

namespace capture {

/// How long things took, in nanoseconds.
struct Durations {
  std::uint64_t count = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
  std::int64_t sum = 0;

  void add(std::int64_t duration) noexcept;
};

struct TopicVolume {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  ///< of payload
};

struct ConnectionRow {
  std::uint64_t connection = 0;
  std::string client_identifier;
  std::optional<std::uint16_t> keep_alive;
  wire::Version version = wire::Version::v3_1_1;
  bool version_known = false;
  bool has_addresses = false;
  Address client{};
  Address server{};
  bool has_time = false;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
  std::array<std::uint64_t, 16> packets{};  ///< by type
  std::uint64_t violations = 0;
  std::uint64_t client_bytes = 0;  ///< of packets that the client sent
  std::uint64_t server_bytes = 0;
  Durations qos_1;  ///< PUBLISH to PUBACK
  Durations qos_2;  ///< PUBLISH to PUBCOMP
  std::uint64_t qos_1_open = 0;
  std::uint64_t qos_2_open = 0;
  std::map<std::string, TopicVolume, std::less<>> topics;
  TopicVolume other_topics;  ///< what came when there was no room for more topics
  std::optional<wire::ReasonCode> connack;
  std::optional<wire::Sender> disconnected_by;
  std::optional<wire::ReasonCode> disconnect;
  std::optional<Closed> closed;

  std::uint64_t packets_in_all() const noexcept;
};

class ConnectionTable {
 public:
  // What is held is bounded by these; beyond them only the numbers in all are kept.
  static constexpr std::size_t most_connections = 100'000;
  static constexpr std::size_t most_topics = 1'000;  ///< of a connection
  static constexpr std::size_t most_topic_bytes = 64U << 20;
  static constexpr std::size_t most_flows = 1U << 20;

  /// `topic` is that of a PUBLISH, its alias resolved.
  void add(const Where& where, const wire::Frame& frame, const wire::Packet& packet, wire::Version version,
           bool version_known, std::string_view topic);
  void add_violation(const Where& where, wire::Version version);
  void close(const Where& where, Closed how);

  /// In order of their numbers. To be called once, at the end.
  const std::vector<ConnectionRow>& rows();
  std::uint64_t connections_left_out() const noexcept { return left_out_; }

 private:
  struct Flow {
    std::int64_t since = 0;
    std::uint8_t qos = 0;
  };

  ConnectionRow* find(const Where& where);
  void take(ConnectionRow& row, const Where& where, const wire::Connect& connect);
  void take(ConnectionRow& row, const Where& where, const wire::Publish& publish, std::string_view topic);
  void take(ConnectionRow& row, const Where& where, const wire::Acknowledgement& acknowledgement);
  void count_topic(ConnectionRow& row, const wire::Publish& publish, std::string_view topic);

  std::vector<ConnectionRow> rows_;
  std::unordered_map<std::uint64_t, std::size_t> places_;
  /// Connection, then who published and with which packet identifier.
  std::map<std::pair<std::uint64_t, std::uint32_t>, Flow> flows_;
  std::size_t topic_bytes_ = 0;
  std::uint64_t left_out_ = 0;
  std::uint64_t last_left_out_ = 0;
};

}  // namespace capture
