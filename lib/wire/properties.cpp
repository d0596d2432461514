// The table of properties (5.0 section 2.2.2.2), and what reads and builds them by it.
#include "wire/properties.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "wire/primitives.h"

namespace wire {
namespace {

using Id = PropertyId;
using Type = PropertyType;

constexpr std::uint32_t bit(PropertyScope scope) noexcept { return 1U << static_cast<unsigned>(scope); }

constexpr std::uint32_t connect = bit(PropertyScope::connect);
constexpr std::uint32_t connack = bit(PropertyScope::connack);
constexpr std::uint32_t publish = bit(PropertyScope::publish);
constexpr std::uint32_t subscribe = bit(PropertyScope::subscribe);
constexpr std::uint32_t suback = bit(PropertyScope::suback);
constexpr std::uint32_t unsuback = bit(PropertyScope::unsuback);
constexpr std::uint32_t disconnect = bit(PropertyScope::disconnect);
constexpr std::uint32_t auth = bit(PropertyScope::auth);
constexpr std::uint32_t will = bit(PropertyScope::will);
constexpr std::uint32_t acknowledgements =
    bit(PropertyScope::puback) | bit(PropertyScope::pubrec) | bit(PropertyScope::pubrel) | bit(PropertyScope::pubcomp);
constexpr std::uint32_t everywhere = connect | connack | publish | acknowledgements | subscribe | suback |
                                     bit(PropertyScope::unsubscribe) | unsuback | disconnect | auth | will;

constexpr PropertyRow number(Id id, std::string_view name, Type type, std::uint32_t scopes) noexcept {
  return {.id = id, .name = name, .type = type, .scopes = scopes};
}
constexpr PropertyRow flag(Id id, std::string_view name, std::uint32_t scopes, Clause broken) noexcept {
  return {.id = id, .name = name, .type = Type::byte, .scopes = scopes, .most = 1, .broken = broken};
}
constexpr PropertyRow positive(Id id, std::string_view name, Type type, std::uint32_t scopes, Clause broken) noexcept {
  return {.id = id, .name = name, .type = type, .scopes = scopes, .least = 1, .broken = broken};
}
constexpr PropertyRow text(Id id, std::string_view name, std::uint32_t scopes,
                           Clause broken = Clause::string_ill_formed) noexcept {
  return {.id = id, .name = name, .type = Type::utf8_string, .scopes = scopes, .broken = broken};
}
constexpr PropertyRow binary(Id id, std::string_view name, std::uint32_t scopes) noexcept {
  return {.id = id, .name = name, .type = Type::binary_data, .scopes = scopes};
}

constexpr auto table = std::to_array<PropertyRow>({
    flag(Id::payload_format_indicator, "payload_format_indicator", publish | will,
         Clause::payload_format_indicator_invalid),
    number(Id::message_expiry_interval, "message_expiry_interval", Type::four_byte_integer, publish | will),
    text(Id::content_type, "content_type", publish | will, Clause::content_type_ill_formed),
    text(Id::response_topic, "response_topic", publish | will, Clause::response_topic_ill_formed),
    binary(Id::correlation_data, "correlation_data", publish | will),
    {.id = Id::subscription_identifier,
     .name = "subscription_identifier",
     .type = Type::variable_byte_integer,
     .scopes = publish | subscribe,
     .repeatable = publish,
     .least = 1,
     .most = largest_variable_byte_integer,
     .broken = Clause::subscription_identifier_zero},
    number(Id::session_expiry_interval, "session_expiry_interval", Type::four_byte_integer,
           connect | connack | disconnect),
    text(Id::assigned_client_identifier, "assigned_client_identifier", connack),
    number(Id::server_keep_alive, "server_keep_alive", Type::two_byte_integer, connack),
    text(Id::authentication_method, "authentication_method", connect | connack | auth),
    binary(Id::authentication_data, "authentication_data", connect | connack | auth),
    flag(Id::request_problem_information, "request_problem_information", connect,
         Clause::request_problem_information_invalid),
    number(Id::will_delay_interval, "will_delay_interval", Type::four_byte_integer, will),
    flag(Id::request_response_information, "request_response_information", connect,
         Clause::request_response_information_invalid),
    text(Id::response_information, "response_information", connack),
    text(Id::server_reference, "server_reference", connack | disconnect),
    text(Id::reason_string, "reason_string", connack | acknowledgements | suback | unsuback | disconnect | auth),
    positive(Id::receive_maximum, "receive_maximum", Type::two_byte_integer, connect | connack,
             Clause::receive_maximum_zero),
    number(Id::topic_alias_maximum, "topic_alias_maximum", Type::two_byte_integer, connect | connack),
    positive(Id::topic_alias, "topic_alias", Type::two_byte_integer, publish, Clause::topic_alias_zero),
    flag(Id::maximum_qos, "maximum_qos", connack, Clause::maximum_qos_invalid),
    flag(Id::retain_available, "retain_available", connack, Clause::retain_available_invalid),
    {.id = Id::user_property,
     .name = "user_property",
     .type = Type::utf8_string_pair,
     .scopes = everywhere,
     .repeatable = everywhere,
     .broken = Clause::user_property_ill_formed},
    positive(Id::maximum_packet_size, "maximum_packet_size", Type::four_byte_integer, connect | connack,
             Clause::maximum_packet_size_zero),
    flag(Id::wildcard_subscription_available, "wildcard_subscription_available", connack,
         Clause::wildcard_subscription_available_invalid),
    flag(Id::subscription_identifier_available, "subscription_identifier_available", connack,
         Clause::subscription_identifier_available_invalid),
    flag(Id::shared_subscription_available, "shared_subscription_available", connack,
         Clause::shared_subscription_available_invalid),
});

constexpr std::size_t identifiers = 0x2B;
/// For each identifier its place in the table, counted from 1; 0 is none.
constexpr auto places = [] {
  std::array<std::uint8_t, identifiers> result{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    result[static_cast<std::size_t>(table[i].id)] = static_cast<std::uint8_t>(i + 1);
  }
  return result;
}();

const PropertyRow* row_of(std::uint32_t identifier) noexcept {
  const std::uint8_t place = identifier < identifiers ? places[identifier] : std::uint8_t{0};
  return place == 0 ? nullptr : &table[place - 1U];
}

/// Two bytes of length and as many bytes.
bool read_string(base::Cursor& cursor, base::Bytes& string) noexcept {
  if (cursor.left() < 2) return false;
  const std::size_t size = cursor.u16();
  if (cursor.left() < size) return false;
  string = cursor.take(size);
  return true;
}

bool same_name(std::string_view name, std::string_view wanted) noexcept {
  return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(),
                    [](char ours, char theirs) { return ours == (theirs == '-' ? '_' : theirs); });
}

/// The largest number that a type can hold; 0 for types that are no number.
constexpr std::uint32_t largest(Type type) noexcept {
  switch (type) {
    case Type::byte:
      return 0xFF;
    case Type::two_byte_integer:
      return 0xFFFF;
    case Type::four_byte_integer:
      return 0xFFFF'FFFF;
    case Type::variable_byte_integer:
      return largest_variable_byte_integer;
    default:
      return 0;
  }
}

std::uint8_t* put_number(std::uint8_t* out, Type type, std::uint32_t number) noexcept {
  if (type == Type::variable_byte_integer) return put_variable(out, number);
  if (type == Type::four_byte_integer) out = put_u16(out, static_cast<std::uint16_t>(number >> 16));
  if (type != Type::byte) return put_u16(out, static_cast<std::uint16_t>(number));
  *out = static_cast<std::uint8_t>(number);
  return out + 1;
}

}  // namespace

bool read_property_value(base::Cursor& cursor, Type type, Property& property) noexcept {
  switch (type) {
    case Type::byte:
      if (cursor.empty()) return false;
      property.number = cursor.u8();
      return true;
    case Type::two_byte_integer:
      if (cursor.left() < 2) return false;
      property.number = cursor.u16();
      return true;
    case Type::four_byte_integer:
      if (cursor.left() < 4) return false;
      property.number = cursor.u32();
      return true;
    case Type::variable_byte_integer: {
      const VariableByteInteger integer = read_variable(cursor.rest());
      if (integer.state != VariableByteInteger::State::complete) return false;
      cursor.take(integer.length);
      property.number = integer.value;
      return true;
    }
    case Type::utf8_string_pair:
      if (!read_string(cursor, property.name)) return false;
      [[fallthrough]];
    case Type::utf8_string:
    case Type::binary_data:
      return read_string(cursor, property.value);
  }
  return false;
}

std::span<const PropertyRow> properties() noexcept { return table; }

const PropertyRow* find_property(PropertyId id) noexcept { return row_of(static_cast<std::uint32_t>(id)); }

const PropertyRow* find_property(std::string_view name) noexcept {
  const auto found =
      std::find_if(table.begin(), table.end(), [name](const PropertyRow& row) { return same_name(row.name, name); });
  return found == table.end() ? nullptr : &*found;
}

void PropertiesView::Iterator::read() {
  base::Cursor cursor(rest_);
  at_end_ = true;
  if (cursor.empty()) return;
  current_ = Property{static_cast<PropertyId>(cursor.u8())};
  const PropertyRow* row = find_property(current_.id);
  if (row == nullptr || !read_property_value(cursor, row->type, current_)) return;
  rest_ = cursor.rest();
  at_end_ = false;
}

std::optional<Property> PropertiesView::find(PropertyId id) const {
  for (const Property& property : *this) {
    if (property.id == id) return property;
  }
  return std::nullopt;
}

std::uint32_t PropertiesView::number(PropertyId id, std::uint32_t otherwise) const {
  const auto property = find(id);
  return property ? property->number : otherwise;
}

std::optional<std::uint32_t> PropertiesView::position(PropertyId id) const {
  base::Cursor cursor(encoded_);
  while (!cursor.empty()) {
    const auto start = static_cast<std::uint32_t>(cursor.position());
    Property property{static_cast<PropertyId>(cursor.u8())};
    if (property.id == id) return start;
    const PropertyRow* row = find_property(property.id);
    if (row == nullptr || !read_property_value(cursor, row->type, property)) break;
  }
  return std::nullopt;
}

std::string_view PropertiesView::text(PropertyId id) const {
  const auto property = find(id);
  return property ? property->text() : std::string_view();
}

bool Properties::add(PropertyId id, std::uint32_t number) {
  const PropertyRow* row = find_property(id);
  if (row == nullptr || row->type >= PropertyType::utf8_string || number > largest(row->type)) return false;
  std::uint8_t* out = encoded_.reserve(5);
  const std::uint8_t* begin = out;
  *out++ = static_cast<std::uint8_t>(id);
  out = put_number(out, row->type, number);
  encoded_.commit(static_cast<std::size_t>(out - begin));
  return true;
}

bool Properties::add(PropertyId id, base::Bytes value) {
  if (value.size() > 0xFFFF) return false;
  std::uint8_t* out = encoded_.reserve(3 + value.size());
  *out++ = static_cast<std::uint8_t>(id);
  put_string(out, value);
  encoded_.commit(3 + value.size());
  return true;
}

bool Properties::add_user_property(std::string_view name, std::string_view value) {
  if (name.size() > 0xFFFF || value.size() > 0xFFFF) return false;
  const std::size_t size = 5 + name.size() + value.size();
  std::uint8_t* out = encoded_.reserve(size);
  *out++ = static_cast<std::uint8_t>(PropertyId::user_property);
  put_string(put_string(out, base::as_bytes(name)), base::as_bytes(value));
  encoded_.commit(size);
  return true;
}

bool Properties::add(const Property& property) {
  const PropertyRow* row = find_property(property.id);
  if (row == nullptr) return false;
  if (row->type < PropertyType::utf8_string) return add(property.id, property.number);
  if (row->type != PropertyType::utf8_string_pair) return add(property.id, property.value);
  return add_user_property(base::as_text(property.name), property.text());
}

}  // namespace wire
