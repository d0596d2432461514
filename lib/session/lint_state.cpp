// What is read off CONNECT, CONNACK and PUBLISH, and what is known of the session.
#include "session/lint_state.h"

#include <algorithm>

namespace session::lint {

using wire::PropertyId;

std::uint32_t content_of(base::Bytes bytes, std::uint32_t seed) noexcept {
  constexpr std::size_t sample = 64;
  std::uint32_t hash = seed;
  const auto add = [&hash](std::uint32_t value) { hash = (hash ^ value) * 16'777'619U; };
  add(static_cast<std::uint32_t>(bytes.size()));
  for (const std::uint8_t byte : bytes.first(std::min(sample, bytes.size()))) add(byte);
  if (bytes.size() > sample) {
    for (const std::uint8_t byte : bytes.last(std::min(sample, bytes.size() - sample))) add(byte);
  }
  return hash == 0 ? 1 : hash;
}

std::uint32_t content_of(std::string_view topic, base::Bytes payload) noexcept {
  return content_of(payload, content_of(base::as_bytes(topic)));
}

void Aliases::set(std::uint16_t alias, std::string_view topic) {
  const auto at = std::lower_bound(aliases_.begin(), aliases_.end(), alias,
                                   [](const Alias& one, std::uint16_t number) { return one.number < number; });
  const bool known = at != aliases_.end() && at->number == alias;
  const std::size_t text = text_ + topic.size() - (known ? at->topic.size() : 0);
  if (text > most_text || (!known && aliases_.size() == most)) {
    // A wrong topic would be worse than none.
    overflowed_ = true;
    if (known) {
      text_ -= at->topic.size();
      aliases_.erase(at);
    }
    return;
  }
  text_ = text;
  if (known) {
    at->topic = topic;
  } else {
    aliases_.insert(at, {alias, std::string(topic)});
  }
}

std::optional<std::string_view> Aliases::find(std::uint16_t alias) const noexcept {
  const auto at = std::lower_bound(aliases_.begin(), aliases_.end(), alias,
                                   [](const Alias& one, std::uint16_t number) { return one.number < number; });
  if (at == aliases_.end() || at->number != alias) return std::nullopt;
  return at->topic;
}

Published published(const wire::Publish& publish, std::string_view topic) {
  Published one{
      content_of(base::as_bytes(topic)), content_of(publish.payload), 0, {}, 0, 0, publish.qos, publish.retain, false};
  for (const wire::Property& property : publish.properties) {
    if (property.id == PropertyId::message_expiry_interval) one.expiry = property.number;
    if (property.id == PropertyId::user_property) {
      const std::uint32_t content = content_of(property.value, content_of(property.name));
      one.user_properties += content;
      one.user_property_order = (one.user_property_order ^ content) * 16'777'619U;
    }
    for (std::size_t i = 0; i < compared_properties.size(); ++i) {
      if (compared_properties[i] == property.id) one.properties[i] = content_of(property.value) + property.number;
    }
  }
  return one;
}

bool State::new_session() const noexcept {
  if (!connected) return false;
  if (version == wire::Version::v3_1 || !accepted) return connected->clean_start;
  return !accepted->session_present;
}

const Request* State::request(std::uint16_t packet_identifier) const noexcept {
  for (const Request& one : requests) {
    if (one.packet_identifier == packet_identifier) return &one;
  }
  return nullptr;
}

std::uint16_t State::keep_alive() const noexcept {
  if (accepted && accepted->keep_alive) return *accepted->keep_alive;
  return connected ? connected->keep_alive : std::uint16_t{0};
}

void forget(State& state) {
  state.whole = false;
  state.past.reset();
  state.client.out = {};
  state.server.out = {};
  state.requests.clear();
  state.subscriptions.clear();
  state.published.clear();
  state.pings = 0;
}

void expect_close(State& state, wire::Clause clause, wire::Sender by, std::int64_t now) {
  if (!state.closing) state.closing = Closing{clause, by, now};
}

}  // namespace session::lint
