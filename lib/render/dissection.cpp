// Data types of the specification as fields.
#include "render/dissection.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "base/hex.h"
#include "base/utf8.h"
#include "render/escape.h"
#include "wire/primitives.h"

namespace render {
namespace {

using wire::PropertyId;
using wire::PropertyType;

/// Data longer than this is cut in hexadecimal.
constexpr std::size_t most_binary_bytes = 64;

/// "maximum_qos" as "Maximum QoS".
std::string title_of(std::string_view name) {
  std::string title(name);
  bool first = true;
  for (char& character : title) {
    if (character == '_') character = ' ';
    if (first && character >= 'a' && character <= 'z') character = static_cast<char>(character - ('a' - 'A'));
    first = character == ' ';
  }
  if (title.ends_with(" Qos")) title.back() = 'S';
  return title;
}

bool in_seconds(PropertyId id) noexcept {
  return id == PropertyId::message_expiry_interval || id == PropertyId::session_expiry_interval ||
         id == PropertyId::will_delay_interval || id == PropertyId::server_keep_alive;
}

}  // namespace

std::string_view title(PropertyId id) {
  static const auto titles = [] {
    std::array<std::string, 0x2B> all;
    for (const wire::PropertyRow& row : wire::properties()) all[static_cast<std::size_t>(row.id)] = title_of(row.name);
    return all;
  }();
  const auto number = static_cast<std::size_t>(id);
  return number < titles.size() ? std::string_view(titles[number]) : std::string_view();
}

Field& Dissection::add(std::string_view name, std::uint32_t length) {
  anatomy_.fields_.push_back({.name = name,
                              .offset = at_,
                              .length = length,
                              .value = static_cast<std::uint32_t>(values().size()),
                              .depth = depth_});
  at_ += length;
  return anatomy_.fields_.back();
}

void Dissection::end_value() noexcept {
  Field& field = anatomy_.fields_.back();
  field.value_length = static_cast<std::uint32_t>(values().size()) - field.value;
}

bool Dissection::has(std::uint32_t count, std::string_view name) {
  if (left() >= count) return true;
  if (cut_) return false;
  cut_ = true;
  add(name, left());
  value(anatomy_.fields_.back().length == 0 ? "missing" : "cut off");
  return false;
}

std::uint8_t Dissection::flags(std::string_view name, std::span<const Bits> bits_of) {
  if (!has(1, name)) return 0;
  const std::uint8_t flags = peek();
  const std::uint32_t offset = at_;
  add(name, 1);
  append_hex_number(flags);
  end_value();
  bits(offset, bits_of);
  return flags;
}

void Dissection::bits(std::uint32_t offset, std::span<const Bits> bits_of) {
  const std::uint8_t byte = packet_[offset];
  for (const Bits& each : bits_of) {
    const unsigned number = static_cast<unsigned>(byte & each.mask) >> std::countr_zero(each.mask);
    anatomy_.fields_.push_back({.name = each.name,
                                .offset = offset,
                                .length = 1,
                                .value = static_cast<std::uint32_t>(values().size()),
                                .depth = static_cast<std::uint8_t>(depth_ + 1),
                                .mask = each.mask});
    append_number(values(), number);
    if (number < each.words.size()) {
      values().push(' ');
      values().append(each.words[number]);
    }
    end_value();
  }
}

std::uint8_t Dissection::byte(std::string_view name) {
  if (!has(1, name)) return 0;
  const std::uint8_t number = peek();
  add(name, 1);
  append_number(values(), number);
  end_value();
  return number;
}

std::uint16_t Dissection::two_bytes(std::string_view name, std::string_view unit) {
  if (!has(2, name)) return 0;
  const auto number = static_cast<std::uint16_t>(packet_[at_] << 8 | packet_[at_ + 1]);
  add(name, 2);
  append_number(values(), number);
  values().append(unit);
  end_value();
  return number;
}

std::uint32_t Dissection::variable(std::string_view name) {
  const wire::VariableByteInteger integer = wire::read_variable(packet_.subspan(at_, left()));
  if (integer.state == wire::VariableByteInteger::State::incomplete) {
    has(left() + 1, name);
    return 0;
  }
  add(name, integer.length);
  if (integer.state == wire::VariableByteInteger::State::too_long) {
    value("longer than four bytes");
    cut_ = true;
    return 0;
  }
  append_number(values(), integer.value);
  if (!integer.minimal()) values().append(", not in as few bytes as possible");
  end_value();
  return integer.value;
}

void Dissection::append_hex_number(std::uint8_t number) {
  values().append("0x");
  base::append_hex(values(), {&number, 1});
}

void Dissection::append_bytes(base::Bytes bytes) {
  if (base::is_utf8(base::as_text(bytes))) return append_quoted(values(), base::as_text(bytes));
  base::append_hex(values(), bytes.first(std::min(bytes.size(), most_binary_bytes)));
  if (bytes.size() > most_binary_bytes) values().append("...");
  values().append(" (");
  append_number(values(), bytes.size());
  values().append(bytes.size() == 1 ? std::string_view(" byte)") : std::string_view(" bytes)"));
}

base::Bytes Dissection::string(std::string_view name) {
  if (!has(2, name)) return {};
  const auto size = static_cast<std::uint32_t>(packet_[at_] << 8 | packet_[at_ + 1]);
  const base::Bytes bytes = packet_.subspan(at_ + 2, std::min(size, left() - 2));
  add(name, static_cast<std::uint32_t>(2 + bytes.size()));
  append_bytes(bytes);
  if (bytes.size() < size) {
    cut_ = true;
    values().append(", cut off: ");
    append_number(values(), size);
    values().append(" bytes were announced");
  }
  end_value();
  return bytes;
}

void Dissection::reason_code(std::string_view name, wire::PacketType type, wire::Version version) {
  if (!has(1, name)) return;
  const std::uint8_t code = peek();
  add(name, 1);
  append_hex_number(code);
  const std::string_view words = wire::describe(wire::ReasonCode{code}, type, version);
  values().push(' ');
  values().append(words.empty() ? std::string_view("(not known)") : words);
  end_value();
}

void Dissection::properties(bool of_will) {
  const std::uint32_t announced = variable(of_will ? "Will Property Length" : "Property Length");
  const std::uint32_t packet_end = end_;
  end_ = at_ + std::min(announced, left());
  ++depth_;
  while (!empty()) property();
  --depth_;
  end_ = packet_end;
}

void Dissection::property() {
  const auto id = static_cast<PropertyId>(peek());
  const wire::PropertyRow* const row = wire::find_property(id);
  if (row == nullptr) {
    const std::uint8_t number = peek();
    add("Unknown property", left());
    append_hex_number(number);
    return end_value();
  }
  base::Cursor cursor(packet_.subspan(at_ + 1, left() - 1));
  wire::Property property{id};
  if (!wire::read_property_value(cursor, row->type, property)) {
    add(title(id), left());
    return value("cut off");
  }
  add(title(id), static_cast<std::uint32_t>(1 + cursor.position()));
  property_value(*row, property);
  end_value();
}

void Dissection::property_value(const wire::PropertyRow& row, const wire::Property& property) {
  switch (row.type) {
    case PropertyType::utf8_string_pair:
      append_bytes(property.name);
      values().append(": ");
      return append_bytes(property.value);
    case PropertyType::utf8_string:
    case PropertyType::binary_data:
      return append_bytes(property.value);
    default:
      append_number(values(), property.number);
      if (in_seconds(row.id)) values().append(" s");
  }
}

void Dissection::payload(std::string_view name) {
  if (cut_) return;
  add(name, left()).is_payload = true;
  append_number(values(), anatomy_.fields_.back().length);
  values().append(anatomy_.fields_.back().length == 1 ? std::string_view(" byte") : std::string_view(" bytes"));
  end_value();
}

void Dissection::rest(std::string_view name) {
  const base::Bytes bytes = packet_.subspan(at_, left());
  add(name, left());
  append_bytes(bytes);
  end_value();
}

}  // namespace render
