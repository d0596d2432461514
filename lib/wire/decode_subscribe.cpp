// SUBSCRIBE, UNSUBSCRIBE and their acknowledgements.
#include "wire/reader.h"
#include "wire/topic.h"

namespace wire {
namespace {

/// 3.1 lets a request that is sent again carry DUP.
void expect_request_flags(Reader& reader, const Frame& frame, Version version, Clause clause) noexcept {
  if (version != Version::v3_1 || frame.flags() != 0x0A) reader.expect_flags(2, clause);
}

void check_options(Reader& reader, std::uint8_t options, std::string_view topic_filter, Version version,
                   std::uint32_t offset) noexcept {
  const unsigned reserved = version == Version::v5_0 ? 0xC0 : 0xFC;
  if ((options & reserved) != 0) reader.fail(Clause::subscription_options_reserved, offset);
  if ((options & 0x03) == 3) reader.fail(Clause::subscription_qos_invalid, offset);
  if (version != Version::v5_0) return;
  if ((options & 0x30) == 0x30) reader.fail(Clause::retain_handling_invalid, offset);
  if ((options & 0x04) != 0 && shared_filter(topic_filter)) reader.fail(Clause::no_local_shared, offset);
}

void read_subscription(Reader& reader, Version version) noexcept {
  const std::string_view topic_filter = reader.topic_filter(Clause::subscribe_filter_ill_formed, version);
  const std::uint32_t offset = reader.offset();
  const std::uint8_t options = reader.u8();
  if (!reader.failed()) check_options(reader, options, topic_filter, version, offset);
}

void check_codes(Reader& reader, base::Bytes codes, PacketType type, const Context& context, Clause clause) noexcept {
  for (const std::uint8_t& code : codes) {
    if (allowed(ReasonCode{code}, type, context.version, context.sender)) continue;
    return reader.fail(clause, reader.offset_of(&code));
  }
}

}  // namespace

Decoded<Subscribe> decode_subscribe(const Frame& frame, const Context& context) {
  Reader reader(frame);
  expect_request_flags(reader, frame, context.version, Clause::subscribe_flags_reserved);
  Subscribe subscribe;
  subscribe.packet_identifier = reader.packet_identifier(Clause::packet_identifier_zero);
  subscribe.properties = reader.properties(PropertyScope::subscribe, context.version);
  if (reader.empty()) reader.fail(Clause::subscribe_empty, reader.offset());
  subscribe.subscriptions = SubscriptionsView(reader.rest());
  while (!reader.empty()) read_subscription(reader, context.version);
  return reader.finish(subscribe);
}

Decoded<Suback> decode_suback(const Frame& frame, const Context& context) {
  Reader reader(frame);
  reader.expect_flags(0, Clause::flags_reserved);
  Suback suback;
  suback.packet_identifier = reader.packet_identifier(Clause::suback_identifier_zero);
  suback.properties = reader.properties(PropertyScope::suback, context.version);
  if (reader.empty()) reader.fail(Clause::suback_empty, reader.offset());
  suback.reason_codes = reader.take_rest();
  check_codes(reader, suback.reason_codes, PacketType::suback, context, Clause::suback_reason_code);
  return reader.finish(suback);
}

Decoded<Unsubscribe> decode_unsubscribe(const Frame& frame, const Context& context) {
  Reader reader(frame);
  expect_request_flags(reader, frame, context.version, Clause::unsubscribe_flags_reserved);
  Unsubscribe unsubscribe;
  unsubscribe.packet_identifier = reader.packet_identifier(Clause::packet_identifier_zero);
  unsubscribe.properties = reader.properties(PropertyScope::unsubscribe, context.version);
  if (reader.empty()) reader.fail(Clause::unsubscribe_empty, reader.offset());
  unsubscribe.topic_filters = TopicFiltersView(reader.rest());
  while (!reader.empty()) reader.topic_filter(Clause::unsubscribe_filter_ill_formed, context.version);
  return reader.finish(unsubscribe);
}

Decoded<Unsuback> decode_unsuback(const Frame& frame, const Context& context) {
  Reader reader(frame);
  reader.expect_flags(0, Clause::flags_reserved);
  Unsuback unsuback;
  unsuback.packet_identifier = reader.packet_identifier(Clause::suback_identifier_zero);
  if (context.version != Version::v5_0) return reader.finish(unsuback);
  unsuback.properties = reader.properties(PropertyScope::unsuback, context.version);
  if (reader.empty()) reader.fail(Clause::unsuback_empty, reader.offset());
  unsuback.reason_codes = reader.take_rest();
  check_codes(reader, unsuback.reason_codes, PacketType::unsuback, context, Clause::unsuback_reason_code);
  return reader.finish(unsuback);
}

}  // namespace wire
