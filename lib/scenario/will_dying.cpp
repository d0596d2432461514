// Ways to die: after each the will is published.
#include "scenario/will_case.h"
#include "wire/encode.h"

namespace scenario {
namespace {

using wire::PacketType;

/// What a client does that the broker cannot mistake for an orderly end.
using Deed = void (*)(Stage& stage, Peer& doomed);

Task<> dies(Stage& stage, Deed deed) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  deed(stage, *doomed);
  co_await stage.message(*watcher);
}

/// The same, and it is the broker that has to end the connection.
Task<> is_ended(Stage& stage, Deed deed) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  deed(stage, *doomed);
  co_await stage.closed(*doomed);
  co_await stage.message(*watcher);
}

void cut(Stage&, Peer& doomed) { doomed.cut(); }
void reset(Stage&, Peer& doomed) { doomed.reset(); }
void close_layers(Stage&, Peer& doomed) { doomed.close_layers(); }

void send_half(Stage& stage, Peer& doomed) {
  const std::string topic = stage.base_topic() + "/other";
  const wire::Packet publish = wire::Publish{.topic = topic, .payload = base::as_bytes("never to be whole")};
  base::Buffer bytes;
  wire::append(bytes, publish, stage.version());
  doomed.send(bytes.view().first(bytes.size() / 2));
  doomed.cut();
}

/// Bits 3 to 0 of its first byte must be 2.
void send_malformed(Stage& stage, Peer& doomed) {
  const std::string topic = stage.base_topic() + "/other";
  wire::Subscriptions subscriptions;
  const wire::Subscription subscription{.topic_filter = topic};
  subscriptions.add(subscription);
  base::Buffer bytes;
  wire::append(bytes, wire::Packet(wire::Subscribe{1, subscriptions.view(), {}}), stage.version());
  std::vector<std::uint8_t> malformed(bytes.view().begin(), bytes.view().end());
  malformed[0] &= 0xF0;
  doomed.send(malformed);
}

void connect_again(Stage& stage, Peer& doomed) {
  wire::Connect connect{.version = stage.version(), .client_identifier = doomed.client_identifier()};
  doomed.send(connect);
}

void publish_to_wildcard(Stage& stage, Peer& doomed) {
  const std::string topic = stage.base_topic() + "/other/+";
  doomed.send(wire::Publish{.topic = topic, .payload = {}});
}

}  // namespace

Task<> tcp_fin(Stage& stage) { return dies(stage, close_layers); }
Task<> tcp_reset(Stage& stage) { return dies(stage, reset); }
Task<> tls_cut(Stage& stage) { return dies(stage, cut); }
Task<> ws_close(Stage& stage) { return dies(stage, close_layers); }
Task<> ws_cut(Stage& stage) { return dies(stage, cut); }
Task<> half_packet(Stage& stage) { return dies(stage, send_half); }
Task<> malformed_packet(Stage& stage) { return is_ended(stage, send_malformed); }
Task<> second_connect(Stage& stage) { return is_ended(stage, connect_again); }
Task<> wildcard_publish(Stage& stage) { return is_ended(stage, publish_to_wildcard); }

Task<> half_qos_2(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  const std::string topic = stage.base_topic() + "/other";
  const wire::Publish publish{.topic = topic, .payload = {}, .packet_identifier = 1, .qos = 2};
  doomed->send(publish);
  co_await stage.packet(*doomed, PacketType::pubrec);
  doomed->close_layers();
  co_await stage.message(*watcher);
}

Task<> keep_alive(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Part part{.role = "doomed", .keep_alive = stage.settings().keep_alive, .will = stage.will()};
  Peer* doomed = co_await stage.connect(part);
  const std::chrono::seconds keep_alive(doomed->server_keep_alive().value_or(stage.settings().keep_alive));
  const session::Time silent_since = doomed->last_sent();
  co_await stage.message_between(*watcher, silent_since + keep_alive, silent_since + keep_alive * 3 / 2);
}

Task<> take_over(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.doomed();
  Part part{.role = "heir", .client_identifier = doomed->client_identifier()};
  co_await stage.connect(part);
  co_await stage.closed(*doomed);
  co_await stage.message(*watcher);
}

}  // namespace scenario
