// Finds out the facts about one broker: first which versions it takes, then all else by the best of them.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "scenario/fact.h"

namespace scenario {

/// Which facts, and by which version; none: the newest that the broker takes.
struct CheckPlan {
  std::vector<const Fact*> facts;
  std::optional<wire::Version> version;
};

class Check {
 public:
  /// Told once, from the event loop: with nothing, or with why the broker could not be looked at.
  using Done = std::function<void(std::optional<net::Ending> obstacle)>;

  Check(net::Worker& worker, Settings settings, CheckPlan plan, Done done);
  ~Check();

  void start();
  /// Cleans up what is going on, and is done.
  void interrupt();

  /// Each fact of the plan has a finding once it is done.
  const Findings& findings() const noexcept { return findings_; }
  wire::Version version() const noexcept { return version_; }
  std::string warning() const { return house_.warning(); }

 private:
  /// One probe, for the facts that it finds out.
  struct Play {
    Fact::Probe probe;
    std::string_view name;  ///< of the first of them
    bool alone;
  };
  /// A stage with a bound to its time: no probe may wait for ever.
  struct Bounded {
    Bounded(House& house, wire::Version version, Capabilities capabilities, std::string base_topic)
        : stage(house, version, capabilities, std::move(base_topic)), timer(house.worker.io()) {}
    Stage stage;
    asio::steady_timer timer;
  };

  void play(wire::Version version, std::string_view name, Fact::Probe probe, Stage::Ended ended);
  void greeted(Stage& stage);
  bool choose_version();
  net::Ending obstacle();
  void plan_plays();
  void next();
  void played(const Play& play, Stage& stage);
  void fill_in(Fact::Probe probe, const std::string& reason);
  void finish(std::optional<net::Ending> obstacle);

  House house_;
  CheckPlan plan_;
  Done done_;
  std::map<wire::Version, Capabilities> capabilities_;  ///< of versions that the broker speaks
  std::map<wire::Version, net::Ending> obstacles_;      ///< of others
  wire::Version version_ = wire::Version::v5_0;
  Findings findings_;
  std::deque<Play> waiting_;
  std::list<Bounded> stages_;
  std::size_t playing_ = 0;
  bool alone_ = false;
  bool interrupted_ = false;
};

}  // namespace scenario
