// The rules of properties: known, complete, in their place, once, and of a permitted value.
#include "wire/primitives.h"
#include "wire/properties.h"

namespace wire {
namespace {

using Id = PropertyId;
using Type = PropertyType;

constexpr std::uint32_t bit(PropertyScope scope) noexcept { return 1U << static_cast<unsigned>(scope); }

/// The rule that a scope breaks by repeating a property; scopes without an entry have only repeatable ones.
Clause repeated_clause(PropertyScope scope) noexcept {
  switch (scope) {
    case PropertyScope::connect:
      return Clause::connect_property_repeated;
    case PropertyScope::connack:
      return Clause::connack_property_repeated;
    case PropertyScope::puback:
      return Clause::puback_property_repeated;
    case PropertyScope::pubrec:
      return Clause::pubrec_property_repeated;
    case PropertyScope::pubrel:
      return Clause::pubrel_property_repeated;
    case PropertyScope::pubcomp:
      return Clause::pubcomp_property_repeated;
    case PropertyScope::subscribe:
      return Clause::subscribe_property_repeated;
    case PropertyScope::suback:
      return Clause::suback_property_repeated;
    case PropertyScope::unsuback:
      return Clause::unsuback_property_repeated;
    case PropertyScope::disconnect:
      return Clause::disconnect_property_repeated;
    case PropertyScope::auth:
      return Clause::auth_property_repeated;
    case PropertyScope::will:
      return Clause::will_property_repeated;
    case PropertyScope::publish:
    case PropertyScope::unsubscribe:
      break;
  }
  return Clause::publish_property_repeated;
}

/// What a rule of the table of properties is called in a scope that states it for itself.
struct Restated {
  Clause clause;
  PropertyScope scope;
  Clause there;
};
constexpr Restated restated[] = {
    {Clause::payload_format_indicator_invalid, PropertyScope::will, Clause::will_payload_format_indicator_invalid},
    {Clause::receive_maximum_zero, PropertyScope::connack, Clause::connack_receive_maximum_zero},
    {Clause::maximum_packet_size_zero, PropertyScope::connack, Clause::connack_maximum_packet_size_zero},
    {Clause::subscription_identifier_zero, PropertyScope::publish, Clause::publish_subscription_identifier_zero},
    {Clause::authentication_data_without_method, PropertyScope::auth, Clause::authentication_method_missing},
};

Clause stated_in(PropertyScope scope, Clause clause) noexcept {
  for (const Restated& one : restated) {
    if (one.clause == clause && one.scope == scope) return one.there;
  }
  return clause;
}

/// Identifiers are variable byte integers, all of those defined so far of one byte.
const PropertyRow* find_row(std::uint32_t identifier) noexcept {
  return identifier < 0x80 ? find_property(static_cast<Id>(identifier)) : nullptr;
}

/// Checks properties one after the other; a fault leaves its clause and the place in the encoded bytes.
class Validation {
 public:
  Validation(base::Bytes encoded, PropertyScope scope) noexcept : encoded_(encoded), cursor_(encoded), scope_(scope) {}

  bool run() noexcept {
    while (!cursor_.empty()) {
      if (!next()) return false;
    }
    return (seen_ & bit_of(Id::authentication_data)) == 0 || scope_ == PropertyScope::connack ||
           (seen_ & bit_of(Id::authentication_method)) != 0 || fail(Clause::authentication_data_without_method, data_);
  }
  Clause clause() const noexcept { return clause_; }
  std::size_t position() const noexcept { return position_; }

 private:
  static constexpr std::uint64_t bit_of(Id id) noexcept { return std::uint64_t{1} << static_cast<unsigned>(id); }

  bool fail(Clause clause, std::size_t position) noexcept {
    clause_ = stated_in(scope_, clause);
    position_ = position;
    return false;
  }

  bool next() noexcept {
    const std::size_t start = cursor_.position();
    const PropertyRow* row = read_identifier();
    if (row == nullptr) return false;
    const bool repeated = (seen_ & bit_of(row->id)) != 0;
    if (repeated && (row->repeatable & bit(scope_)) == 0) return fail(repeated_clause(scope_), start);
    seen_ |= bit_of(row->id);
    if (row->id == Id::authentication_data) data_ = start;
    Property property{row->id};
    const std::size_t value = cursor_.position();
    if (row->type == Type::variable_byte_integer && !check_integer(value)) return false;
    if (!read_property_value(cursor_, row->type, property)) return fail(Clause::property_truncated, start);
    if (property.number < row->least || property.number > row->most) {
      if (row->type < Type::utf8_string) return fail(row->broken, value);
    }
    return check_strings(*row, property);
  }

  const PropertyRow* read_identifier() noexcept {
    const std::size_t start = cursor_.position();
    const VariableByteInteger identifier = read_variable(cursor_.rest());
    if (!check_integer(start)) return nullptr;
    const PropertyRow* row = find_row(identifier.value);
    if (row == nullptr) return fail(Clause::property_unknown, start), nullptr;
    if ((row->scopes & bit(scope_)) == 0) return fail(Clause::property_misplaced, start), nullptr;
    cursor_.take(identifier.length);
    return row;
  }

  bool check_integer(std::size_t start) noexcept {
    const VariableByteInteger integer = read_variable(cursor_.rest());
    switch (integer.state) {
      case VariableByteInteger::State::incomplete:
        return fail(Clause::property_truncated, start);
      case VariableByteInteger::State::too_long:
        return fail(Clause::variable_byte_integer_too_long, start);
      case VariableByteInteger::State::complete:
        break;
    }
    return integer.minimal() || fail(Clause::variable_byte_integer_not_minimal, start);
  }

  bool check_strings(const PropertyRow& row, const Property& property) noexcept {
    if (row.type == Type::utf8_string_pair && !check_string(row, property.name)) return false;
    const bool text = row.type == Type::utf8_string_pair || row.type == Type::utf8_string;
    return !text || check_string(row, property.value);
  }

  bool check_string(const PropertyRow& row, base::Bytes string) noexcept {
    const bool topic = row.id == Id::response_topic;
    const auto start = static_cast<std::size_t>(string.data() - encoded_.data());
    if (topic && string.empty()) return fail(Clause::topic_empty, start - 2);
    if (is_plain_topic(base::as_text(string))) return true;
    const TextFault fault = scan_text(base::as_text(string), topic);
    switch (fault.kind) {
      case TextFault::Kind::none:
        return true;
      case TextFault::Kind::ill_formed:
        return fail(row.broken, start + fault.position);
      case TextFault::Kind::null_character:
        return fail(topic ? Clause::topic_null_character : Clause::string_null_character, start + fault.position);
      case TextFault::Kind::wildcard:
        break;
    }
    return fail(Clause::response_topic_wildcard, start + fault.position);
  }

  base::Bytes encoded_;
  base::Cursor cursor_;
  PropertyScope scope_;
  std::uint64_t seen_ = 0;
  std::size_t data_ = 0;  ///< where Authentication Data begins
  Clause clause_{};
  std::size_t position_ = 0;
};

}  // namespace

Decoded<PropertiesView> validate_properties(base::Bytes encoded, PropertyScope scope, std::uint32_t offset) {
  Validation validation(encoded, scope);
  if (validation.run()) return PropertiesView(encoded);
  return base::unexpected(Fault{validation.clause(), offset + static_cast<std::uint32_t>(validation.position())});
}

}  // namespace wire
