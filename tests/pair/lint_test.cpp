// Lint follows both machines through cuts of the network, as a capture beside either sees them, and finds nothing.
#include "session/lint.h"

#include <map>

#include "catch.h"
#include "pair/world.h"
#include "wire/decode.h"

using pair::Plan;
using pair::World;
using wire::Clause;
using wire::Sender;
using wire::Version;

namespace {

/// What is found, by the name of the rule.
using Counts = std::map<std::string, std::size_t>;

/// Captures a world and follows the connection whose CONNECT came last; each one continues the session of the last.
class Watch {
 public:
  Watch(World& world, Sender beside, Version version) : version_(version) {
    world.capture(beside, [this](std::uint32_t connection, Sender sender, session::Time now, const wire::Frame& frame) {
      see(connection, sender, now, frame);
    });
  }
  const session::Findings& all() const { return findings_; }
  std::size_t packets() const { return packets_; }
  Counts counts() const {
    Counts counts;
    for (const session::Finding& finding : findings_) ++counts[std::string(wire::row(finding.clause).name)];
    return counts;
  }

 private:
  void see(std::uint32_t connection, Sender sender, session::Time now, const wire::Frame& frame) {
    const std::int64_t time = std::chrono::nanoseconds(now.time_since_epoch()).count();
    if (frame.type() == wire::PacketType::connect) {
      follow_next(time);
      connection_ = connection;
    }
    if (connection != connection_) return;
    const auto packet = wire::decode(frame, {version_, sender});
    REQUIRE(packet);
    ++packets_;
    lint_->handle(sender, time, *packet, frame, findings_);
  }

  void follow_next(std::int64_t time) {
    auto next = std::make_unique<session::Lint>(true, version_);
    if (lint_) {
      lint_->handle_closed(session::LintEnding::unknown, time, findings_);
      next->resume(std::move(*lint_));
    }
    lint_ = std::move(next);
  }

  Version version_;
  std::uint32_t connection_ = 0;
  std::size_t packets_ = 0;
  std::unique_ptr<session::Lint> lint_;
  session::Findings findings_;
};

}  // namespace

TEST_CASE("lint finds nothing wrong with the machines") {
  const Version version = GENERATE(Version::v3_1, Version::v3_1_1, Version::v5_0);
  const auto qos = GENERATE(std::uint8_t{1}, std::uint8_t{2});
  const auto beside = GENERATE(Sender::client, Sender::server);
  const std::uint32_t cuts = GENERATE(0U, 20U);
  World world(Plan{.version = version, .qos = qos, .messages = 500, .cuts = cuts, .seed = 7});
  const Watch watch(world, beside, version);
  world.run();
  Counts counts = watch.counts();
  // Nobody subscribes in this world: the broker sends what it is told to.
  counts.erase("publish_not_subscribed");
  std::string found;
  for (const auto& [name, count] : counts) found += name + " " + std::to_string(count) + " ";
  CAPTURE(version, qos, beside, cuts);
  CHECK(found == "");
  CHECK(watch.packets() > 500U * 4);
}
