// The fifteen packets as views: the same structures are decoded from bytes and encoded to them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/buffer.h"
#include "base/bytes.h"
#include "wire/properties.h"
#include "wire/reason_codes.h"
#include "wire/version.h"

namespace wire {

// Every string and span below points into the packet that was decoded (or to be encoded) and lives as long
// as its bytes do. Properties are empty in 3.x.

struct Will {
  std::string_view topic;
  base::Bytes payload;
  std::uint8_t qos = 0;
  bool retain = false;
  PropertiesView properties{};
};

struct Connect {
  Version version = Version::v3_1_1;
  bool clean_start = true;  ///< Clean Session in 3.x
  std::uint16_t keep_alive = 0;
  std::string_view client_identifier{};
  std::optional<Will> will{};
  std::optional<std::string_view> username{};
  std::optional<base::Bytes> password{};
  PropertiesView properties{};
  bool bridge = false;  ///< the high bit of the protocol level, which mosquitto's bridges set in 3.x
};

struct Connack {
  bool session_present = false;
  ReasonCode reason_code = ReasonCode::success;  ///< the return code 0 to 5 in 3.x
  PropertiesView properties{};
};

struct Publish {
  std::string_view topic;
  base::Bytes payload;
  PropertiesView properties{};
  std::uint16_t packet_identifier = 0;  ///< 0 where qos is 0
  std::uint8_t qos = 0;
  bool retain = false;
  bool dup = false;
};

/// PUBACK, PUBREC, PUBREL, PUBCOMP.
struct Acknowledgement {
  PacketType type;
  std::uint16_t packet_identifier = 0;
  ReasonCode reason_code = ReasonCode::success;
  PropertiesView properties{};
};

enum class RetainHandling : std::uint8_t { send = 0, send_if_new = 1, do_not_send = 2 };

struct Subscription {
  std::string_view topic_filter;
  std::uint8_t qos = 0;
  bool no_local = false;
  bool retain_as_published = false;
  RetainHandling retain_handling = RetainHandling::send;
};

/// Topic filters with options (SUBSCRIBE) or alone (UNSUBSCRIBE), read one after the other from validated bytes.
template <class Entry>
class EntriesView {
 public:
  class Iterator {
   public:
    using value_type = Entry;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const Entry*;
    using reference = const Entry&;

    Iterator() = default;
    explicit Iterator(base::Bytes rest) : rest_(rest) { read(); }
    const Entry& operator*() const noexcept { return current_; }
    const Entry* operator->() const noexcept { return &current_; }
    Iterator& operator++() {
      read();
      return *this;
    }
    void operator++(int) { read(); }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) noexcept { return iterator.at_end_; }

   private:
    void read();
    base::Bytes rest_;
    Entry current_{};
    bool at_end_ = false;
  };

  EntriesView() = default;
  explicit EntriesView(base::Bytes encoded) noexcept : encoded_(encoded) {}
  Iterator begin() const { return Iterator(encoded_); }
  std::default_sentinel_t end() const noexcept { return {}; }
  base::Bytes encoded() const noexcept { return encoded_; }

 private:
  base::Bytes encoded_;
};

using SubscriptionsView = EntriesView<Subscription>;
using TopicFiltersView = EntriesView<std::string_view>;

template <>
void SubscriptionsView::Iterator::read();
template <>
void TopicFiltersView::Iterator::read();

/// Owns the payload of a SUBSCRIBE in its encoded form.
class Subscriptions {
 public:
  /// False, and nothing added, for a topic filter over 65,535 bytes.
  bool add(const Subscription& subscription);
  SubscriptionsView view() const noexcept { return SubscriptionsView(encoded_.view()); }
  std::size_t size() const noexcept { return count_; }

 private:
  base::Buffer encoded_;
  std::size_t count_ = 0;
};

/// Owns the payload of an UNSUBSCRIBE in its encoded form.
class TopicFilters {
 public:
  /// False, and nothing added, for a topic filter over 65,535 bytes.
  bool add(std::string_view topic_filter);
  TopicFiltersView view() const noexcept { return TopicFiltersView(encoded_.view()); }
  std::size_t size() const noexcept { return count_; }

 private:
  base::Buffer encoded_;
  std::size_t count_ = 0;
};

struct Subscribe {
  std::uint16_t packet_identifier = 0;
  SubscriptionsView subscriptions;
  PropertiesView properties{};
};

struct Suback {
  std::uint16_t packet_identifier = 0;
  base::Bytes reason_codes;  ///< a ReasonCode each
  PropertiesView properties{};
};

struct Unsubscribe {
  std::uint16_t packet_identifier = 0;
  TopicFiltersView topic_filters;
  PropertiesView properties{};
};

struct Unsuback {
  std::uint16_t packet_identifier = 0;
  base::Bytes reason_codes{};  ///< empty in 3.x
  PropertiesView properties{};
};

struct Pingreq {};
struct Pingresp {};

struct Disconnect {
  ReasonCode reason_code = ReasonCode::normal_disconnection;
  PropertiesView properties{};
};

struct Auth {
  ReasonCode reason_code = ReasonCode::success;
  PropertiesView properties{};
};

using Packet = std::variant<Connect, Connack, Publish, Acknowledgement, Subscribe, Suback, Unsubscribe, Unsuback,
                            Pingreq, Pingresp, Disconnect, Auth>;

PacketType type_of(const Packet& packet) noexcept;

}  // namespace wire
