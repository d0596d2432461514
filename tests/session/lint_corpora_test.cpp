// Lint on what other programs said to each other (../shared/corpora): nothing is found where nothing is wrong.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <simdjson.h>

#include "session/hex.h"
#include "session/lint_script.h"

namespace {

using simdjson::dom::element;
using wire::Sender;
using wire::Version;

const std::filesystem::path corpora = SOURCE_DIR "/../shared/corpora";
using Lines = std::vector<std::string>;

std::string text(element object, std::string_view key) {
  std::string_view value;
  return object[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

/// A Lint and what it said, each finding behind a name of the connection.
struct Follower {
  std::string name;
  Version version;
  session::Lint lint;
  session::Findings findings{};

  Follower(std::string of, Version is, bool from_beginning)
      : name(std::move(of)), version(is), lint(from_beginning, is) {}

  void hand(Sender sender, std::int64_t time, base::Bytes bytes) {
    while (!bytes.empty()) {
      const wire::Split split = wire::split(bytes, version);
      if (split.kind == wire::Split::Kind::incomplete) return;
      if (split.kind == wire::Split::Kind::fault) return lint.handle_fault(sender, time, findings);
      const auto packet = wire::decode(split.frame, {version, sender});
      if (!packet) {
        lint.handle_fault(sender, time, findings);
      } else {
        if (const auto* connect = std::get_if<wire::Connect>(&*packet)) version = connect->version;
        lint.handle(sender, time, *packet, split.frame, findings);
      }
      bytes = bytes.subspan(split.frame.packet.size());
    }
  }

  void collect(Lines& into) const {
    for (const session::Finding& finding : findings) into.push_back(name + " " + lint_script::text(finding));
  }
};

/// The steps of a sequence, which have no times, between the CONNECT and CONNACK that it takes for granted.
Lines play_sequence(element line) {
  const auto version = static_cast<Version>(line["protocol_version"].get_int64().value());
  Follower follower(text(line, "id") + " (" + text(line, "name") + ")", version, true);
  const bool broker = text(line, "uut") == "broker";
  const auto say = [&](const std::string& packet) {
    std::istringstream stream(packet);
    const lint_script::Words words{std::istream_iterator<std::string>(stream), {}};
    follower.hand(words[0] == "C" ? Sender::client : Sender::server, session::Lint::no_time,
                  lint_script::encode(words, version));
  };
  if (!broker || line["default_connect"].get_bool().value()) {
    say("C connect topic_alias_maximum=10 receive_maximum=20");
  }
  if (line["default_connack"].get_bool().value()) say("S connack topic_alias_maximum=65535 receive_maximum=20");
  const simdjson::dom::array steps = line["steps"].get_array().value();
  for (const element step : steps) {
    const Sender sender = text(step, "direction") == "c2s" ? Sender::client : Sender::server;
    follower.hand(sender, session::Lint::no_time, bytes(text(step, "hex")));
  }
  Lines found;
  follower.collect(found);
  return found;
}

/// The packets of one capture by stream, with their times.
Lines play_capture(const std::filesystem::path& file) {
  std::map<std::int64_t, std::vector<element>> streams;
  simdjson::dom::parser parser;
  simdjson::padded_string content = simdjson::padded_string::load(file.string()).value();
  std::map<std::int64_t, Follower> followers;
  simdjson::dom::document_stream lines = parser.parse_many(content);
  for (const element line : lines) {
    std::int64_t stream = 0;
    if (line["stream"].get(stream) != simdjson::SUCCESS) continue;
    const auto version = static_cast<Version>(line["protocol_version"].get_int64().value());
    const std::vector<std::uint8_t> packet = bytes(text(line, "hex"));
    const Sender sender = text(line, "direction") == "c2s" ? Sender::client : Sender::server;
    const bool begins = !packet.empty() && packet[0] == 0x10;
    const std::string name = file.stem().stem().string() + "/" + std::to_string(stream);
    auto& follower = followers.try_emplace(stream, name, version, begins).first->second;
    follower.hand(sender, static_cast<std::int64_t>(1e9 * std::stod(text(line, "time"))), packet);
  }
  Lines found;
  for (const auto& [stream, follower] : followers) follower.collect(found);
  return found;
}

/// How often a corpus breaks a rule on purpose or by what it leaves out.
using Counts = std::map<std::pair<std::string, std::string>, std::size_t>;

const Counts known = {
    // Tests named "unsolicited" and of properties: an acknowledgement alone, to see whether it is survived.
    {{"mosq-broker", "acknowledgement_of_nothing"}, 34},
    {{"mosq-lib", "acknowledgement_of_nothing"}, 9},
    {{"mosq-lib", "suback_of_nothing"}, 5},
    {{"mosq-lib", "pingresp_of_nothing"}, 2},
    // The client under test is sent messages without having subscribed, some with a Subscription Identifier.
    {{"mosq-lib", "publish_not_subscribed"}, 23},
    {{"mosq-lib", "subscription_identifier_unknown"}, 4},
    // CONNACK with each property that there is, asked for or not.
    {{"mosq-lib", "response_information_unrequested"}, 1},
    {{"mosq-lib", "server_authentication_unrequested"}, 1},
};

/// "mosq-lib" of "mosq-lib-PUBREC-0-2 (50) ! clause by …", and the clause.
std::pair<std::string, std::string> key_of(const std::string& line) {
  const std::size_t mark = line.rfind(" by ", line.find('@'));
  const std::size_t start = line.rfind(' ', mark - 1) + 1;
  const std::size_t second = line.find('-', line.find('-') + 1);
  return {line.substr(0, second), line.substr(start, mark - start)};
}

}  // namespace

TEST_CASE("lint finds in recorded exchanges and captures what is known to be wrong with them, and nothing else") {
  if (!std::filesystem::exists(corpora)) {
    std::cout << "skipped: no corpora\n";
    return;
  }
  Lines found;
  std::size_t clean = 0;
  const auto add = [&](const Lines& lines) {
    clean += lines.empty();
    found.insert(found.end(), lines.begin(), lines.end());
  };
  simdjson::dom::parser parser;
  std::ifstream sequences(corpora / "mosquitto/sequences.jsonl");
  for (std::string line; std::getline(sequences, line);) {
    const element sequence = parser.parse(line).value();
    if (!sequence["expect_disconnect"].get_bool().value()) add(play_sequence(sequence));
  }
  std::vector<std::filesystem::path> captures;
  for (const auto& entry : std::filesystem::directory_iterator(corpora / "pcap")) {
    if (entry.path().string().ends_with(".expected.jsonl")) captures.push_back(entry.path());
  }
  std::sort(captures.begin(), captures.end());
  for (const auto& capture : captures) add(play_capture(capture));
  Counts counts;
  for (const std::string& line : found) ++counts[key_of(line)];
  CAPTURE(found);
  CHECK(counts == known);
  std::cout << clean << " exchanges and captures without a finding\n";
}
