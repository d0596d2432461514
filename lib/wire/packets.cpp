// The lists inside SUBSCRIBE and UNSUBSCRIBE in their encoded form, and which packet is of which type.
#include "wire/packets.h"

#include "wire/primitives.h"

namespace wire {
namespace {

constexpr std::size_t longest_string = 65'535;

std::uint8_t* put_filter(base::Buffer& encoded, std::string_view topic_filter, std::size_t more) {
  std::uint8_t* out = encoded.reserve(2 + topic_filter.size() + more);
  out = put_string(out, base::as_bytes(topic_filter));
  encoded.commit(2 + topic_filter.size() + more);
  return out;
}

std::uint8_t options_of(const Subscription& subscription) noexcept {
  const unsigned options = subscription.qos | (subscription.no_local ? 4U : 0U) |
                           (subscription.retain_as_published ? 8U : 0U) |
                           static_cast<unsigned>(subscription.retain_handling) << 4;
  return static_cast<std::uint8_t>(options);
}

Subscription from_options(std::string_view topic_filter, std::uint8_t options) noexcept {
  return {topic_filter, static_cast<std::uint8_t>(options & 3), (options & 4) != 0, (options & 8) != 0,
          static_cast<RetainHandling>(options >> 4 & 3)};
}

/// A topic filter and `more` bytes behind it; false where they are not there.
bool read_filter(base::Cursor& cursor, std::size_t more, std::string_view& topic_filter) noexcept {
  if (cursor.left() < 2) return false;
  const std::size_t size = cursor.u16();
  if (cursor.left() < size + more) return false;
  topic_filter = base::as_text(cursor.take(size));
  return true;
}

}  // namespace

template <>
void SubscriptionsView::Iterator::read() {
  base::Cursor cursor(rest_);
  std::string_view topic_filter;
  at_end_ = !read_filter(cursor, 1, topic_filter);
  if (at_end_) return;
  current_ = from_options(topic_filter, cursor.u8());
  rest_ = cursor.rest();
}

template <>
void TopicFiltersView::Iterator::read() {
  base::Cursor cursor(rest_);
  at_end_ = !read_filter(cursor, 0, current_);
  rest_ = cursor.rest();
}

bool Subscriptions::add(const Subscription& subscription) {
  if (subscription.topic_filter.size() > longest_string) return false;
  *put_filter(encoded_, subscription.topic_filter, 1) = options_of(subscription);
  ++count_;
  return true;
}

bool TopicFilters::add(std::string_view topic_filter) {
  if (topic_filter.size() > longest_string) return false;
  put_filter(encoded_, topic_filter, 0);
  ++count_;
  return true;
}

namespace {

struct TypeOf {
  PacketType operator()(const Connect&) const noexcept { return PacketType::connect; }
  PacketType operator()(const Connack&) const noexcept { return PacketType::connack; }
  PacketType operator()(const Publish&) const noexcept { return PacketType::publish; }
  PacketType operator()(const Acknowledgement& packet) const noexcept { return packet.type; }
  PacketType operator()(const Subscribe&) const noexcept { return PacketType::subscribe; }
  PacketType operator()(const Suback&) const noexcept { return PacketType::suback; }
  PacketType operator()(const Unsubscribe&) const noexcept { return PacketType::unsubscribe; }
  PacketType operator()(const Unsuback&) const noexcept { return PacketType::unsuback; }
  PacketType operator()(const Pingreq&) const noexcept { return PacketType::pingreq; }
  PacketType operator()(const Pingresp&) const noexcept { return PacketType::pingresp; }
  PacketType operator()(const Disconnect&) const noexcept { return PacketType::disconnect; }
  PacketType operator()(const Auth&) const noexcept { return PacketType::auth; }
};

}  // namespace

PacketType type_of(const Packet& packet) noexcept { return std::visit(TypeOf{}, packet); }

}  // namespace wire
