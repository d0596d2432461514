// Reads -D: which packet, which property, and its value by the property's type.
#include "property.h"

#include <algorithm>
#include <array>

#include "base/format.h"
#include "values.h"
#include "wire/properties.h"

namespace cmd {
namespace {

using base::unexpected;

struct Target {
  std::string_view name;
  wire::PropertyScope scope;
  unsigned commands;  ///< that send such a packet
  wire::Properties& (*of)(Draft& draft);
};

constexpr std::array targets{
    Target{"connect", wire::PropertyScope::connect, connecting_bits,
           [](Draft& draft) -> wire::Properties& { return draft.connection.session.properties; }},
    Target{"publish", wire::PropertyScope::publish, pub_bit | rr_bit | bench_bit,
           [](Draft& draft) -> wire::Properties& { return draft.publish_properties; }},
    Target{"subscribe", wire::PropertyScope::subscribe, sub_bit | rr_bit | bench_bit,
           [](Draft& draft) -> wire::Properties& { return draft.subscribe_properties; }},
    Target{"unsubscribe", wire::PropertyScope::unsubscribe, sub_bit,
           [](Draft& draft) -> wire::Properties& { return draft.unsubscribe_properties; }},
    Target{"disconnect", wire::PropertyScope::disconnect, client_bits,
           [](Draft& draft) -> wire::Properties& { return draft.connection.disconnect_properties; }},
    Target{"will", wire::PropertyScope::will, connecting_bits,
           [](Draft& draft) -> wire::Properties& { return draft.will_properties; }},
};

/// Names may be in capitals, as mosquitto has it.
std::string lower_case(std::string_view name) {
  std::string text(name);
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return text;
}

const Target* find_target(std::string_view name) {
  const std::string lower = lower_case(name);
  for (const auto& target : targets) {
    if (target.name == lower) return &target;
  }
  return nullptr;
}

std::string_view next_word(std::string_view& words) noexcept {
  const auto end = words.find(word_separator);
  const auto word = words.substr(0, end);
  words = end == std::string_view::npos ? std::string_view() : words.substr(end + 1);
  return word;
}

std::uint64_t largest(wire::PropertyType type) noexcept {
  switch (type) {
    case wire::PropertyType::byte:
      return 255;
    case wire::PropertyType::two_byte_integer:
      return 65'535;
    case wire::PropertyType::variable_byte_integer:
      return 268'435'455;
    default:
      return 4'294'967'295;
  }
}

Stored add_text(wire::Properties& properties, const wire::PropertyRow& row, std::string_view value) {
  const bool binary = row.type == wire::PropertyType::binary_data;
  auto bytes = binary ? read_binary(value) : base::Result<std::string, std::string>(std::string(value));
  if (!bytes) return unexpected(bytes.error());
  if (bytes->size() > 65'535) return unexpected(base::format("{} is longer than 65535 bytes", row.name));
  properties.add(row.id, *bytes);
  return {};
}

Stored add(wire::Properties& properties, const wire::PropertyRow& row, std::string_view words) {
  switch (row.type) {
    case wire::PropertyType::utf8_string_pair: {
      const auto name = next_word(words);
      if (name.size() > 65'535 || words.size() > 65'535) return unexpected(base::format("{} is too long", row.name));
      properties.add_user_property(name, words);
      return {};
    }
    case wire::PropertyType::utf8_string:
    case wire::PropertyType::binary_data:
      return add_text(properties, row, words);
    default: {
      const auto number = read_number(words, 0, largest(row.type));
      if (!number) return unexpected(number.error());
      properties.add(row.id, static_cast<std::uint32_t>(*number));
      return {};
    }
  }
}

bool permitted(const wire::PropertyRow& row, const Target& target) noexcept {
  // A Subscription Identifier in PUBLISH is the broker's to set (3.3.4).
  const bool broker_only =
      row.id == wire::PropertyId::subscription_identifier && target.scope == wire::PropertyScope::publish;
  return (row.scopes >> static_cast<unsigned>(target.scope) & 1) != 0 && !broker_only;
}

}  // namespace

std::size_t property_words(std::string_view name) { return lower_case(name) == "user-property" ? 4 : 3; }

bool is_secret_property(std::string_view name) { return lower_case(name) == "authentication-data"; }

Stored store_property(Draft& draft, std::string_view words) {
  const auto command = next_word(words);
  const auto name = next_word(words);
  const auto* target = find_target(command);
  if (target == nullptr) return unexpected(base::format("Invalid command {} given in --property argument.", command));
  const auto* row = wire::find_property(lower_case(name));
  if (row == nullptr) return unexpected(base::format("Invalid property name {} given in --property argument.", name));
  if (!permitted(*row, *target)) {
    return unexpected(base::format("{} property not allowed for {} in --property argument.", name, command));
  }
  if (draft.manners == Manners::ours && (target->commands & static_cast<unsigned>(draft.command)) == 0) {
    return unexpected(base::format("{} sends no {}", row_of(draft.command).name, command));
  }
  auto& properties = target->of(draft);
  if (!row->repeatable && properties.view().find(row->id)) {
    return unexpected(base::format("{} is given twice for {}", name, command));
  }
  if (auto added = add(properties, *row, words); !added) return added;
  const auto valid = wire::validate_properties(properties.view().encoded(), target->scope, 0);
  if (!valid) return unexpected(base::format("{}: {}", name, wire::row(valid.error().clause).sentence));
  draft.needs_version_5 = true;
  return {};
}

}  // namespace cmd
