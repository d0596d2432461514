// Each rule has bytes that break it: tests/vectors/packets.txt, held against the decoders.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "wire/bytes.h"
#include "wire/decode.h"

namespace {

struct Vector {
  std::string line;
  std::string clause;
  wire::Context context;
  std::vector<std::uint8_t> packet;
  std::uint32_t offset = 0;
};

wire::Version version_of(const std::string& name) {
  for (const auto version : {wire::Version::v3_1, wire::Version::v3_1_1}) {
    if (wire::name(version) == name) return version;
  }
  return wire::Version::v5_0;
}

Vector read_vector(const std::string& line) {
  Vector vector;
  vector.line = line;
  std::istringstream words(line);
  std::string version;
  std::string sender;
  words >> vector.clause >> version >> sender;
  vector.context = {version_of(version), sender == "client" ? wire::Sender::client : wire::Sender::server};
  std::string rest;
  std::getline(words, rest);
  const std::size_t mark = rest.rfind('@');
  vector.packet = bytes(rest.substr(0, mark));
  vector.offset = static_cast<std::uint32_t>(std::stoul(rest.substr(mark + 1)));
  return vector;
}

std::vector<Vector> read_vectors() {
  std::vector<Vector> vectors;
  std::ifstream file(SOURCE_DIR "/tests/vectors/packets.txt");
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line[0] != '#') vectors.push_back(read_vector(line));
  }
  return vectors;
}

std::string words(std::string_view clause, std::uint32_t offset) {
  return std::string(clause) + " @" + std::to_string(offset);
}

std::string words(const wire::Fault& fault) { return words(wire::row(fault.clause).name, fault.offset); }

std::string outcome(const Vector& vector) {
  const wire::Split split = split_slowly(vector.packet, vector.context.version);
  if (split.kind == wire::Split::Kind::fault) return words(split.fault);
  if (split.kind == wire::Split::Kind::incomplete) return "incomplete";
  const auto packet = wire::decode(split.frame, vector.context);
  if (!packet) return words(packet.error());
  const auto tolerated = wire::find_tolerated(*packet, split.frame);
  return tolerated ? words(*tolerated) : "accepted";
}

/// Names of the clauses that the sources of the single-packet layer mention.
std::set<std::string> clauses_of_decoders() {
  std::set<std::string> names;
  const std::regex mention("Clause::([a-z_0-9]+)");
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/lib/wire")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file(entry.path());
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    for (auto i = std::sregex_iterator(text.begin(), text.end(), mention); i != std::sregex_iterator(); ++i) {
      names.insert((*i)[1]);
    }
  }
  names.erase("name");  // the macro of the table
  return names;
}

}  // namespace

TEST_CASE("each vector breaks the rule that it names at the byte that it names") {
  const auto vectors = read_vectors();
  REQUIRE(vectors.size() > 200);
  for (const Vector& vector : vectors) {
    INFO(vector.line);
    CHECK(outcome(vector) == words(vector.clause, vector.offset));
  }
}

TEST_CASE("each vector's rule is stated by its version") {
  for (const Vector& vector : read_vectors()) {
    INFO(vector.line);
    const auto rows = wire::clauses();
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.name == vector.clause; });
    REQUIRE(row != rows.end());
    const bool stated = vector.context.version == wire::Version::v3_1     ? !row->v3_1.empty()
                        : vector.context.version == wire::Version::v3_1_1 ? !row->v3_1_1.empty()
                                                                          : !row->v5_0.empty();
    CHECK(stated);
  }
}

TEST_CASE("each rule that a decoder names has a vector") {
  std::set<std::string> covered;
  for (const Vector& vector : read_vectors()) covered.insert(vector.clause);
  // Not broken by the bytes alone: they take a limit, or a text longer than a packet can hold.
  covered.insert({"packet_too_large", "topic_too_long"});
  std::vector<std::string> missing;
  for (const std::string& name : clauses_of_decoders()) {
    if (!covered.contains(name)) missing.push_back(name);
  }
  CHECK(missing == std::vector<std::string>());
}

TEST_CASE("what a packet may say is not named") {
  const struct {
    const char* packet;
    wire::Version version;
  } good[] = {
      {R"(30 08 00 01 "a" 02 01 01 c3 a9)", wire::Version::v5_0},
      {R"(30 06 00 01 "a" 02 01 01)", wire::Version::v5_0},
      {R"(30 07 00 01 "a" 02 01 00 ff)", wire::Version::v5_0},
      {R"(30 05 00 01 "a" 00 ff)", wire::Version::v5_0},
      {R"(30 07 00 01 "a" 02 01 01 ff)", wire::Version::v3_1_1},
      {R"(10 0c 00 04 "MQTT" 04 02 00 3c 00 00)", wire::Version::v3_1_1},
      {R"(10 0d 00 04 "MQTT" 05 00 00 3c 00 00 00)", wire::Version::v5_0},
      {R"(10 25 00 06 "MQIsdp" 03 02 00 0a 00 18 "1234567890123456789012" c3 9f)", wire::Version::v3_1},
  };
  for (const auto& one : good) {
    CAPTURE(one.packet);
    auto packet = bytes(one.packet);
    packet[1] = static_cast<std::uint8_t>(packet.size() - 2);
    const wire::Split split = wire::split(packet, one.version);
    const auto decoded = wire::decode(split.frame, {one.version, wire::Sender::client});
    REQUIRE(decoded);
    CHECK_FALSE(wire::find_tolerated(*decoded, split.frame));
  }
}
