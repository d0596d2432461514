// How values stand in JSON: bytes, properties and reasons, the same in every object.
#pragma once

#include "base/hex.h"
#include "render/json_writer.h"
#include "render/property_kinds.h"
#include "wire/packets.h"

/// Inline, because each packet that is rendered passes through most of them.
namespace render::json {

// Mostly the name is known here, and `key` has nothing to loop over.

template <std::size_t size>
void append_text(JsonWriter& writer, const char (&name)[size], std::string_view text) {
  writer.key(name);
  writer.string(text);
}
inline void append_text(JsonWriter& writer, std::string_view name, std::string_view text) {
  writer.key(name);
  writer.string(text);
}

/// Text of ours, which needs no escapes.
template <std::size_t size>
void append_plain(JsonWriter& writer, const char (&name)[size], std::string_view text) {
  writer.key(name);
  writer.plain(text);
}

template <std::size_t size>
void append_number(JsonWriter& writer, const char (&name)[size], std::uint64_t number) {
  writer.key(name);
  writer.number(number);
}
inline void append_number(JsonWriter& writer, std::string_view name, std::uint64_t number) {
  writer.key(name);
  writer.number(number);
}

template <std::size_t size>
void append_flag(JsonWriter& writer, const char (&name)[size], bool flag) {
  writer.key(name);
  writer.boolean(flag);
}
inline void append_flag(JsonWriter& writer, std::string_view name, bool flag) {
  writer.key(name);
  writer.boolean(flag);
}

inline void append_base64(JsonWriter& writer, base::Bytes bytes) {
  writer.out().push('"');
  base::append_base64(writer.out(), bytes);
  writer.out().push('"');
}

/// `name` where the bytes are text, otherwise `name_base64`.
inline void append_bytes(JsonWriter& writer, std::string_view name, base::Bytes bytes) {
  writer.key(name);
  if (append_json_string_if_utf8(writer.out(), bytes)) return;
  writer.extend_key("_base64");
  append_base64(writer, bytes);
}

/// Bytes of the value 0 or 1 that answer yes or no.
inline bool is_flag(wire::PropertyId id) noexcept {
  switch (id) {
    case wire::PropertyId::request_problem_information:
    case wire::PropertyId::request_response_information:
    case wire::PropertyId::retain_available:
    case wire::PropertyId::wildcard_subscription_available:
    case wire::PropertyId::subscription_identifier_available:
    case wire::PropertyId::shared_subscription_available:
      return true;
    default:
      return false;
  }
}

inline void append_user_properties(JsonWriter& writer, wire::PropertiesView properties) {
  writer.open_array();
  each_of(properties, wire::PropertyId::user_property, [&writer](const wire::Property& property) {
    writer.element();
    writer.open_array();
    writer.element();
    writer.string(property.name);
    writer.element();
    writer.string(property.value);
    writer.close_array();
  });
  writer.close_array();
}

inline void append_subscription_identifiers(JsonWriter& writer, wire::PropertiesView properties) {
  writer.open_array();
  each_of(properties, wire::PropertyId::subscription_identifier, [&writer](const wire::Property& property) {
    writer.element();
    writer.number(property.number);
  });
  writer.close_array();
}

inline void append_property(JsonWriter& writer, const wire::PropertyRow& row, const wire::Property& property,
                            wire::PropertiesView properties) {
  if (row.type == wire::PropertyType::binary_data) return append_bytes(writer, row.name, property.value);
  writer.key(row.name);
  if (row.type == wire::PropertyType::utf8_string_pair) {
    append_user_properties(writer, properties);
  } else if (row.id == wire::PropertyId::subscription_identifier) {
    append_subscription_identifiers(writer, properties);
  } else if (row.type == wire::PropertyType::utf8_string) {
    writer.string(property.value);
  } else if (is_flag(row.id)) {
    writer.boolean(property.number != 0);
  } else {
    writer.number(property.number);
  }
}

inline void append_properties(JsonWriter& writer, wire::PropertiesView properties) {
  if (properties.empty()) return;
  writer.key("properties");
  writer.open_object();
  each_kind(properties, [&](const wire::Property& property) {
    const wire::PropertyRow* const row = wire::find_property(property.id);
    if (row != nullptr) append_property(writer, *row, property, properties);
  });
  writer.close_object();
}

/// `reason_code`, and `reason` where it has words.
inline void append_reason(JsonWriter& writer, wire::ReasonCode code, wire::PacketType type, wire::Version version) {
  append_number(writer, "reason_code", static_cast<std::uint8_t>(code));
  const std::string_view words = wire::describe(code, type, version);
  if (!words.empty()) append_plain(writer, "reason", words);
}

inline void append_reason_codes(JsonWriter& writer, base::Bytes codes) {
  writer.key("reason_codes");
  writer.open_array();
  for (const std::uint8_t code : codes) {
    writer.element();
    writer.number(code);
  }
  writer.close_array();
}

inline void append_subscription(JsonWriter& writer, const wire::Subscription& subscription, wire::Version version) {
  writer.open_object();
  append_text(writer, "topic_filter", subscription.topic_filter);
  append_number(writer, "qos", subscription.qos);
  if (version == wire::Version::v5_0) {
    append_flag(writer, "no_local", subscription.no_local);
    append_flag(writer, "retain_as_published", subscription.retain_as_published);
    append_number(writer, "retain_handling", static_cast<std::uint8_t>(subscription.retain_handling));
  }
  writer.close_object();
}

inline void append_will(JsonWriter& writer, const wire::Will& will) {
  writer.key("will");
  writer.open_object();
  append_text(writer, "topic", will.topic);
  append_number(writer, "qos", will.qos);
  append_flag(writer, "retain", will.retain);
  append_bytes(writer, "payload", will.payload);
  append_properties(writer, will.properties);
  writer.close_object();
}

}  // namespace render::json
