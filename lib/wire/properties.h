// Properties of MQTT 5.0: the table of them, a lazy view over encoded ones, and a builder.
#pragma once

#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "base/buffer.h"
#include "base/bytes.h"
#include "wire/clauses.h"
#include "wire/version.h"

namespace wire {

/// 5.0 section 2.2.2.2.
enum class PropertyId : std::uint8_t {
  payload_format_indicator = 0x01,
  message_expiry_interval = 0x02,
  content_type = 0x03,
  response_topic = 0x08,
  correlation_data = 0x09,
  subscription_identifier = 0x0B,
  session_expiry_interval = 0x11,
  assigned_client_identifier = 0x12,
  server_keep_alive = 0x13,
  authentication_method = 0x15,
  authentication_data = 0x16,
  request_problem_information = 0x17,
  will_delay_interval = 0x18,
  request_response_information = 0x19,
  response_information = 0x1A,
  server_reference = 0x1C,
  reason_string = 0x1F,
  receive_maximum = 0x21,
  topic_alias_maximum = 0x22,
  topic_alias = 0x23,
  maximum_qos = 0x24,
  retain_available = 0x25,
  user_property = 0x26,
  maximum_packet_size = 0x27,
  wildcard_subscription_available = 0x28,
  subscription_identifier_available = 0x29,
  shared_subscription_available = 0x2A,
};

enum class PropertyType : std::uint8_t {
  byte,
  two_byte_integer,
  four_byte_integer,
  variable_byte_integer,
  utf8_string,
  utf8_string_pair,
  binary_data,
};

/// Where properties can stand: the packet types, and the will inside CONNECT.
enum class PropertyScope : std::uint8_t {
  connect = 1,
  connack = 2,
  publish = 3,
  puback = 4,
  pubrec = 5,
  pubrel = 6,
  pubcomp = 7,
  subscribe = 8,
  suback = 9,
  unsubscribe = 10,
  unsuback = 11,
  disconnect = 14,
  auth = 15,
  will = 16,
};

struct PropertyRow {
  PropertyId id;
  std::string_view name;  ///< "message_expiry_interval"
  PropertyType type;
  std::uint32_t scopes;          ///< bit 1 << PropertyScope
  std::uint32_t repeatable = 0;  ///< the scopes in which it may stand more than once
  std::uint32_t least = 0;       ///< the smallest and largest value of a number
  std::uint32_t most = 0xFFFF'FFFF;
  Clause broken = Clause::string_ill_formed;  ///< by a number out of these bounds, or a string that is not UTF-8
};

std::span<const PropertyRow> properties() noexcept;
const PropertyRow* find_property(PropertyId id) noexcept;
/// By the name in the table, with '-' read as '_'.
const PropertyRow* find_property(std::string_view name) noexcept;

/// One property. Integers are in `number`; strings and binary data in `value`; a string pair in `name` and `value`.
struct Property {
  PropertyId id;
  std::uint32_t number = 0;
  base::Bytes value{};
  base::Bytes name{};

  std::string_view text() const noexcept { return base::as_text(value); }
};

/// Takes the value that follows an identifier; false where it is not all there.
bool read_property_value(base::Cursor& cursor, PropertyType type, Property& property) noexcept;

/// Reads properties one after the other from bytes that were validated. Valid as long as those bytes are.
class PropertiesView {
 public:
  class Iterator {
   public:
    using value_type = Property;
    using difference_type = std::ptrdiff_t;
    using iterator_category = std::input_iterator_tag;
    using pointer = const Property*;
    using reference = const Property&;

    Iterator() = default;
    explicit Iterator(base::Bytes rest) : rest_(rest) { read(); }
    const Property& operator*() const noexcept { return current_; }
    const Property* operator->() const noexcept { return &current_; }
    Iterator& operator++() {
      read();
      return *this;
    }
    void operator++(int) { read(); }
    friend bool operator==(const Iterator& iterator, std::default_sentinel_t) noexcept { return iterator.at_end_; }

   private:
    void read();
    base::Bytes rest_;
    Property current_{};
    bool at_end_ = false;
  };

  PropertiesView() = default;
  /// `encoded` is what follows the Property Length.
  explicit PropertiesView(base::Bytes encoded) noexcept : encoded_(encoded) {}

  Iterator begin() const { return Iterator(encoded_); }
  std::default_sentinel_t end() const noexcept { return {}; }
  bool empty() const noexcept { return encoded_.empty(); }
  base::Bytes encoded() const noexcept { return encoded_; }

  /// The first one of that kind.
  std::optional<Property> find(PropertyId id) const;
  std::uint32_t number(PropertyId id, std::uint32_t otherwise) const;
  /// Where in `encoded` the first one of that kind begins.
  std::optional<std::uint32_t> position(PropertyId id) const;
  std::string_view text(PropertyId id) const;

 private:
  base::Bytes encoded_;
};

/// Owns properties in their encoded form. What does not fit (a string over 65,535 bytes, a number too large for the
/// type in the table) is not added, and `add` returns false.
class Properties {
 public:
  bool add(PropertyId id, std::uint32_t number);
  bool add(PropertyId id, base::Bytes value);
  bool add(PropertyId id, std::string_view value) { return add(id, base::as_bytes(value)); }
  bool add_user_property(std::string_view name, std::string_view value);
  bool add(const Property& property);
  void append(PropertiesView other) { encoded_.append(other.encoded()); }
  void clear() noexcept { encoded_.clear(); }
  PropertiesView view() const noexcept { return PropertiesView(encoded_.view()); }
  bool empty() const noexcept { return encoded_.empty(); }

 private:
  base::Buffer encoded_;
};

/// Checks encoded properties (without their length) against the table: known, in its place, once, of a permitted
/// value. Offsets in a fault count from `offset`, where `encoded` starts in its packet.
Decoded<PropertiesView> validate_properties(base::Bytes encoded, PropertyScope scope, std::uint32_t offset);

}  // namespace wire
