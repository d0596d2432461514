// mosquitto's own broker tests, replayed: what a client sends and what must come back.
#include <algorithm>
#include <fstream>
#include <map>
#include <rapidjson/document.h>

#include "base/format.h"
#include "catch.h"
#include "world.h"

using namespace test;

namespace {

std::string hex(base::Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += base::format("{:02x}", byte);
  return text;
}

std::vector<std::uint8_t> unhex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

/// mosquitto's CONNACK has the same properties as ours with the same configuration, in another order.
std::string in_our_order(std::string packet) {
  return packet == "200e00000b22000a27001e8480210014" ? "200e00000b21001427001e848022000a" : packet;
}

/// The packets that stand in `bytes`, in a stable order: what is due at the same time may come in any.
std::vector<std::string> packets(base::Bytes bytes) {
  std::vector<std::string> found;
  while (!bytes.empty()) {
    const auto front = wire::split(bytes, Version::v3_1_1);
    const bool whole = front.kind == wire::Split::Kind::frame;
    const std::size_t size = whole ? front.frame.packet.size() : bytes.size();
    found.push_back(in_our_order(hex(bytes.first(size))));
    bytes = bytes.subspan(size);
  }
  std::sort(found.begin(), found.end());
  return found;
}

struct Outcome {
  std::vector<std::string> packets;
  bool closed = false;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::string describe(const Outcome& outcome) {
  std::string text;
  for (const std::string& packet : outcome.packets) text += packet + " ";
  return text + (outcome.closed ? "closed" : "");
}

Outcome wanted(const rapidjson::Value& sequence) {
  std::vector<std::uint8_t> bytes;
  for (const rapidjson::Value& step : sequence["steps"].GetArray()) {
    if (step["action"] != "recv") continue;
    const auto more = unhex(step["hex"].GetString());
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return {packets(bytes), sequence["expect_disconnect"].GetBool()};
}

/// As mosquitto's tests configure theirs: its CONNACK says so.
broker::HubOptions as_mosquitto() {
  auto options = World::quiet();
  options.server.limits.receive_maximum = 20;
  options.server.limits.maximum_packet_size = 2'000'000;
  options.server.limits.topic_alias_maximum = 10;
  return options;
}

Outcome replay(const rapidjson::Value& sequence) {
  World world(as_mosquitto());
  const auto version = static_cast<Version>(sequence["protocol_version"].GetInt());
  Peer client(world);
  Peer helper(world, "helper", Version::v3_1_1);
  if (sequence["default_connect"].GetBool()) {
    client.send(wire::Connect{.version = version, .keep_alive = 60, .client_identifier = "client"});
    client.take_bytes().clear();
  }
  for (const rapidjson::Value& step : sequence["steps"].GetArray()) {
    if (step["action"] == "send") client.send_bytes(unhex(step["hex"].GetString()));
    if (step["action"] != "external_publish") continue;
    const int qos = step["qos"].GetInt();
    helper.publish(step["topic"].GetString(), step["payload"].GetString(), static_cast<std::uint8_t>(qos),
                   qos == 0 ? 0 : 1);
    helper.acknowledge(wire::PacketType::pubrel, 1);
  }
  return {packets(client.take_bytes().view()), client.link.ended};
}

/// A refusal: CONNACK of 5.0 with a reason code above 0x7F, or DISCONNECT.
bool refuses(const std::string& packet) {
  return packet.starts_with("e001") || (packet.starts_with("20030") && packet[6] >= '8');
}

std::vector<std::string> without_refusals(std::vector<std::string> packets) {
  std::erase_if(packets, refuses);
  return packets;
}

/// Acknowledgements without their reason codes: the first four bytes with the length that leaves.
std::vector<std::string> without_codes(std::vector<std::string> packets) {
  for (std::string& packet : packets) {
    const bool acknowledgement = packet[0] >= '4' && packet[0] <= '7';
    if (acknowledgement && packet.substr(2, 2) == "03") packet = packet.substr(0, 2) + "02" + packet.substr(4, 4);
  }
  std::sort(packets.begin(), packets.end());
  return packets;
}

/// Bytes that the standard lets a receiver refuse, but need not be (1.5.3 and 1.5.4): mosquitto does, we do not.
bool has_control_character(std::string_view name) {
  for (const char* each : {"U+0001", "U+001F", "U+007F", "U+009F", "0x0001", "0x001F", "0x007F", "0x009F"}) {
    if (name.find(each) != name.npos) return true;
  }
  return false;
}

/// Where we differ on purpose, and why.
std::string reason(const rapidjson::Value& sequence, const Outcome& want, const Outcome& got) {
  static const std::map<std::string, std::string, std::less<>> alone = {
      {"mosq-broker-PUBLISH-1-15", "mosquitto counts how often a QoS 2 PUBLISH is sent again"},
  };
  if (want == got) return "same";
  if (const auto found = alone.find(std::string_view(sequence["id"].GetString())); found != alone.end())
    return found->second;
  if (!got.closed && want.closed && has_control_character(sequence["name"].GetString()))
    return "control characters are let in";
  const bool same_end = want.closed && got.closed && without_refusals(want.packets) == without_refusals(got.packets);
  if (same_end && want.packets.size() == got.packets.size()) return "another reason code where the connection ends";
  if (same_end && want.packets.size() < got.packets.size()) return "we say why before we close";
  if (want.closed == got.closed && without_codes(want.packets) == without_codes(got.packets)) {
    return "a reason code that says more than success";
  }
  return base::format("unexplained: {} {} wants {} and got {}", sequence["id"].GetString(),
                      sequence["name"].GetString(), describe(want), describe(got));
}

}  // namespace

TEST_CASE("mosquitto's broker sequences") {
  std::ifstream file(SOURCE_DIR "/../shared/corpora/mosquitto/sequences.jsonl");
  if (!file) {
    WARN("skipped: no corpora");
    return;
  }
  std::map<std::string, int> counts;
  std::string line;
  while (std::getline(file, line)) {
    rapidjson::Document sequence;
    sequence.Parse(line.c_str());
    if (sequence["uut"] == "broker") ++counts[reason(sequence, wanted(sequence), replay(sequence))];
  }
  Lines found;
  for (const auto& [why, count] : counts) found.push_back(base::format("{} {}", count, why));
  CHECK(found == Lines{"17 a reason code that says more than success",
                       "156 another reason code where the connection ends", "22 control characters are let in",
                       "1 mosquitto counts how often a QoS 2 PUBLISH is sent again", "853 same",
                       "24 we say why before we close"});
}
