#include "scenario/will_test.h"

#include <algorithm>
#include <asio/post.hpp>

#include "base/format.h"

namespace scenario {
namespace {

/// What rests on time may be this machine's fault once or twice.
constexpr int most_attempts = 3;

}  // namespace

WillTest::WillTest(net::Worker& worker, Settings settings, Plan plan, Done done)
    : house_(worker, std::move(settings)), plan_(std::move(plan)), done_(std::move(done)) {}

WillTest::~WillTest() = default;

void WillTest::start() {
  if (auto obstacle = house_.open()) {
    return asio::post(house_.worker.io(),
                      [this, ending = *std::move(obstacle)]() mutable { finish(std::move(ending)); });
  }
  for (const wire::Version version : plan_.versions) start_probe(version);
}

Stage& WillTest::new_stage(wire::Version version, std::string_view name, int attempt) {
  const std::string again = attempt > 1 ? base::format("-{}", attempt) : std::string();
  ++playing_;
  return stages_.emplace_back(
      house_, version, capabilities_[version],
      base::format("{}/{}/{}{}", house_.settings.topic_prefix, name, static_cast<int>(version), again));
}

// What the broker can do.

void WillTest::start_probe(wire::Version version) {
  new_stage(version, "probe", 1).play(probe, [this](Stage& stage) { probed(stage); });
}

void WillTest::probed(Stage& stage) {
  --playing_;
  if (stage.verdict().outcome == Outcome::pass) {
    capabilities_[stage.version()] = stage.capabilities();
  } else if (!interrupted_) {
    capabilities_.erase(stage.version());
    obstacles_.emplace(stage.version(), stage.take_obstacle());
  }
  if (playing_ != 0) return;
  if (interrupted_) return finish({});
  const bool all = obstacles_.empty();
  if (capabilities_.empty() || (!all && !plan_.versions_are_optional)) {
    return finish(std::move(obstacles_.begin()->second));
  }
  share_announcements();
  plan_plays();
}

/// Before 5.0 a broker has no words for what it cannot do; what it told a client of 5.0 holds for others too.
void WillTest::share_announcements() {
  const auto announced = capabilities_.find(wire::Version::v5_0);
  if (announced == capabilities_.end()) return;
  for (auto& [version, broker] : capabilities_) {
    broker.maximum_qos = std::min(broker.maximum_qos, announced->second.maximum_qos);
    broker.maximum_qos_is_announced = announced->second.maximum_qos_is_announced;
    broker.retain = announced->second.retain;
  }
}

// The plays.

void WillTest::plan_plays() {
  for (const WillCase* row : plan_.cases) {
    for (const auto& [version, broker] : capabilities_) {
      if (!row->clause(version).empty()) add_play(*row, version, broker);
    }
  }
  for (Play& play : plays_) {
    if (!play.row->alone) start_play(play);
  }
  next();
}

void WillTest::add_play(const WillCase& row, wire::Version version, const Capabilities& broker) {
  Result& result = results_.emplace_back();
  result.row = &row;
  result.version = version;
  result.verdict = {Outcome::skip, "interrupted"};  // until it has been played
  std::string reason = missing(row.needs, house_.settings, broker);
  if (!reason.empty()) {
    result.verdict = {Outcome::skip, std::move(reason)};
    return;
  }
  plays_.push_back({&row, version, 0, results_.size() - 1});
  if (row.alone) alone_.push_back(&plays_.back());
}

void WillTest::start_play(Play& play) {
  Stage& stage = new_stage(play.version, play.row->name, ++play.attempts);
  stage.play(play.row->script, [this, &play](Stage& played_on) { played(play, played_on); });
}

void WillTest::played(Play& play, Stage& stage) {
  --playing_;
  if (!interrupted_ && stage.verdict().doubtful && play.attempts < most_attempts) return start_play(play);
  Result& result = results_[play.result];
  result.verdict = stage.verdict();
  result.attempts = play.attempts;
  result.started = stage.started();
  result.took = stage.decided_at() - stage.started();
  result.transcript = std::move(stage.transcript());
  next();
}

void WillTest::next() {
  if (playing_ != 0) return;
  if (interrupted_ || alone_.empty()) return finish({});
  Play& play = *alone_.front();
  alone_.pop_front();
  start_play(play);
}

// The end.

std::vector<wire::Version> WillTest::refused_versions() const {
  std::vector<wire::Version> versions;
  for (const auto& [version, obstacle] : obstacles_) versions.push_back(version);
  return versions;
}

void WillTest::interrupt() {
  if (std::exchange(interrupted_, true)) return;
  for (Stage& stage : stages_) stage.abandon();
}

void WillTest::finish(std::optional<net::Ending> obstacle) {
  house_.lag.stop();
  const auto unplayed = [](const Result& result) {
    return result.attempts == 0 && result.verdict.outcome != Outcome::skip;
  };
  results_.erase(std::remove_if(results_.begin(), results_.end(), unplayed), results_.end());
  done_(std::move(obstacle));
}

}  // namespace scenario
