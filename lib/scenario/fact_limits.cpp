// Probes of limits: stated by CONNACK, or found by trying.
#include <algorithm>
#include <array>

#include "base/format.h"
#include "scenario/fact.h"
#include "scenario/fact_steps.h"

namespace scenario {
namespace {

using wire::PropertyId;

constexpr std::uint32_t for_ever = 0xFFFF'FFFF;
constexpr std::size_t longest_string = 65'535;
constexpr std::size_t most_levels = 1'000;
constexpr std::string_view not_stated = "no limit is stated";

/// What a broker says to one size: nothing where it takes it.
struct Trial {
  std::string why;
  bool silent = false;
};
using Try = Task<Trial> (*)(Stage& stage, std::size_t size);

/// Finds the largest size up to `most` that is taken; `least` is taken to be. Silence ends the search: each further
/// step might take as long.
Task<> search(Stage& stage, Findings& out, std::string_view fact, Try attempt, std::size_t least, std::size_t most) {
  const Trial whole = co_await attempt(stage, most);
  if (whole.why.empty()) {
    out.number(fact, static_cast<double>(most));
    co_return;
  }
  std::string remark = base::format("{} for {}", whole.why, most);
  const Trial small = co_await attempt(stage, least);
  if (!small.why.empty()) co_await stage.fail(small.why);
  std::size_t taken = least, refused = most;
  for (bool silent = whole.silent; !silent && refused - taken > 1;) {
    const std::size_t middle = taken + (refused - taken) / 2;
    const Trial trial = co_await attempt(stage, middle);
    if (trial.why.empty()) {
      taken = middle;
      continue;
    }
    refused = middle;
    silent = trial.silent;
    remark = base::format("{} for {}", trial.why, middle);
  }
  out.number(fact, static_cast<double>(taken), refused - taken > 1 ? remark + "; not searched further" : remark);
}

std::string padded(std::string text, std::size_t size) {
  text.resize(std::max(size, text.size()), 'x');
  return text;
}

/// Subscribed to, published to, and delivered.
Task<Trial> try_topic(Stage& stage, const std::string& topic) {
  const Part part{.role = "client"};
  const Visit entered = co_await visit(stage, part);
  Trial trial{entered.why, entered.silent};
  if (!entered) co_return trial;
  const Grant grant = co_await subscribe(stage, *entered.peer, topic);
  trial = {grant.why, grant.silent};
  if (!grant) co_return trial;
  const wire::Publish message{.topic = topic, .payload = base::as_bytes("here")};
  const Publication published = co_await publish(stage, *entered.peer, message);
  trial = {published.why, published.silent};
  if (!published) co_return trial;
  const Answer came = co_await delivery(stage, *entered.peer);
  trial = {came.why, came.silent};
  if (came && came.packet->publish().topic != topic) trial.why = "it comes under another name";
  entered.peer->disconnect();
  co_return trial;
}

Task<Trial> try_length(Stage& stage, std::size_t size) {
  const std::string topic = padded(stage.base_topic() + "/", size);
  co_return co_await try_topic(stage, topic);
}

Task<Trial> try_levels(Stage& stage, std::size_t levels) {
  std::string topic = stage.base_topic();
  for (auto have = 1 + static_cast<std::size_t>(std::count(topic.begin(), topic.end(), '/')); have < levels; ++have) {
    topic += "/l";
  }
  co_return co_await try_topic(stage, topic);
}

Task<Trial> try_identifier(Stage& stage, std::size_t size) {
  Part part{.role = "client"};
  part.client_identifier = padded(stage.new_client_identifier(), size);
  const Visit entered = co_await visit(stage, part);
  const Trial trial{entered.why, entered.silent};
  if (entered) entered.peer->disconnect();
  co_return trial;
}

}  // namespace

Task<> topic_length(Stage& stage, Findings& out) {
  const std::size_t least = stage.base_topic().size() + 1;
  return search(stage, out, "topic_length", try_length, least, longest_string);
}

Task<> topic_levels(Stage& stage, Findings& out) {
  const std::string& topic = stage.base_topic();
  const auto least = 1 + static_cast<std::size_t>(std::count(topic.begin(), topic.end(), '/'));
  return search(stage, out, "topic_levels", try_levels, least, most_levels);
}

Task<> identifier_length(Stage& stage, Findings& out) {
  constexpr std::size_t promised = 23;  // [MQTT-3.1.3-5]
  const std::size_t most = stage.version() == wire::Version::v3_1 ? promised : longest_string;
  return search(stage, out, "client_identifier_length", try_identifier, promised, most);
}

Task<> payload(Stage& stage, Findings& out) {
  constexpr std::size_t smallest = 1024, step = 4;
  const Part part{.role = "client"};
  const Visit entered = co_await enter(stage, part);
  const std::string topic = stage.base_topic() + "/payload";
  co_await subscribed(stage, *entered.peer, topic);
  const std::size_t stated = entered.properties().number(PropertyId::maximum_packet_size, 0);
  const std::size_t header = topic.size() + 10;  // with the fixed header and no properties
  std::size_t most = stage.settings().largest_payload;
  if (stated > header) most = std::min(most, stated - header);
  std::size_t came_back = 0;
  std::string remark = most < stage.settings().largest_payload ? "as large as stated" : "none larger was tried";
  for (std::size_t size = std::min(smallest, most);; size = std::min(size * step, most)) {
    const std::vector<std::uint8_t> bytes(size, 0x2A);
    const wire::Publish message{.topic = topic, .payload = bytes};
    entered.peer->send(message);
    const Answer came = co_await delivery(stage, *entered.peer);
    if (!came || came.packet->publish().payload.size() != size) {
      remark = base::format("of {} bytes: {}", size, came ? std::string("it comes with another size") : came.why);
      break;
    }
    came_back = size;
    if (size == most) break;
  }
  out.number("payload", static_cast<double>(came_back), remark);
}

Task<> announcements(Stage& stage, Findings& out) {
  wire::Properties asking;
  asking.add(PropertyId::request_response_information, 1);
  const Part part{.role = "client", .properties = asking.view()};
  const Visit entered = co_await enter(stage, part);
  const auto properties = entered.properties();
  const auto limit = [&](std::string_view fact, PropertyId property, std::uint32_t otherwise) {
    const auto stated = properties.find(property);
    out.number(fact, stated ? stated->number : otherwise, std::string(stated ? std::string_view() : not_stated));
  };
  limit("maximum_packet_size", PropertyId::maximum_packet_size, wire::largest_packet);
  limit("receive_maximum", PropertyId::receive_maximum, 65'535);
  const std::string response(properties.text(PropertyId::response_information));
  out.flag("response_information", !response.empty(), response);
}

Task<> keep_alive_limit(Stage& stage, Findings& out) {
  constexpr std::uint16_t longest = 65'535;
  const Part part{.role = "client", .keep_alive = longest};
  const Visit entered = co_await enter(stage, part);
  const auto stated = entered.peer->server_keep_alive();
  out.number("server_keep_alive", stated.value_or(longest), stated ? "" : "as the client asks");
}

Task<> session_expiry(Stage& stage, Findings& out) {
  const Part part{.role = "client", .session_expiry = for_ever};
  const Visit entered = co_await enter(stage, part);
  const auto granted = entered.properties().number(PropertyId::session_expiry_interval, for_ever);
  out.number("session_expiry", granted, {}, granted == for_ever ? "for ever" : "");
}

}  // namespace scenario
