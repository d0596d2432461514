// Which series of losses point at what, and when that is said.
#include "losses.h"

#include "catch.h"

namespace {

using cmd::Losses;
using cmd::Suspect;
using net::Ending;
using transport::Kind;
using transport::Stage;
using Unanswered = std::optional<session::Outgoing::Unanswered>;

Ending closed(bool progress = false) {
  Ending ending;
  ending.after_connack = true;
  ending.progress = progress;
  ending.lasted = std::chrono::seconds(1);
  ending.error = {Stage::read, Kind::peer_closed, {}, {}};
  return ending;
}

Ending reset() {
  Ending ending = closed();
  ending.error = {Stage::read, Kind::system, std::make_error_code(std::errc::connection_reset), {}};
  return ending;
}

Ending refused() {
  Ending ending;
  ending.error = {Stage::connect, Kind::system, std::make_error_code(std::errc::connection_refused), {}};
  return ending;
}

Ending silent() {
  Ending ending = closed();
  ending.kind = Ending::Kind::timed_out;
  ending.error = {};
  return ending;
}

Ending disconnected(wire::ReasonCode reason_code) {
  Ending ending = closed();
  ending.kind = Ending::Kind::disconnected;
  ending.error = {};
  ending.reason_code = reason_code;
  return ending;
}

Unanswered waiting(wire::PacketType type, std::uint64_t sequence = 1) {
  return session::Outgoing::Unanswered{type, sequence, {}};
}
const Unanswered message = waiting(wire::PacketType::publish);

/// A letter a loss: - nothing, . counted, t told, g told and given up.
struct Series {
  Losses losses;
  std::string seen;
  Suspect suspect = Suspect::none;

  Series& add(int times, const Ending& ending, const Unanswered& unanswered = {}, bool identifier_given = true) {
    for (int i = 0; i < times; ++i) {
      const auto verdict = losses.add(ending, unanswered, identifier_given);
      suspect = verdict.suspect;
      seen += suspect == Suspect::none ? '-' : verdict.give_up ? 'g' : verdict.tell ? 't' : '.';
    }
    return *this;
  }
};

}  // namespace

TEST_CASE("the same loss again and again is told, then given up") {
  struct Row {
    Ending ending;
    Unanswered unanswered;
    Suspect suspect;
  };
  const Row rows[] = {
      {closed(), message, Suspect::message},
      {reset(), message, Suspect::message},
      {disconnected(wire::ReasonCode::packet_too_large), message, Suspect::message},
      {closed(), waiting(wire::PacketType::subscribe), Suspect::subscription},
      {reset(), waiting(wire::PacketType::unsubscribe), Suspect::subscription},
      {closed(), {}, Suspect::identifier},
  };
  for (const Row& row : rows) {
    Series series;
    CHECK(series.add(6, row.ending, row.unanswered).seen == "..t..g");
    CHECK(series.suspect == row.suspect);
  }
}

TEST_CASE("a fight in which messages come through is given more time") {
  Series series;
  CHECK(series.add(1, closed()).add(19, closed(true)).seen == ".........t.........g");
  CHECK(series.suspect == Suspect::identifier);
}

TEST_CASE("what says nothing about a suspect starts the series anew") {
  CHECK(Series().add(2, closed()).add(1, reset()).add(3, closed()).seen == "..-..t");
  CHECK(Series().add(2, closed()).add(1, silent()).add(3, closed()).seen == "..-..t");
  CHECK(Series().add(2, closed()).add(1, refused()).add(3, closed()).seen == "..-..t");
  CHECK(Series().add(2, closed()).add(3, closed(), message).seen == "....t");
  CHECK(Series().add(2, closed(), message).add(1, closed(true), message).add(3, closed(), message).seen == "..-..t");
  Ending late = closed();
  late.lasted = std::chrono::seconds(20);
  CHECK(Series().add(2, closed()).add(1, late).add(3, closed()).seen == "..-..t");
}

TEST_CASE("another message is another series") {
  const Unanswered next = waiting(wire::PacketType::publish, 2);
  CHECK(Series().add(2, closed(), message).add(3, closed(), next).seen == "....t");
}

TEST_CASE("a message that brings the broker down is found although nobody listens in between") {
  Series series;
  for (int i = 0; i < 3; ++i) series.add(1, closed(), message).add(2, refused(), message);
  CHECK(series.seen == ".--.--t--");
}

TEST_CASE("nobody else has an identifier that was made up") {
  CHECK(Series().add(7, closed(), {}, false).seen == "-------");
}

TEST_CASE("5.0 tells of a second client at once") {
  Series series;
  CHECK(series.add(1, disconnected(wire::ReasonCode::session_taken_over)).seen == "g");
  CHECK(series.suspect == Suspect::identifier);
  CHECK(Series().add(9, disconnected(wire::ReasonCode::server_shutting_down)).seen == "---------");
}
