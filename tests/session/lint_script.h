// Connections as text: packets in a line each, time between them, and what lint should say (tests/vectors/lint.txt).
#pragma once

#include <charconv>
#include <map>
#include <memory>
#include <sstream>

#include "base/format.h"
#include "catch.h"
#include "session/lint.h"
#include "wire/encode.h"

namespace lint_script {

using wire::PropertyId;
using wire::Sender;
using wire::Version;
using Words = std::vector<std::string>;

inline std::uint32_t number(std::string_view text) {
  const bool is_hex = text.starts_with("0x");
  std::uint32_t value = 0;
  const auto read = std::from_chars(text.data() + (is_hex ? 2 : 0), text.data() + text.size(), value, is_hex ? 16 : 10);
  INFO(text);
  REQUIRE(read.ec == std::errc());
  return value;
}

/// The words behind the packet type: `name=value`, `#identifier`, `q1`, flags, and the rest in order.
struct Arguments {
  std::map<std::string, std::string> values;
  Words rest;
  wire::Properties properties;

  explicit Arguments(const Words& words) {
    for (std::size_t i = 2; i < words.size(); ++i) read(words[i]);
  }
  bool has(const std::string& name) const { return values.contains(name); }
  std::uint32_t value(const std::string& name, std::uint32_t otherwise) const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : number(found->second);
  }
  std::string_view word(std::size_t at) const {
    if (at >= rest.size() || rest[at] == "-") return {};
    return rest[at];
  }
  wire::ReasonCode code() const { return static_cast<wire::ReasonCode>(value("code", 0)); }
  std::uint16_t identifier() const { return static_cast<std::uint16_t>(value("#", 0)); }

 private:
  void read(const std::string& word) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (word[0] == '#' && word.size() > 1 && word[1] <= '9') {
      values["#"] = word.substr(1);
    } else if (equals == word.npos && (word == "dup" || word == "retain" || word == "present")) {
      values[word] = "1";
    } else if (word.size() == 2 && word[0] == 'q') {
      values["q"] = word.substr(1);
    } else if (equals == word.npos) {
      rest.push_back(word);
    } else if (const wire::PropertyRow* row = wire::find_property(name)) {
      add(*row, word.substr(equals + 1));
    } else {
      values[name] = word.substr(equals + 1);
    }
  }

  void add(const wire::PropertyRow& row, const std::string& text) {
    if (row.type == wire::PropertyType::utf8_string_pair) {
      const std::size_t colon = text.find(':');
      REQUIRE(properties.add_user_property(text.substr(0, colon), text.substr(colon + 1)));
    } else if (row.type == wire::PropertyType::utf8_string || row.type == wire::PropertyType::binary_data) {
      REQUIRE(properties.add(row.id, std::string_view(text)));
    } else {
      REQUIRE(properties.add(row.id, number(text)));
    }
  }
};

inline wire::Packet connect(const Arguments& arguments, Version version) {
  wire::Connect packet{.version = version, .properties = arguments.properties.view()};
  const auto name = arguments.values.find("id");
  packet.client_identifier = name == arguments.values.end() ? std::string_view("c") : name->second;
  packet.clean_start = arguments.value("clean", 1) != 0;
  packet.keep_alive = static_cast<std::uint16_t>(arguments.value("keep_alive", 0));
  if (arguments.has("will")) {
    packet.will = wire::Will{.topic = "w", .payload = {}, .retain = arguments.has("retain")};
    packet.will->qos = static_cast<std::uint8_t>(arguments.value("will", 0));
  }
  return packet;
}

inline wire::Packet publish(const Arguments& arguments) {
  wire::Publish packet{.topic = arguments.word(0), .payload = base::as_bytes(arguments.word(1))};
  packet.properties = arguments.properties.view();
  packet.packet_identifier = arguments.identifier();
  packet.qos = static_cast<std::uint8_t>(arguments.value("q", 0));
  packet.retain = arguments.has("retain");
  packet.dup = arguments.has("dup");
  return packet;
}

/// "filter:qos:nl:rap:rh2"
inline wire::Subscription subscription(const std::string& word) {
  std::istringstream parts(word);
  std::string part;
  std::getline(parts, part, ':');
  wire::Subscription one{.topic_filter = std::string_view(word).substr(0, part.size())};
  while (std::getline(parts, part, ':')) {
    if (part == "nl") one.no_local = true;
    if (part == "rap") one.retain_as_published = true;
    if (part.starts_with("rh")) one.retain_handling = static_cast<wire::RetainHandling>(part[2] - '0');
    if (part.size() == 1) one.qos = static_cast<std::uint8_t>(part[0] - '0');
  }
  return one;
}

/// The bytes of the packet that `words` describe: sender, type and arguments.
inline std::vector<std::uint8_t> encode(const Words& words, Version version) {
  const Arguments arguments(words);
  const wire::PropertiesView properties = arguments.properties.view();
  const std::uint16_t identifier = arguments.identifier();
  wire::Subscriptions subscriptions;
  wire::TopicFilters topic_filters;
  std::vector<std::uint8_t> codes;
  const std::string& type = words[1];
  const auto packet = [&]() -> wire::Packet {
    using wire::PacketType;
    if (type == "connect") return connect(arguments, version);
    if (type == "connack") return wire::Connack{arguments.has("present"), arguments.code(), properties};
    if (type == "publish") return publish(arguments);
    if (type == "subscribe") {
      for (const std::string& word : arguments.rest) subscriptions.add(subscription(word));
      return wire::Subscribe{identifier, subscriptions.view(), properties};
    }
    if (type == "unsubscribe") {
      for (const std::string& word : arguments.rest) topic_filters.add(word);
      return wire::Unsubscribe{identifier, topic_filters.view(), properties};
    }
    for (const std::string& word : arguments.rest) codes.push_back(static_cast<std::uint8_t>(number(word)));
    if (type == "suback") return wire::Suback{identifier, codes, properties};
    if (type == "unsuback") return wire::Unsuback{identifier, codes, properties};
    if (type == "pingreq") return wire::Pingreq{};
    if (type == "pingresp") return wire::Pingresp{};
    if (type == "disconnect") return wire::Disconnect{arguments.code(), properties};
    if (type == "auth") return wire::Auth{arguments.code(), properties};
    const std::map<std::string, PacketType> acknowledgements = {{"puback", PacketType::puback},
                                                                {"pubrec", PacketType::pubrec},
                                                                {"pubrel", PacketType::pubrel},
                                                                {"pubcomp", PacketType::pubcomp}};
    INFO(type);
    REQUIRE(acknowledgements.contains(type));
    return wire::Acknowledgement{acknowledgements.at(type), identifier, arguments.code(), properties};
  }();
  base::Buffer buffer;
  REQUIRE(wire::append(buffer, packet, version));
  return {buffer.view().begin(), buffer.view().end()};
}

inline std::string name(Sender sender) { return sender == Sender::client ? "client" : "server"; }

/// "! clause by client @0: detail", with "?" for a note.
inline std::string text(const session::Finding& finding) {
  const bool violation = finding.level == session::Finding::Level::violation;
  std::string line = base::format("{} {} by {} @{}", violation ? '!' : '?', wire::row(finding.clause).name,
                                  name(finding.by), finding.offset);
  if (!finding.detail.empty()) line += ": " + finding.detail;
  return line;
}

/// Plays lines to a Lint and gives them back with its findings behind each.
class Player {
 public:
  Player(Version version, bool from_beginning)
      : version_(version), lint_(std::make_unique<session::Lint>(from_beginning, version, &wills_)) {}

  /// Decodes and hands over a packet; a broken one is a fault.
  void packet(Sender sender, base::Bytes bytes, session::Findings& findings) {
    const wire::Split split = wire::split(bytes, version_);
    REQUIRE(split.kind == wire::Split::Kind::frame);
    const auto decoded = wire::decode(split.frame, {version_, sender});
    if (!decoded) {
      INFO(wire::row(decoded.error().clause).name);
      FAIL("not a whole packet");
    }
    lint_->handle(sender, time(), *decoded, split.frame, findings);
  }

  std::string play(const std::string& line) {
    std::istringstream stream(line);
    const Words words{std::istream_iterator<std::string>(stream), {}};
    session::Findings findings;
    const std::string& first = words[0];
    if (first[0] == '+') {
      now_ += static_cast<std::int64_t>(1e9 * std::stod(first.substr(1)));
    } else if (first == "timeless") {
      timeless_ = true;
    } else if (first == "gap") {
      lint_->handle_gap();
    } else if (first == "takeover") {
      lint_->handle_takeover(time());
    } else if (first == "next") {
      auto next = std::make_unique<session::Lint>(true, version_, &wills_);
      next->resume(std::move(*lint_));
      lint_ = std::move(next);
    } else if (first == "end") {
      const std::map<std::string, session::LintEnding> endings = {{"closed", session::LintEnding::closed},
                                                                  {"reset", session::LintEnding::reset},
                                                                  {"open", session::LintEnding::open},
                                                                  {"unknown", session::LintEnding::unknown}};
      lint_->handle_closed(endings.at(words.at(1)), time(), findings);
    } else {
      const Sender sender = first == "C" ? Sender::client : Sender::server;
      if (words.at(1) == "fault") {
        lint_->handle_fault(sender, time(), findings);
      } else {
        packet(sender, encode(words, version_), findings);
      }
    }
    std::string result = line + "\n";
    for (const session::Finding& finding : findings) result += text(finding) + "\n";
    return result;
  }

 private:
  std::int64_t time() const { return timeless_ ? session::Lint::no_time : now_; }

  Version version_;
  session::LintWills wills_;
  bool timeless_ = false;
  std::int64_t now_ = 1'700'000'000'000'000'000;
  std::unique_ptr<session::Lint> lint_;
};

}  // namespace lint_script
