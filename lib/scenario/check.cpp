#include "scenario/check.h"

#include <algorithm>
#include <asio/post.hpp>

#include "base/format.h"

namespace scenario {
namespace {

/// Probes at a time: brokers limit how many clients may come at once.
constexpr std::size_t side_by_side = 6;
/// Of what one answer may take: a probe asks for several.
constexpr int longest_probe = 6;
/// Newest first.
constexpr wire::Version versions[] = {wire::Version::v5_0, wire::Version::v3_1_1, wire::Version::v3_1};

bool says_other_version(const net::Ending& ending) noexcept {
  constexpr auto return_code = static_cast<wire::ReasonCode>(1);
  return ending.kind == net::Ending::Kind::refused &&
         (ending.reason_code == return_code || ending.reason_code == wire::ReasonCode::unsupported_protocol_version);
}

}  // namespace

Check::Check(net::Worker& worker, Settings settings, CheckPlan plan, Done done)
    : house_(worker, std::move(settings)), plan_(std::move(plan)), done_(std::move(done)) {}

Check::~Check() = default;

void Check::start() {
  if (auto obstacle = house_.open()) {
    return asio::post(house_.worker.io(),
                      [this, ending = *std::move(obstacle)]() mutable { finish(std::move(ending)); });
  }
  for (const wire::Version version : versions) {
    play(version, "greeting", greet, [this](Stage& stage) { greeted(stage); });
  }
}

void Check::play(wire::Version version, std::string_view name, Fact::Probe probe, Stage::Ended ended) {
  ++playing_;
  Bounded& bounded =
      stages_.emplace_back(house_, version, capabilities_[version],
                           base::format("{}/{}/{}", house_.settings.topic_prefix, name, static_cast<int>(version)));
  const auto bound = house_.settings.network.connect_timeout + longest_probe * house_.settings.timeout;
  bounded.timer.expires_after(bound);
  bounded.timer.async_wait([&bounded](asio::error_code cancelled) {
    if (!cancelled) bounded.stage.fail_now("it takes too long");
  });
  const auto script = [this, probe](Stage& stage) { return probe(stage, findings_); };
  bounded.stage.play(script, [this, &bounded, ended = std::move(ended)](Stage& stage) {
    bounded.timer.cancel();
    --playing_;
    ended(stage);
  });
}

// Which versions.

void Check::greeted(Stage& stage) {
  if (stage.verdict().outcome == Outcome::pass) {
    capabilities_[stage.version()] = stage.capabilities();
  } else {
    capabilities_.erase(stage.version());
    obstacles_.emplace(stage.version(), stage.take_obstacle());
  }
  if (playing_ != 0) return;
  if (interrupted_) return finish({});
  if (!choose_version()) return finish(obstacle());
  plan_plays();
}

bool Check::choose_version() {
  for (const wire::Version version : versions) {
    if (plan_.version && *plan_.version != version) continue;
    if (capabilities_.count(version) == 0) continue;
    version_ = version;
    return true;
  }
  return false;
}

/// Of the version that says most about why no client comes in.
net::Ending Check::obstacle() {
  if (plan_.version) return std::move(obstacles_.at(*plan_.version));
  for (const wire::Version version : {wire::Version::v3_1_1, wire::Version::v5_0, wire::Version::v3_1}) {
    const auto found = obstacles_.find(version);
    if (found != obstacles_.end() && !says_other_version(found->second)) return std::move(found->second);
  }
  return std::move(obstacles_.begin()->second);
}

// The probes.

void Check::plan_plays() {
  std::vector<Fact::Probe> planned;
  for (const Fact* fact : plan_.facts) {
    if (fact->probe == nullptr) continue;
    if (std::string reason = lacking(fact->needs, house_.settings, version_); !reason.empty()) {
      findings_.unknown(fact->name, std::move(reason));
      continue;
    }
    if (std::find(planned.begin(), planned.end(), fact->probe) != planned.end()) continue;
    planned.push_back(fact->probe);
    waiting_.push_back({fact->probe, fact->name, fact->alone});
  }
  next();
}

void Check::next() {
  if (interrupted_) waiting_.clear();
  while (!waiting_.empty() && playing_ < side_by_side && !alone_) {
    const Play play = waiting_.front();
    if (play.alone && playing_ != 0) return;
    alone_ = play.alone;
    waiting_.pop_front();
    this->play(version_, play.name, play.probe, [this, play](Stage& stage) { played(play, stage); });
  }
  if (playing_ == 0) finish({});
}

void Check::played(const Play& play, Stage& stage) {
  alone_ = false;
  fill_in(play.probe, stage.verdict().reason);
  next();
}

/// What a probe came to no finding about.
void Check::fill_in(Fact::Probe probe, const std::string& reason) {
  for (const Fact* fact : plan_.facts) {
    if (fact->probe != probe || findings_.find(fact->name) != nullptr) continue;
    findings_.unknown(fact->name, reason.empty() ? std::string("it was not found out") : reason);
  }
}

// The end.

void Check::interrupt() {
  if (std::exchange(interrupted_, true)) return;
  for (Bounded& bounded : stages_) bounded.stage.abandon();
}

void Check::finish(std::optional<net::Ending> obstacle) {
  house_.lag.stop();
  for (const Fact* fact : plan_.facts) {
    if (findings_.find(fact->name) == nullptr) findings_.unknown(fact->name, "interrupted");
  }
  done_(std::move(obstacle));
}

}  // namespace scenario
