// The fields of packets: their bounds and the rules of their data types.
#include "wire/reader.h"

#include "wire/primitives.h"
#include "wire/topic.h"

namespace wire {

void Reader::fail(Clause clause, std::uint32_t offset) noexcept {
  if (!fault_) fault_ = Fault{clause, offset};
  at_ = end_;
}

void Reader::expect_flags(std::uint8_t flags, Clause clause) noexcept {
  if ((begin_[0] & 0x0F) != flags) fail(clause, 0);
}

bool Reader::has(std::size_t count) noexcept {
  if (left() >= count) return true;
  fail(Clause::field_truncated, offset());
  return false;
}

std::uint8_t Reader::u8() noexcept { return has(1) ? *at_++ : std::uint8_t{0}; }

std::uint16_t Reader::u16() noexcept {
  if (!has(2)) return 0;
  at_ += 2;
  return static_cast<std::uint16_t>(at_[-2] << 8 | at_[-1]);
}

std::uint16_t Reader::packet_identifier(Clause if_zero) noexcept {
  const std::uint32_t start = offset();
  const std::uint16_t identifier = u16();
  if (identifier == 0) fail(if_zero, start);
  return identifier;
}

base::Bytes Reader::binary() noexcept {
  const std::uint32_t start = offset();
  const std::size_t size = u16();
  if (left() < size) {
    fail(Clause::field_truncated, start);
    return {};
  }
  at_ += size;
  return {at_ - size, size};
}

void Reader::check_text(std::string_view text, bool topic_name, Clause ill_formed, Clause null_character,
                        Clause wildcard) noexcept {
  if (is_plain_topic(text)) return;
  const TextFault found = scan_text(text, topic_name);
  const std::uint32_t offset = offset_of(base::as_bytes(text).data()) + found.position;
  switch (found.kind) {
    case TextFault::Kind::none:
      return;
    case TextFault::Kind::ill_formed:
      return fail(ill_formed, offset);
    case TextFault::Kind::null_character:
      return fail(null_character, offset);
    case TextFault::Kind::wildcard:
      return fail(wildcard, offset);
  }
}

std::string_view Reader::text(Clause ill_formed) noexcept {
  const std::string_view text = base::as_text(binary());
  if (!text.empty()) check_text(text, false, ill_formed, Clause::string_null_character, ill_formed);
  return text;
}

std::string_view Reader::topic_name(Clause ill_formed, Clause wildcard) noexcept {
  const std::uint32_t start = offset();
  const std::string_view topic = base::as_text(binary());
  if (topic.empty()) {
    fail(Clause::topic_empty, start);
  } else {
    check_text(topic, true, ill_formed, Clause::topic_null_character, wildcard);
  }
  return topic;
}

std::string_view Reader::topic_filter(Clause ill_formed, Version version) noexcept {
  const std::uint32_t start = offset();
  const std::string_view filter = base::as_text(binary());
  if (failed()) return filter;
  if (const auto fault = check_topic_filter(filter, version)) {
    const Clause clause = fault->clause == Clause::string_ill_formed ? ill_formed : fault->clause;
    fail(clause, filter.empty() ? start : start + 2 + fault->offset);
  }
  return filter;
}

base::Bytes Reader::take_rest() noexcept {
  const base::Bytes taken = rest();
  at_ = end_;
  return taken;
}

PropertiesView Reader::properties(PropertyScope scope, Version version) noexcept {
  if (version != Version::v5_0 || failed()) return {};
  const std::uint32_t start = offset();
  if (empty()) {
    fail(Clause::property_length_missing, start);
    return {};
  }
  const VariableByteInteger length = read_variable(rest());
  if (length.state == VariableByteInteger::State::too_long) {
    fail(Clause::variable_byte_integer_too_long, start);
  } else if (length.state == VariableByteInteger::State::incomplete || left() - length.length < length.value) {
    fail(Clause::field_truncated, start);
  } else if (!length.minimal()) {
    fail(Clause::variable_byte_integer_not_minimal, start);
  }
  if (failed()) return {};
  at_ += length.length + length.value;
  if (length.value == 0) return {};
  const base::Bytes encoded{at_ - length.value, length.value};
  const auto view = validate_properties(encoded, scope, start + length.length);
  if (view) return *view;
  fail(view.error().clause, view.error().offset);
  return {};
}

ReasonCode Reader::reason_code(PacketType type, const Context& context, Clause clause) noexcept {
  const std::uint32_t start = offset();
  const ReasonCode code{u8()};
  if (!failed() && !allowed(code, type, context.version, context.sender)) fail(clause, start);
  return code;
}

}  // namespace wire
