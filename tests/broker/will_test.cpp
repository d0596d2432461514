// Wills: when they are published, later, or not at all.
#include "catch.h"
#include "world.h"

using namespace test;
using wire::ReasonCode;

namespace {

const Lines will_came{"PUBLISH w \"gone\""};

/// A watcher, and a client with a will that comes `delay` seconds after its end.
struct Story {
  World world;
  Peer watcher{world, "watcher"};
  wire::Properties connect_properties, will_properties;

  Story() { watcher.subscribed("w"); }

  wire::Connect connect(std::uint32_t delay, std::uint32_t expiry, bool clean_start = false) {
    connect_properties.clear();
    will_properties.clear();
    if (expiry != 0) connect_properties.add(wire::PropertyId::session_expiry_interval, expiry);
    if (delay != 0) will_properties.add(wire::PropertyId::will_delay_interval, delay);
    return {.version = Version::v5_0,
            .clean_start = clean_start,
            .client_identifier = "a",
            .will = wire::Will{.topic = "w", .payload = base::as_bytes("gone"), .properties = will_properties.view()},
            .properties = connect_properties.view()};
  }
};

}  // namespace

TEST_CASE("the way a connection ends decides about the will") {
  const struct {
    const char* name;
    void (*end)(World&, Peer&);
    bool published;
  } rows[] = {
      {"the connection breaks", [](World&, Peer& client) { client.lose(); }, true},
      {"DISCONNECT", [](World&, Peer& client) { client.disconnect(); }, false},
      {"DISCONNECT with will message",
       [](World&, Peer& client) { client.disconnect(ReasonCode::disconnect_with_will_message); }, true},
      {"DISCONNECT with an error", [](World&, Peer& client) { client.disconnect(ReasonCode::unspecified_error); },
       true},
      {"a violation", [](World&, Peer& client) { client.send(wire::Connack{}); }, true},
      {"silence", [](World& world, Peer&) { world.pass(100s); }, true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    Story story;
    auto connect = story.connect(0, 0);
    connect.keep_alive = 20;
    Peer client(story.world, connect);
    row.end(story.world, client);
    CHECK(story.watcher.take() == (row.published ? will_came : Lines{}));
  }
}

TEST_CASE("a delayed will waits, is cancelled by a resumption, and does not outlive its session") {
  Story story;
  { Peer client(story.world, story.connect(5, 100)); }
  story.world.pass(4s);
  CHECK(story.watcher.take().empty());
  { Peer client(story.world, story.connect(5, 100)); }
  story.world.pass(4s);
  CHECK(story.watcher.take().empty());
  story.world.pass(1s);
  CHECK(story.watcher.take() == will_came);
  CHECK(story.world.hub.sessions() == 2);

  { Peer client(story.world, story.connect(50, 10)); }  // the session ends first
  story.world.pass(9s);
  CHECK(story.watcher.take().empty());
  story.world.pass(1s);
  CHECK(story.watcher.take() == will_came);

  { Peer client(story.world, story.connect(50, 0)); }  // … or at once
  CHECK(story.watcher.take() == will_came);
}

TEST_CASE("a takeover publishes the will where the session or its patience ends") {
  const struct {
    std::uint32_t delay, expiry;
    bool clean_start, published;
  } rows[] = {
      {0, 100, false, true},   // no delay: the connection is closed
      {5, 100, false, false},  // resumed within the delay
      {5, 100, true, true},    // Clean Start ends the session
      {5, 0, false, true},     // so does an expiry of zero
  };
  for (const auto& row : rows) {
    CAPTURE(row.delay, row.expiry, row.clean_start);
    Story story;
    Peer first(story.world, story.connect(row.delay, row.expiry));
    auto connect = story.connect(0, row.expiry, row.clean_start);
    connect.will.reset();
    Peer second(story.world, connect);
    CHECK(story.watcher.take() == (row.published ? will_came : Lines{}));
    second.disconnect();
    story.world.pass(200s);
    CHECK(story.watcher.take().empty());
  }
}

TEST_CASE("a will is a message with properties, retained if it asks for it, in 3.1.1 too") {
  World world;
  wire::Properties properties;
  properties.add(wire::PropertyId::message_expiry_interval, 60U);
  properties.add(wire::PropertyId::content_type, std::string_view("text"));
  properties.add_user_property("k", "v");
  wire::Will will{
      .topic = "w", .payload = base::as_bytes("x"), .qos = 1, .retain = true, .properties = properties.view()};
  { Peer client(world, {.version = Version::v5_0, .client_identifier = "a", .will = will}); }
  world.pass(10s);
  will = {.topic = "w/old", .payload = base::as_bytes("y"), .retain = true};
  { Peer client(world, {.version = Version::v3_1_1, .client_identifier = "b", .will = will}); }
  Peer watcher(world, "watcher");
  watcher.subscribe({"w/#", 2});
  CHECK(watcher.take() ==
        Lines{"SUBACK #1 02",
              "PUBLISH w \"x\" q1 #1 retain {message_expiry_interval=50,content_type=text,user_property=k:v}",
              "PUBLISH w/old \"y\" retain"});
}
