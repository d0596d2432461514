// Packets that other programs' tests send, with what a strict decoder makes of them (../shared/corpora).
#include <filesystem>
#include <iostream>
#include <map>
#include <set>
#include <simdjson.h>

#include "wire/bytes.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/mqtt_packet_fields.h"

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
    case wire::PacketType::connect:
      return version == wire::Version::v3_1;
    case wire::PacketType::puback:
    case wire::PacketType::pubrec:
    case wire::PacketType::pubrel:
    case wire::PacketType::pubcomp:
    case wire::PacketType::disconnect:
    case wire::PacketType::auth:
      return version == wire::Version::v5_0;
    default:
      return false;
  }
}

/// Fields that the packet does not have but the library sets, and those that follow from others.
bool is_filler(const std::string& name, const std::string& kind) {
  static const std::set<std::string> always = {"length", "protocolId"};
  static const std::set<std::string> unless_publish = {"topic", "payload", "qos", "retain", "dup"};
  return always.contains(name) || (kind != "publish" && unless_publish.contains(name));
}

/// A list of scalars among the properties is one field, as in `FieldsOf`.
std::string joined(const simdjson::dom::array& list) {
  std::string text;
  for (const element one : list) text += (text.empty() ? "" : ",") + text_of(one);
  return text;
}

void flatten(const element& value, const std::string& name, Fields& fields) {
  std::string_view hex;
  if (value.is_array() && name.find("roperties.") != name.npos) {
    fields[name] = joined(value);
  } else if (value.is_array()) {
    std::size_t count = 0;
    for (const element one : simdjson::dom::array(value)) flatten(one, name + "." + std::to_string(count++), fields);
  } else if (value.is_object() && value["$hex"].get(hex) == simdjson::SUCCESS) {
    fields[name] = "$" + std::string(hex);
  } else if (value.is_object()) {
    for (const auto member : simdjson::dom::object(value)) {
      flatten(member.value, (name.empty() ? "" : name + ".") + std::string(member.key), fields);
    }
  } else {
    fields[name] = text_of(value);
  }
}

Fields expected_fields(const element& packet) {
  Fields fields;
  flatten(packet, "", fields);
  const std::string kind = fields["cmd"];
  std::erase_if(fields, [&kind](const auto& field) { return is_filler(field.first, kind); });
  return fields;
}

/// The corpus does not say who sends: PUBLISH with Subscription Identifiers and AUTH with success come from servers.
wire::Sender sender_of(const wire::Split& split) {
  return split.frame.type() == wire::PacketType::disconnect ? wire::Sender::client : wire::Sender::server;
}

bool all_accepted(base::Bytes stream, wire::Version version) {
  while (!stream.empty()) {
    const wire::Split split = split_slowly(stream, version);
    const bool framed = split.kind == wire::Split::Kind::frame;
    if (!framed || outcome(split, {version, sender_of(split)}) != "accepted") return false;
    stream = stream.subspan(split.frame.packet.size());
  }
  return true;
}

/// 3.1 lets the user name be missing though its flag is set; the corpus judges this packet by later versions.
constexpr std::string_view user_name_missing_in_3_1 =
    "102000064d514973647003f6001e0005746f70696300077061796c6f616400020000";

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

TEST_CASE("mqtt-packet's vectors decode to its fields, where the standard is of its opinion") {
  std::size_t compared = 0;
  std::size_t refused = 0;
  const bool here = for_each_line("mqtt-packet/vectors.jsonl", [&](const element& line) {
    if (text_of(line["op"]) != "parse" || line["hex"].is_null()) return;  // one payload of 256 MiB has no hex
    const std::string hex = text_of(line["hex"]);
    INFO(text_of(line["name"]) << " " << hex);
    const auto version = static_cast<wire::Version>(std::int64_t(line["protocolVersion"]));
    const auto stream = bytes(hex);
    const bool valid = bool(line["spec"]["ok"]) || hex == user_name_missing_in_3_1;
    CHECK(all_accepted(stream, version) == valid);
    refused += valid ? 0 : 1;
    if (!valid || hex == user_name_missing_in_3_1) return;
    const wire::Split split = split_slowly(stream, version);
    const wire::Context context{version, sender_of(split)};
    const element expected = simdjson::dom::array(line["fields"]).at(0);
    CHECK(FieldsOf(version).of(*wire::decode(split.frame, context)) == expected_fields(expected));
    ++compared;
  });
  if (!here) return;
  CHECK(compared > 30);
  CHECK(refused > 40);
}
