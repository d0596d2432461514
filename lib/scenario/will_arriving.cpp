// What arrives when a will is published: topic, payload, QoS, RETAIN, and how often.
#include <algorithm>

#include "base/format.h"
#include "scenario/will_case.h"

namespace scenario {
namespace {

using wire::PacketType;

Task<> die_with(Stage& stage, session::OwnedWill will) {
  Part part{.role = "doomed", .will = std::move(will)};
  Peer* doomed = co_await stage.connect(part);
  doomed->close_layers();
}

Task<> payload_arrives(Stage& stage, std::string payload) {
  Peer* watcher = co_await stage.watcher();
  session::OwnedWill will = stage.will();
  will.payload = payload;
  co_await die_with(stage, std::move(will));
  const Received received = co_await stage.message(*watcher);
  const std::string_view came = base::as_text(received.publish().payload);
  if (came == payload) co_return;
  if (came.size() != payload.size()) {
    co_await stage.fail(base::format("{} bytes of {} arrive", came.size(), payload.size()));
  }
  const auto differ = std::mismatch(came.begin(), came.end(), payload.begin()).first - came.begin();
  co_await stage.fail(base::format("byte {} is another one", differ));
}

Task<> qos_arrives(Stage& stage, std::uint8_t qos, std::uint8_t subscribed) {
  const wire::Subscription options{.topic_filter = {}, .qos = subscribed};
  Peer* watcher = co_await stage.watcher(options);
  const std::uint8_t granted = stage.granted_qos();
  session::OwnedWill will = stage.will();
  will.qos = qos;
  co_await die_with(stage, std::move(will));
  const Received received = co_await stage.message(*watcher);
  const unsigned came = received.publish().qos;
  const unsigned due = std::min(qos, granted);
  if (came != due) co_await stage.fail(base::format("it arrives with QoS {}, due is {}", came, due));
  if (granted < subscribed) stage.warn(base::format("SUBACK grants QoS {} instead of {}", granted, subscribed));
}

/// A subscriber that comes after the fact. Its filter is the topic itself: RabbitMQ's retained messages know no
/// wildcards, which has nothing to do with wills.
Task<Peer*> latecomer(Stage& stage) {
  const std::string topic = stage.will_topic();
  const wire::Subscription subscription{.topic_filter = topic, .qos = 1};
  const Part part{.role = "latecomer"};
  co_return co_await stage.subscriber(part, subscription);
}

}  // namespace

Task<> topic(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  session::OwnedWill will = stage.will();
  will.topic += "/Z\u00fcrich/\u96e8 \U0001f327";
  const std::string topic = will.topic;
  co_await die_with(stage, std::move(will));
  const Received received = co_await stage.message(*watcher);
  if (received.publish().topic != topic) co_await stage.fail("it arrives with another topic");
}

/// The subscription would match the topic if its first level were an ordinary one.
Task<> dollar_topic(Stage& stage) {
  const std::string& base = stage.base_topic();
  const std::string filter = base::format("+{}/will/#", base.substr(std::min(base.find('/'), base.size())));
  const wire::Subscription options{.topic_filter = filter, .qos = 1};
  Peer* watcher = co_await stage.watcher(options);
  session::OwnedWill will = stage.will();
  will.topic.insert(0, 1, '$');
  Part part{.role = "doomed", .will = std::move(will)};
  Peer* doomed = co_await stage.request(part);
  const auto answered = [doomed] { return doomed->has(PacketType::connack) || doomed->ended(); };
  co_await stage.until(session::Clock::now() + stage.settings().timeout, answered);
  doomed->close_layers();
  co_await stage.silence(*watcher);
}

Task<> payload_empty(Stage& stage) { return payload_arrives(stage, {}); }

Task<> payload_binary(Stage& stage) {
  std::string payload;
  for (int byte = 0; byte < 256; ++byte) payload.push_back(static_cast<char>(byte));
  return payload_arrives(stage, std::move(payload));
}

Task<> payload_large(Stage& stage) {
  std::string payload(65'535, '\0');
  for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>((i * 31 + i / 251) & 0xFF);
  return payload_arrives(stage, std::move(payload));
}

Task<> qos_0(Stage& stage) { return qos_arrives(stage, 0, 1); }
Task<> qos_1(Stage& stage) { return qos_arrives(stage, 1, 1); }
Task<> qos_1_to_0(Stage& stage) { return qos_arrives(stage, 1, 0); }
Task<> qos_2_to_1(Stage& stage) { return qos_arrives(stage, 2, 1); }

/// Before 5.0 a broker cannot say that it has no QoS 2: it may grant less, and take the will as one of QoS 1.
Task<> qos_2(Stage& stage) {
  if (stage.capabilities().maximum_qos_is_announced) co_await stage.skip("the broker does not support QoS 2");
  co_await qos_arrives(stage, 2, 2);
}

Task<> once(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  doomed->close_layers();
  co_await stage.message(*watcher);
  co_await stage.silence(*watcher);
}

Task<> retain(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  session::OwnedWill will = stage.will();
  will.retain = true;
  co_await die_with(stage, std::move(will));
  co_await stage.message(*watcher);
  Peer* later = co_await latecomer(stage);
  const Received received = co_await stage.message(*later);
  if (!received.publish().retain) co_await stage.fail("to the later subscriber it comes without RETAIN");
}

Task<> retain_live(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  session::OwnedWill will = stage.will();
  will.retain = true;
  co_await die_with(stage, std::move(will));
  const Received received = co_await stage.message(*watcher);
  if (received.publish().retain) co_await stage.fail("it comes with RETAIN");
}

Task<> no_retain(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  doomed->close_layers();
  co_await stage.message(*watcher);
  Peer* later = co_await latecomer(stage);
  co_await stage.silence(*later);
}

Task<> retain_clears(Stage& stage) {
  Part part{.role = "publisher"};
  Peer* publisher = co_await stage.connect(part);
  session::OwnedWill will = stage.will();
  const wire::Publish old{.topic = will.topic,
                          .payload = base::as_bytes("old"),
                          .packet_identifier = will.qos,
                          .qos = will.qos,
                          .retain = true};
  stage.remember_retained(will.topic);
  publisher->send(old);
  if (will.qos != 0) co_await stage.packet(*publisher, PacketType::puback);
  const std::string topic = will.topic;
  const wire::Subscription to_topic{.topic_filter = topic, .qos = 1};
  Peer* watcher = co_await stage.watcher(to_topic);
  const auto came = [watcher] { return watcher->messages() != 0; };
  if (!co_await stage.until(session::Clock::now() + stage.settings().timeout, came)) {
    co_await stage.skip("the broker keeps no retained messages");
  }
  watcher->take(PacketType::publish);
  will.payload.clear();
  will.retain = true;
  co_await die_with(stage, std::move(will));
  co_await stage.message(*watcher);
  Peer* later = co_await latecomer(stage);
  co_await stage.silence(*later);
}

}  // namespace scenario
