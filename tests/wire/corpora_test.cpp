// Packets that other programs' tests send, with what a strict decoder makes of them (../shared/corpora).
#include <simdjson.h>

#include <filesystem>
#include <iostream>
#include <map>

#include "wire/bytes.h"
#include "wire/decode.h"
#include "wire/encode.h"

namespace {

using simdjson::dom::element;

const std::string corpora = SOURCE_DIR "/../shared/corpora/";

std::string text_of(const element& value) {
  if (value.is_string()) return std::string(std::string_view(value));
  return simdjson::minify(value);
}

/// Calls `each` for every line; false where the corpus is not here.
template <class Each>
bool for_each_line(const std::string& name, Each each) {
  if (!std::filesystem::exists(corpora + name)) {
    std::cout << "skipped: " << name << " is not here\n";
    return false;
  }
  simdjson::dom::parser parser;
  simdjson::dom::document_stream lines = parser.load_many(corpora + name);
  for (const element line : lines) each(line);
  return true;
}

std::vector<std::uint8_t> encoded(const wire::Packet& packet, wire::Version version) {
  base::Buffer buffer;
  REQUIRE(wire::append(buffer, packet, version));
  const base::Bytes view = buffer.view();
  return {view.begin(), view.end()};
}

std::string outcome(const wire::Split& split, wire::Context context) {
  if (split.kind == wire::Split::Kind::incomplete) return "incomplete";
  if (split.kind == wire::Split::Kind::fault) return "refused";
  return wire::decode(split.frame, context) ? "accepted" : "refused";
}

std::string expected_outcome(const std::string& label) {
  static const std::map<std::string, std::string> by_class = {
      {"malformed", "refused"}, {"protocol-error", "refused"}, {"lenient", "refused"}, {"incomplete", "incomplete"}};
  const auto found = by_class.find(label);
  return found == by_class.end() ? "accepted" : found->second;
}

/// Whether other bytes may say the same: a reason code of success or a Property Length of 0 that may be left out, and
/// flags of CONNECT that 3.1 disregards.
bool has_other_forms(const wire::Split& split, wire::Version version) {
  switch (split.frame.type()) {
    case wire::PacketType::connect: return version == wire::Version::v3_1;
    case wire::PacketType::puback:
    case wire::PacketType::pubrec:
    case wire::PacketType::pubrel:
    case wire::PacketType::pubcomp:
    case wire::PacketType::disconnect:
    case wire::PacketType::auth: return version == wire::Version::v5_0;
    default: return false;
  }
}

}  // namespace

TEST_CASE("mosquitto's packets are decoded, refused and encoded again as marked") {
  std::size_t same = 0;
  std::size_t other = 0;
  const bool here = for_each_line("mosquitto/packets.jsonl", [&](const element& line) {
    const std::string hex = text_of(line["hex"]);
    INFO(text_of(line["class"]) << " " << hex << " " << text_of(line["name"]) << " " << text_of(line["spec"]["error"]));
    const auto version = static_cast<wire::Version>(std::int64_t(line["protocol_version"]));
    const bool client = text_of(line["direction"]) == "c2s";
    const wire::Context context{version, client ? wire::Sender::client : wire::Sender::server};
    const auto packet = bytes(hex);
    const wire::Split split = split_slowly(packet, version);
    const std::string result = outcome(split, context);
    CHECK(result == expected_outcome(text_of(line["class"])));
    if (result != "accepted") return;
    const auto again = encoded(*wire::decode(split.frame, context), version);
    if (again == packet) {
      ++same;
    } else {
      ++other;
      CHECK(has_other_forms(split, version));
      CHECK(again.size() <= packet.size());
    }
  });
  if (!here) return;
  CHECK(same > 1000);
  CHECK(other < same / 10);
  std::cout << "mosquitto: " << same << " packets encoded again to the same bytes, " << other << " to a shorter form\n";
}
