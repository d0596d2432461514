// How each packet changes what is established: one function a packet type.
#include <algorithm>
#include <utility>
#include <variant>

#include "session/lint_state.h"

namespace session::lint {
namespace {

using wire::Clause;
using wire::PropertyId;
using wire::Sender;
using Stage = Exchange::Stage;

constexpr std::size_t most_requests = 256;
constexpr std::size_t remembered = 16;
constexpr std::size_t most_retained = 256;

bool is_plain_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); };
  return !name.empty() && name.size() <= 23 && std::all_of(name.begin(), name.end(), plain);
}

/// The limits that either side announces for itself.
void read_limits(Side& side, wire::PropertiesView properties) {
  for (const wire::Property& property : properties) {
    if (property.id == PropertyId::receive_maximum) side.receive_maximum = static_cast<std::uint16_t>(property.number);
    if (property.id == PropertyId::maximum_packet_size) side.maximum_packet_size = property.number;
    if (property.id == PropertyId::topic_alias_maximum) {
      side.topic_alias_maximum = static_cast<std::uint16_t>(property.number);
    }
  }
}

void begin_afresh(State& state) {
  state.past.reset();
  state.client.out.drop_inherited();
  state.server.out.drop_inherited();
}

struct Step {
  State& state;
  Sender sender;
  std::int64_t now;
  Verdict verdict;

  Side& from() const { return state.side(sender); }
  Side& to() const { return state.side(sender == Sender::client ? Sender::server : Sender::client); }

  void operator()(const wire::Connect& connect) const {
    if (state.connected) return expect_close(state, Clause::violation_not_closed, Sender::server, now);
    state.version = connect.version;
    Connected& connected = state.connected.emplace();
    connected.since = now;
    connected.clean_start = connect.clean_start;
    connected.keep_alive = connect.keep_alive;
    connected.nameless = connect.client_identifier.empty();
    connected.plain_name = is_plain_name(connect.client_identifier);
    connected.has_will = connect.will.has_value();
    connected.will_qos = connect.will ? connect.will->qos : std::uint8_t{0};
    connected.will_retain = connect.will && connect.will->retain;
    if (connect.will && state.wills != nullptr) {
      state.will = content_of(connect.will->topic, connect.will->payload);
      state.wills->announce(*state.will);
    }
    const wire::PropertiesView properties = connect.properties;
    connected.session_expiry_interval = properties.number(PropertyId::session_expiry_interval, 0);
    connected.request_response_information = properties.number(PropertyId::request_response_information, 0) != 0;
    connected.request_problem_information = properties.number(PropertyId::request_problem_information, 1) != 0;
    if (const auto method = properties.find(PropertyId::authentication_method)) {
      connected.authentication_method = content_of(method->value);
    }
    read_limits(state.client, properties);
    if (connect.clean_start) {
      begin_afresh(state);
      state.subscriptions.clear();
    }
  }

  void operator()(const wire::Connack& connack) const {
    if (state.answered) return;
    state.answered = true;
    if (connack.reason_code != wire::ReasonCode::success) {
      return expect_close(state, Clause::refusal_not_closed, Sender::server, now);
    }
    Accepted& accepted = state.accepted.emplace();
    accepted.session_present = connack.session_present;
    for (const wire::Property& property : connack.properties) accept(accepted, property);
    read_limits(state.server, connack.properties);
    if (state.past && state.version != wire::Version::v3_1 && !connack.session_present) {
      begin_afresh(state);
      // What was subscribed to before the answer belongs to the new session.
      if (state.subscriptions.all().empty() || state.subscriptions.all().front().request == 0) {
        state.subscriptions.clear();
      }
    }
  }

  static void accept(Accepted& accepted, const wire::Property& property) {
    const bool available = property.number != 0;
    if (property.id == PropertyId::maximum_qos) accepted.maximum_qos = static_cast<std::uint8_t>(property.number);
    if (property.id == PropertyId::server_keep_alive) accepted.keep_alive = static_cast<std::uint16_t>(property.number);
    if (property.id == PropertyId::retain_available) accepted.retain_available = available;
    if (property.id == PropertyId::wildcard_subscription_available)
      accepted.wildcard_subscription_available = available;
    if (property.id == PropertyId::subscription_identifier_available) {
      accepted.subscription_identifier_available = available;
    }
    if (property.id == PropertyId::shared_subscription_available) accepted.shared_subscription_available = available;
  }

  void operator()(const wire::Publish& publish) const {
    const std::string_view topic = take_alias(publish);
    if (publish.qos != 0) take_identifier(publish);
    if (sender == Sender::client && state.wills != nullptr) note_published(publish, topic);
    if (topic.empty()) return;
    if (sender == Sender::client) {
      if (state.subscriptions.all().empty()) return;
      if (state.published.size() == remembered) state.published.erase(state.published.begin());
      state.published.push_back(lint::published(publish, topic));
    } else {
      receive(publish, topic);
    }
  }

  void note_published(const wire::Publish& publish, std::string_view topic) const {
    if (topic.empty()) return state.wills->lose_sight();
    state.wills->published(content_of(topic, publish.payload));
  }

  std::string_view take_alias(const wire::Publish& publish) const {
    if (state.version != wire::Version::v5_0) return publish.topic;
    const std::uint32_t alias = publish.properties.number(PropertyId::topic_alias, 0);
    if (alias == 0) return publish.topic;
    if (alias > to().topic_alias_maximum) from().alias_misused = true;
    if (!publish.topic.empty()) from().aliases.set(static_cast<std::uint16_t>(alias), publish.topic);
    const auto topic = from().aliases.find(static_cast<std::uint16_t>(alias));
    if (!topic) from().alias_misused = true;
    return topic.value_or(std::string_view());
  }

  void take_identifier(const wire::Publish& publish) const {
    Exchange& out = from().out;
    Exchange::Entry* entry = out.find(publish.packet_identifier);
    if (entry != nullptr && verdict != Verdict::in_use) {
      if (entry->inherited && entry->stage == Stage::pubrel) {
        out.move(*entry, Stage::pubrec, now);
        out.set_aside(*entry);
      }
      return out.resend(*entry, now);
    }
    if (entry != nullptr) out.close(*entry, false);
    entry = out.open(publish.packet_identifier, publish.qos == 1 ? Stage::puback : Stage::pubrec, now);
    if (entry == nullptr) return;
    entry->content = content_of(publish.payload);
    entry->qos = publish.qos;
    out.count(*entry);
    // Sent again from an earlier connection, where its acknowledgement was captured but did not arrive.
    if (publish.dup) out.set_aside(*entry);
  }

  /// A message of the server: what of it the client has published itself, and retained ones by topic.
  void receive(const wire::Publish& publish, std::string_view topic) const {
    const std::uint32_t topic_content = content_of(base::as_bytes(topic));
    if (publish.retain && state.retained.size() < most_retained) state.retained.push_back(topic_content);
    const std::uint32_t payload = state.published.empty() ? 0 : content_of(publish.payload);
    for (Published& one : state.published) {
      if (one.topic != topic_content || one.payload != payload || one.returned) continue;
      one.returned = true;
      break;
    }
  }

  void operator()(const wire::Acknowledgement& acknowledgement) const {
    const bool releases = acknowledgement.type == wire::PacketType::pubrel;
    Exchange& out = releases ? from().out : to().out;
    Exchange::Entry* entry = out.find(acknowledgement.packet_identifier);
    if (entry != nullptr) out.pass(*entry);
    switch (acknowledgement.type) {
      case wire::PacketType::pubrec:
        return received(out, entry, acknowledgement);
      case wire::PacketType::pubrel:
        if (entry == nullptr) out.open(acknowledgement.packet_identifier, Stage::pubcomp, now);
        if (entry != nullptr && (entry->inherited || entry->stage == Stage::pubcomp)) out.resend(*entry, now);
        if (entry != nullptr) out.move(*entry, Stage::pubcomp, now);
        return;
      default:
        if (entry != nullptr) out.close(*entry, wire::failed(acknowledgement.reason_code));
    }
  }

  void received(Exchange& out, Exchange::Entry* entry, const wire::Acknowledgement& pubrec) const {
    const bool refused = wire::failed(pubrec.reason_code);
    if (entry == nullptr) {
      // PUBREL will answer it, whatever it was for.
      if (!refused) out.open(pubrec.packet_identifier, Stage::pubrel, now);
    } else if (refused || entry->stage == Stage::puback) {
      out.close(*entry, refused);
    } else if (entry->stage == Stage::pubrec) {
      out.move(*entry, Stage::pubrel, now);
    } else if (entry->resends == 0) {
      entry->resends = 1;  // PUBREL will answer it again
    }
  }

  void ask(std::uint16_t packet_identifier, wire::PacketType type, std::uint32_t entries) const {
    const auto same = [&](const Request& one) { return one.packet_identifier == packet_identifier; };
    std::erase_if(state.requests, same);
    if (state.requests.size() == most_requests) {
      state.requests_overflowed = true;
      return;
    }
    state.requests.push_back({packet_identifier, type, entries, now});
  }

  bool answer(std::uint16_t packet_identifier, wire::PacketType type) const {
    return std::erase_if(state.requests, [&](const Request& one) {
             return one.packet_identifier == packet_identifier && one.type == type;
           }) != 0;
  }

  void operator()(const wire::Subscribe& subscribe) const {
    state.subscriptions.subscribe(subscribe);
    state.retained.clear();
    std::uint32_t entries = 0;
    for (const wire::Subscription& one : subscribe.subscriptions) entries += one.topic_filter.empty() ? 0 : 1;
    ask(subscribe.packet_identifier, wire::PacketType::subscribe, entries);
  }

  void operator()(const wire::Suback& suback) const {
    if (!answer(suback.packet_identifier, wire::PacketType::subscribe)) return;
    state.subscriptions.suback(suback.packet_identifier, suback.reason_codes);
  }

  void operator()(const wire::Unsubscribe& unsubscribe) const {
    state.subscriptions.unsubscribe(unsubscribe);
    std::uint32_t entries = 0;
    for (const std::string_view topic_filter : unsubscribe.topic_filters) entries += topic_filter.empty() ? 0 : 1;
    ask(unsubscribe.packet_identifier, wire::PacketType::unsubscribe, entries);
  }

  void operator()(const wire::Unsuback& unsuback) const {
    if (!answer(unsuback.packet_identifier, wire::PacketType::unsubscribe)) return;
    state.subscriptions.unsuback(unsuback.packet_identifier, unsuback.reason_codes);
  }

  void operator()(const wire::Pingreq&) const {
    if (state.pings++ == 0) state.ping_since = now;
  }
  void operator()(const wire::Pingresp&) const {
    if (state.pings == 0) return;
    --state.pings;
    state.ping_since = now;
  }

  void operator()(const wire::Disconnect& disconnect) const {
    from().disconnected = true;
    if (state.will && sender == Sender::client && disconnect.reason_code == wire::ReasonCode::success) {
      state.wills->discard(*std::exchange(state.will, std::nullopt));
    }
    const bool failed = wire::failed(disconnect.reason_code);
    const Clause clause = failed ? Clause::failure_not_closed : Clause::disconnect_not_closed;
    expect_close(state, clause, sender, now);
    if (const auto expiry = disconnect.properties.find(PropertyId::session_expiry_interval)) {
      if (state.connected) state.connected->session_expiry_interval = expiry->number;
    }
  }

  void operator()(const wire::Auth&) const {}
};

}  // namespace

void release_will(State& state) {
  if (state.will) state.wills->release(*std::exchange(state.will, std::nullopt));
}

void apply(State& state, Sender sender, std::int64_t now, const wire::Packet& packet, Verdict verdict) {
  Side& side = state.side(sender);
  const bool first = !side.spoke;
  side.spoke = true;
  side.last = now;
  const bool connect = std::holds_alternative<wire::Connect>(packet);
  if (first && sender == Sender::client && !connect && state.whole) {
    expect_close(state, Clause::violation_not_closed, Sender::server, now);
  }
  std::visit(Step{state, sender, now, verdict}, packet);
}

}  // namespace session::lint
