// Properties of a will, and limits that a broker announces (5.0).
#include "base/format.h"
#include "scenario/will_case.h"

namespace scenario {
namespace {

using wire::Property;
using wire::PropertyId;

constexpr std::uint32_t expiry = 600;  ///< seconds
constexpr std::uint32_t most_waiting = 60;

Task<Received> arrival(Stage& stage, session::OwnedWill will, wire::Subscription options) {
  Peer* watcher = co_await stage.watcher(options);
  Part part{.role = "doomed", .will = std::move(will)};
  Peer* doomed = co_await stage.connect(part);
  doomed->close_layers();
  co_return co_await stage.message(*watcher);
}

constexpr wire::Subscription at_qos_1{.topic_filter = {}, .qos = 1};

bool same(base::Bytes one, base::Bytes other) { return base::as_text(one) == base::as_text(other); }
bool same(const Property& one, const Property& other) {
  return one.id == other.id && one.number == other.number && same(one.value, other.value) && same(one.name, other.name);
}

/// The will carries `property`, and so does what arrives.
Task<> carries(Stage& stage, Property property) {
  session::OwnedWill will = stage.will();
  will.properties.add(property);
  const Received received = co_await arrival(stage, std::move(will), at_qos_1);
  const auto came = received.publish().properties.find(property.id);
  if (!came) co_await stage.fail("it arrives without the property");
  if (!same(*came, property)) co_await stage.fail("the property arrives altered");
}

Task<> is_refused_with(Stage& stage, session::OwnedWill will, wire::ReasonCode due) {
  Part part{.role = "doomed", .will = std::move(will)};
  Peer* doomed = co_await stage.request(part);
  const auto answered = [doomed] { return doomed->has(wire::PacketType::connack) || doomed->ended(); };
  co_await stage.until(session::Clock::now() + stage.settings().timeout, answered);
  const auto answer = doomed->take(wire::PacketType::connack);
  if (!answer) {
    stage.warn("the connection ends without a CONNACK");
    co_return;
  }
  const auto& connack = std::get<wire::Connack>(answer->packet);
  if (connack.reason_code == wire::ReasonCode::success) co_await stage.fail("CONNECT is accepted");
  if (connack.reason_code != due) stage.warn(refusal(connack, stage.version()));
}

constexpr std::uint8_t correlation[] = {0x00, 0xFF, 0x80, 0x0A};

}  // namespace

Task<> payload_format(Stage& stage) {
  return carries(stage, {.id = PropertyId::payload_format_indicator, .number = 1});
}

Task<> content_type(Stage& stage) {
  return carries(stage, {.id = PropertyId::content_type, .value = base::as_bytes("text/plain; charset=utf-8")});
}

Task<> response_topic(Stage& stage) {
  return carries(stage, {.id = PropertyId::response_topic, .value = base::as_bytes("an/answer")});
}

Task<> correlation_data(Stage& stage) {
  return carries(stage, {.id = PropertyId::correlation_data, .value = correlation});
}

Task<> user_properties(Stage& stage) {
  constexpr std::pair<std::string_view, std::string_view> pairs[] = {{"b", "2"}, {"a", "1"}, {"b", "1"}, {"b", "1"}};
  session::OwnedWill will = stage.will();
  for (const auto& [name, value] : pairs) will.properties.add_user_property(name, value);
  const Received received = co_await arrival(stage, std::move(will), at_qos_1);
  std::vector<std::pair<std::string_view, std::string_view>> came;
  for (const Property& property : received.publish().properties) {
    if (property.id == PropertyId::user_property) came.emplace_back(base::as_text(property.name), property.text());
  }
  if (came.size() != std::size(pairs)) {
    co_await stage.fail(base::format("{} of {} User Properties arrive", came.size(), std::size(pairs)));
  }
  if (!std::equal(came.begin(), came.end(), std::begin(pairs))) {
    co_await stage.fail("the User Properties arrive altered or in another order");
  }
}

Task<> message_expiry(Stage& stage) {
  session::OwnedWill will = stage.will();
  will.properties.add(PropertyId::message_expiry_interval, expiry);
  const Received received = co_await arrival(stage, std::move(will), at_qos_1);
  const auto came = received.publish().properties.find(PropertyId::message_expiry_interval);
  if (!came) co_await stage.fail("it arrives without the property");
  if (came->number > expiry || came->number < expiry - most_waiting) {
    co_await stage.fail(base::format("{} s of {} s arrive", came->number, expiry));
  }
}

Task<> message_expired(Stage& stage) {
  constexpr std::uint32_t one_second = 1;
  Part leaving{.role = "away",
               .client_identifier = stage.new_client_identifier(),
               .clean_start = false,
               .session_expiry = expiry};
  Peer* away = co_await stage.subscriber(leaving, at_qos_1);
  away->disconnect();
  co_await stage.closed(*away);
  session::OwnedWill will = stage.will();
  will.properties.add(PropertyId::message_expiry_interval, one_second);
  const Received live = co_await arrival(stage, std::move(will), at_qos_1);
  co_await stage.sleep_until(live.at + std::chrono::seconds(one_second) + stage.settings().tolerance);
  Part returning{
      .role = "away", .client_identifier = away->client_identifier(), .clean_start = false, .session_expiry = expiry};
  Peer* back = co_await stage.connect(returning);
  co_await stage.silence(*back, session::Clock::now());
}

Task<> retain_as_published(Stage& stage) {
  session::OwnedWill will = stage.will();
  will.retain = true;
  const wire::Subscription as_published{.topic_filter = {}, .qos = 1, .retain_as_published = true};
  const Received received = co_await arrival(stage, std::move(will), as_published);
  if (!received.publish().retain) co_await stage.fail("it comes without RETAIN");
}

Task<> qos_above_maximum(Stage& stage) {
  session::OwnedWill will = stage.will();
  will.qos = static_cast<std::uint8_t>(stage.capabilities().maximum_qos + 1);
  return is_refused_with(stage, std::move(will), wire::ReasonCode::qos_not_supported);
}

Task<> retain_unavailable(Stage& stage) {
  session::OwnedWill will = stage.will();
  will.retain = true;
  return is_refused_with(stage, std::move(will), wire::ReasonCode::retain_not_supported);
}

}  // namespace scenario
