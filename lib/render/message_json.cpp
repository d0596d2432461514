// The JSON object that %j and %J print, with mosquitto's keys.
#include "render/message_json.h"

#include "render/json_text.h"
#include "render/property_kinds.h"

namespace render {
namespace {

using wire::PropertyId;

/// mosquitto's names have hyphens where ours have underscores.
void append_key(JsonWriter& writer, std::string_view name) {
  char hyphenated[48];
  std::size_t size = 0;
  for (const char letter : name.substr(0, sizeof hyphenated)) hyphenated[size++] = letter == '_' ? '-' : letter;
  writer.key({hyphenated, size});
}

void append_value(JsonWriter& writer, const wire::PropertyRow& row, const wire::Property& property) {
  if (row.type == wire::PropertyType::utf8_string || row.type == wire::PropertyType::binary_data) {
    writer.string(property.value);
  } else {
    writer.number(property.number);
  }
}

/// A list of objects with one member each, so that order and repeated names stay.
void append_user_properties(JsonWriter& writer, wire::PropertiesView properties) {
  writer.key("user-properties");
  writer.open_array();
  each_of(properties, PropertyId::user_property, [&writer](const wire::Property& property) {
    writer.element();
    writer.open_object();
    writer.begin_member();
    writer.string(property.name);
    writer.end_name();
    writer.string(property.value);
    writer.close_object();
  });
  writer.close_array();
}

/// One is a number, as in mosquitto; several, which it prints under the same key again, are a list.
void append_subscription_identifiers(JsonWriter& writer, wire::PropertiesView properties) {
  std::size_t count = 0;
  each_of(properties, PropertyId::subscription_identifier, [&count](const wire::Property&) { ++count; });
  writer.key("subscription-identifier");
  if (count > 1) writer.open_array();
  each_of(properties, PropertyId::subscription_identifier, [&writer, count](const wire::Property& property) {
    if (count > 1) writer.element();
    writer.number(property.number);
  });
  if (count > 1) writer.close_array();
}

void append_properties(JsonWriter& writer, wire::PropertiesView properties) {
  writer.key("properties");
  writer.open_object();
  each_kind(properties, [&](const wire::Property& property) {
    if (property.id == PropertyId::user_property) return append_user_properties(writer, properties);
    if (property.id == PropertyId::subscription_identifier) return append_subscription_identifiers(writer, properties);
    const wire::PropertyRow* const row = wire::find_property(property.id);
    if (row == nullptr) return;
    append_key(writer, row->name);
    append_value(writer, *row, property);
  });
  writer.close_object();
}

}  // namespace

bool append_message_json(JsonWriter& writer, const MessageContext& message, LocalTime& local_time,
                         PayloadAs payload_as) {
  const wire::Publish& publish = message.publish;
  writer.open_object();
  writer.key("tst");
  writer.out().push('"');
  local_time.append_tst(writer.out(), message.received);
  writer.out().push('"');
  writer.key("topic");
  writer.string(publish.topic);
  writer.key("qos");
  writer.number(publish.qos);
  writer.key("retain");
  writer.boolean(publish.retain);
  writer.key("payloadlen");
  writer.number(publish.payload.size());
  if (publish.qos != 0) {
    writer.key("mid");
    writer.number(publish.packet_identifier);
  }
  if (!publish.properties.empty()) append_properties(writer, publish.properties);
  writer.key("payload");
  if (publish.payload.empty()) {
    writer.null();
  } else if (payload_as == PayloadAs::string) {
    writer.string(publish.payload);
  } else if (!append_json_text(writer, publish.payload)) {
    return false;
  }
  writer.close_object();
  return true;
}

}  // namespace render
