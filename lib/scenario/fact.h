// The table of facts about a broker: a row each, with the probe that finds it out.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "scenario/stage.h"

namespace scenario {

/// What was found. Text is of the broker, unescaped.
struct Finding {
  std::optional<double> value;  ///< none: it is not known, and `remark` says why; of text: whether there is any
  std::string text;             ///< in place of the number, where not empty
  std::string remark;           ///< how it was found, or what was odd
};

/// By the names of facts.
class Findings {
 public:
  void flag(std::string_view fact, bool value, std::string remark = {});
  /// `text` where the number alone would not tell.
  void number(std::string_view fact, double value, std::string remark = {}, std::string text = {});
  void text(std::string_view fact, std::string text, std::string remark = {});
  void unknown(std::string_view fact, std::string reason);

  /// Nothing where it was not looked for.
  const Finding* find(std::string_view fact) const noexcept;

 private:
  std::map<std::string, Finding, std::less<>> found_;
};

/// What a fact's value is.
enum class Measure : std::uint8_t { flag, number, bytes, seconds, text };

/// What a probe cannot do without; a bit each.
enum Lack : unsigned {
  lack_v5 = 1,
  lack_tls = 2,
  lack_websocket = 4,
};

struct Fact {
  using Probe = Task<> (*)(Stage& stage, Findings& out);

  std::string_view name;
  std::string_view question;
  std::string_view clause;  ///< "MQTT-3.2.2-9", "section 3.2.2.3.4" of 5.0, or empty: none is about it
  std::string_view found_by;
  Measure measure;
  /// One that several facts share is played once. None: what the beginning tells, which versions the broker takes.
  Probe probe = nullptr;
  unsigned needs = 0;
  bool alone = false;  ///< others would disturb it: played after them
};

std::span<const Fact> facts() noexcept;
const Fact* find_fact(std::string_view name) noexcept;
/// Why it cannot be looked for here; empty: it can.
std::string lacking(unsigned needs, const Settings& settings, wire::Version version);
std::string_view fact_of(wire::Version version) noexcept;

/// Connects, and learns what is needed to go on; leaves what it could not do in the stage's obstacle.
Task<> greet(Stage& stage, Findings& out);

// The probes, in their files.

Task<> announcements(Stage& stage, Findings& out);
Task<> keep_alive_limit(Stage& stage, Findings& out);
Task<> session_expiry(Stage& stage, Findings& out);
Task<> quality(Stage& stage, Findings& out);
Task<> retaining(Stage& stage, Findings& out);
Task<> wildcards(Stage& stage, Findings& out);
Task<> sharing(Stage& stage, Findings& out);
Task<> subscription_identifiers(Stage& stage, Findings& out);
Task<> dollar_topics(Stage& stage, Findings& out);
Task<> broker_topics(Stage& stage, Findings& out);
Task<> topic_alias(Stage& stage, Findings& out);

Task<> payload(Stage& stage, Findings& out);
Task<> topic_length(Stage& stage, Findings& out);
Task<> topic_levels(Stage& stage, Findings& out);
Task<> identifier_length(Stage& stage, Findings& out);
Task<> no_identifier(Stage& stage, Findings& out);
Task<> sessions(Stage& stage, Findings& out);

Task<> anonymous(Stage& stage, Findings& out);
Task<> authentication(Stage& stage, Findings& out);
Task<> certificate(Stage& stage, Findings& out);
Task<> subprotocol(Stage& stage, Findings& out);
Task<> obsolete_tls(Stage& stage, Findings& out);
Task<> current_tls(Stage& stage, Findings& out);
Task<> round_trips(Stage& stage, Findings& out);

}  // namespace scenario
