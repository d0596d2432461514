// An application message that outlives its packet: one copy, shared by the retained store and all queues it waits in.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "session/time.h"
#include "wire/packets.h"

namespace broker {

using session::Time;

class StoredMessage {
 public:
  /// Copies what a receiver may see of `publish`: without Topic Alias and packet identifier, and with
  /// Message Expiry Interval turned into a point in time.
  StoredMessage(const wire::Publish& publish, Time now, std::uint64_t publisher = 0);

  std::string_view topic() const noexcept { return std::string_view(bytes_).substr(0, topic_size_); }
  wire::PropertiesView properties() const noexcept {
    return wire::PropertiesView(base::as_bytes(std::string_view(bytes_).substr(topic_size_, properties_size_)));
  }
  base::Bytes payload() const noexcept {
    return base::as_bytes(std::string_view(bytes_).substr(topic_size_ + properties_size_));
  }
  std::uint8_t qos() const noexcept { return qos_; }
  bool retain() const noexcept { return retain_; }
  /// A hash of its client identifier, for No Local; 0 is nobody.
  std::uint64_t publisher() const noexcept { return publisher_; }

  bool expired(Time now) const noexcept { return now >= expires_; }
  Time expires() const noexcept { return expires_; }
  /// What it costs in memory, about.
  std::size_t size() const noexcept { return sizeof(*this) + bytes_.capacity(); }

  /// The message as a packet for a receiver, whose properties are built in `properties`: Message Expiry
  /// Interval less the time it waited here, then the publisher's.
  wire::Publish to_publish(Time now, wire::Properties& properties) const;

 private:
  std::string bytes_;  ///< topic, properties, payload
  std::uint32_t topic_size_ = 0;
  std::uint32_t properties_size_ = 0;
  Time expires_ = Time::max();
  std::uint64_t publisher_;
  std::uint8_t qos_ = 0;
  bool retain_ = false;
};

using MessageRef = std::shared_ptr<const StoredMessage>;

/// Whether some of them are meant for one hop or count down, and do not go on unchanged.
bool needs_rewriting(wire::PropertiesView properties);

}  // namespace broker
