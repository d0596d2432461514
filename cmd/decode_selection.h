// Which packets were asked for: by type, topic, connection, client and time.
#pragma once

#include <map>
#include <string>
#include <unordered_set>

#include "capture/handler.h"
#include "decode_options.h"
#include "wire/packets.h"

namespace cmd {

/// What a topic alias of 5.0 stands for, on each connection and in each direction.
class TopicAliases {
 public:
  /// The topic of a PUBLISH, also where an alias stands for it; empty where that was never seen.
  std::string_view topic_of(const capture::Where& where, const wire::Publish& publish);
  void forget(std::uint64_t connection);

 private:
  static constexpr std::size_t most = 65'536;
  /// Connection, then sender and alias.
  std::map<std::pair<std::uint64_t, std::uint32_t>, std::string> topics_;
};

class Selection {
 public:
  explicit Selection(const DecodeOptions& options) : options_(options) {}

  /// By what is known before a packet is decoded.
  bool wants(const capture::Where& where, wire::PacketType type);
  /// By what it says. Sees all packets, so that it knows the connections of a client.
  bool wants(const capture::Where& where, const wire::Packet& packet, TopicAliases& aliases);
  /// Whether a connection is one of those asked for, as far as is known.
  bool wants_connection(std::uint64_t connection) const;
  void forget(std::uint64_t connection) { of_client_.erase(connection); }

 private:
  bool in_time(const capture::Where& where);
  bool has_topic(const capture::Where& where, const wire::Packet& packet, TopicAliases& aliases) const;

  const DecodeOptions& options_;
  std::unordered_set<std::uint64_t> of_client_;
  std::optional<std::int64_t> first_time_;
};

}  // namespace cmd
