// mosquitto's own broker tests, replayed: what a client sends and what must come back.
#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <map>

#include "catch.h"
#include "json.h"
#include "world.h"

using namespace test;

namespace {

std::string hex(base::Bytes bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

std::vector<std::uint8_t> unhex(std::string_view text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

/// The packets that stand in `bytes`, in a stable order: what is due at the same time may come in any.
std::vector<std::string> packets(base::Bytes bytes) {
  std::vector<std::string> found;
  while (!bytes.empty()) {
    const auto front = wire::split(bytes, Version::v3_1_1);
    const bool whole = front.kind == wire::Split::Kind::frame;
    const std::size_t size = whole ? front.frame.packet.size() : bytes.size();
    found.push_back(hex(bytes.first(size)));
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
  return fmt::format("{}{}", fmt::join(outcome.packets, " "), outcome.closed ? " closed" : "");
}

Outcome wanted(const Json& sequence) {
  std::vector<std::uint8_t> bytes;
  for (const Json& step : sequence["steps"].elements) {
    if (step["action"].text != "recv") continue;
    const auto more = unhex(step["hex"].text);
    bytes.insert(bytes.end(), more.begin(), more.end());
  }
  return {packets(bytes), sequence["expect_disconnect"].is_true()};
}

Outcome replay(const Json& sequence) {
  World world;
  const auto version = static_cast<Version>(std::stoi(sequence["protocol_version"].text));
  Peer client(world);
  Peer helper(world, "helper", Version::v3_1_1);
  if (sequence["default_connect"].is_true()) {
    client.send(wire::Connect{.version = version, .keep_alive = 60, .client_identifier = "client"});
    client.take_bytes().clear();
  }
  for (const Json& step : sequence["steps"].elements) {
    if (step["action"].text == "send") client.send_bytes(unhex(step["hex"].text));
    if (step["action"].text != "external_publish") continue;
    const int qos = std::stoi(step["qos"].text);
    helper.publish(step["topic"].text, step["payload"].text, static_cast<std::uint8_t>(qos), qos == 0 ? 0 : 1);
    helper.acknowledge(wire::PacketType::pubrel, 1);
  }
  return {packets(client.take_bytes().view()), client.link.ended};
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
    const Json sequence = JsonReader(line).read();
    if (sequence["uut"].text != "broker") continue;
    const Outcome want = wanted(sequence);
    const Outcome got = replay(sequence);
    ++counts[want == got ? "same" : "different"];
    if (want == got) continue;
    fmt::print("{} v{} {} | want {} | got {}\n", sequence["id"].text, sequence["protocol_version"].text,
               sequence["name"].text, describe(want), describe(got));
  }
  for (const auto& [why, count] : counts) fmt::print("{}: {}\n", why, count);
  CHECK(counts["same"] > 1000);
}
