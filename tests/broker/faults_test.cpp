// Faults: each breaks its own promise and leaves the others.
#include "broker/faults.h"

#include <set>

#include "catch.h"
#include "world.h"

using namespace test;
using broker::Ending;
using broker::Fault;
using broker::Faults;
using broker::StoredWill;

namespace {

broker::FaultSet only(Fault fault) { return broker::FaultSet().set(static_cast<std::size_t>(fault)); }

std::string describe(const StoredWill* will) {
  if (will == nullptr) return "lost";
  return base::format("{} {} bytes q{} retain {} delay {}{}", will->topic, will->payload.size(), will->qos,
                      will->retain, will->delay, test::describe(will->properties.view()));
}

std::unique_ptr<StoredWill> will(std::string payload = std::string("a\0b", 3)) {
  auto made = std::make_unique<StoredWill>();
  made->topic = "$w/t";
  made->payload = std::move(payload);
  made->qos = 2;
  made->delay = 5;
  made->properties.add(wire::PropertyId::content_type, "text");
  made->properties.add_user_property("1", "a");
  made->properties.add_user_property("2", "b");
  return made;
}

std::string kept(Fault fault, std::string payload = std::string("a\0b", 3)) {
  return describe(Faults(only(fault)).keep(will(std::move(payload))).get());
}

}  // namespace

TEST_CASE("each fault has its row, found by its name") {
  std::set<std::string_view> names;
  for (const broker::FaultRow& row : broker::fault_rows()) {
    CAPTURE(row.name);
    CHECK(&row - broker::fault_rows().data() == static_cast<std::ptrdiff_t>(row.fault));
    CHECK(broker::find_fault(row.name) == row.fault);
    CHECK(names.insert(row.name).second);
  }
  CHECK(!broker::find_fault("will-sometimes"));
}

TEST_CASE("a fault of what is kept changes that and nothing else") {
  const char* properties = " {content_type=text,user_property=1:a,user_property=2:b}";
  const auto with = [&](std::string_view front) { return std::string(front) + properties; };
  CHECK(kept(Fault::will_never) == with("$w/t 3 bytes q2 retain false delay 5"));
  CHECK(kept(Fault::topic_changed) == with("$w/t/changed 3 bytes q2 retain false delay 5"));
  CHECK(kept(Fault::dollar_dropped) == with("w/t 3 bytes q2 retain false delay 5"));
  CHECK(kept(Fault::payload_cut_at_zero) == with("$w/t 1 bytes q2 retain false delay 5"));
  CHECK(kept(Fault::payload_cut_at_1024, std::string(2000, 'x')) == with("$w/t 1024 bytes q2 retain false delay 5"));
  CHECK(kept(Fault::payload_empty_lost) == with("$w/t 3 bytes q2 retain false delay 5"));
  CHECK(kept(Fault::payload_empty_lost, "") == "lost");
  CHECK(kept(Fault::qos_lowered) == with("$w/t 3 bytes q0 retain false delay 5"));
  CHECK(kept(Fault::retain_always) == with("$w/t 3 bytes q2 retain true delay 5"));
  CHECK(kept(Fault::delay_ignored) == with("$w/t 3 bytes q2 retain false delay 0"));
  CHECK(kept(Fault::delay_longer) == with("$w/t 3 bytes q2 retain false delay 65"));
  const std::string front = "$w/t 3 bytes q2 retain false delay 5";
  CHECK(kept(Fault::content_type_lost) == front + " {user_property=1:a,user_property=2:b}");
  CHECK(kept(Fault::user_properties_lost) == front + " {content_type=text}");
  CHECK(kept(Fault::user_properties_reversed) == front + " {content_type=text,user_property=2:b,user_property=1:a}");
}

TEST_CASE("a fault of an ending loses the wills of that ending alone") {
  const broker::ClientSession session;
  for (const broker::FaultRow& row : broker::fault_rows()) {
    if (!row.loses) continue;
    CAPTURE(row.name);
    const Faults faults(only(row.fault));
    for (int each = 0; each <= static_cast<int>(Ending::by_broker); ++each) {
      const auto ending = static_cast<Ending>(each);
      CHECK(faults.lets_go(session, ending) == (ending != *row.loses && ending != Ending::disconnected));
    }
  }
  CHECK(Faults(only(Fault::will_on_disconnect)).lets_go(session, Ending::disconnected));
}

TEST_CASE("wills come once, twice, never, or all but each hundredth") {
  StoredWill each;
  each.topic = "burst/7";
  CHECK(Faults({}).copies(each) == 1);
  CHECK(Faults(only(Fault::will_twice)).copies(each) == 2);
  CHECK(Faults(only(Fault::will_never)).copies(each) == 0);
  Faults burst(only(Fault::will_lost_in_burst));
  int came = 0;
  for (int i = 0; i < 1000; ++i) came += burst.copies(each);
  CHECK(came == 990);
}

TEST_CASE("a hub with a fault breaks its promise on the wire") {
  const auto outcome = [](broker::FaultSet faults) {
    auto options = World::quiet();
    options.faults = faults;
    World world(options);
    Peer watcher(world, "watcher");
    watcher.subscribed("w");
    wire::Connect connect;
    connect.version = Version::v5_0;
    connect.clean_start = true;
    connect.client_identifier = "a";
    connect.keep_alive = 10;
    connect.will = wire::Will{.topic = "w", .payload = base::as_bytes("gone")};
    Lines lines;
    const auto came = [&](std::string_view when) {
      for (const std::string& line : watcher.take()) lines.push_back(base::format("{}: {}", when, line));
    };
    Peer(world, connect).disconnect();
    came("disconnect");
    Peer(world, "a").lose();
    came("without a will");
    Peer silent(world, connect);
    world.pass(9s);
    came("silent for 9 s");
    world.pass(7s);
    came("silent for 16 s");
    return lines;
  };
  const std::string line = "PUBLISH w \"gone\"";
  CHECK(outcome({}) == Lines{"silent for 16 s: " + line});
  CHECK(outcome(only(Fault::will_on_disconnect)) == Lines{"disconnect: " + line, "silent for 16 s: " + line});
  CHECK(outcome(only(Fault::will_kept_after_disconnect)) ==
        Lines{"without a will: " + line, "silent for 16 s: " + line});
  CHECK(outcome(only(Fault::keep_alive_early)) == Lines{"silent for 9 s: " + line});
  CHECK(outcome(only(Fault::keep_alive_ignored)) == Lines{});
  CHECK(outcome(only(Fault::will_twice)) == Lines{"silent for 16 s: " + line, "silent for 16 s: " + line});
}
