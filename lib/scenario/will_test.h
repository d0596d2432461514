// Plays the cases against one broker, side by side, and gives doubtful verdicts another attempt.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "scenario/will_case.h"

namespace scenario {

struct Result {
  const WillCase* row = nullptr;
  wire::Version version = wire::Version::v3_1_1;
  Verdict verdict;
  session::Duration took{};
  int attempts = 0;  ///< 0: not played
  session::Time started{};
  Transcript transcript;
};

struct Plan {
  std::vector<const WillCase*> cases;
  std::vector<wire::Version> versions;
  /// A broker that refuses one of the versions is tested with the others.
  bool versions_are_optional = false;
};

class WillTest {
 public:
  /// Told once, from the event loop: with nothing, or with why the broker could not be tested at all.
  using Done = std::function<void(std::optional<net::Ending> obstacle)>;

  WillTest(net::Worker& worker, Settings settings, Plan plan, Done done);
  ~WillTest();

  void start();
  /// Cleans up what is going on, and is done; cases that have no verdict are missing from the results.
  void interrupt();
  /// In the order of the table, version by version.
  std::vector<Result>& results() noexcept { return results_; }
  /// Those of the plan that the broker does not take; there are no results of them.
  std::vector<wire::Version> refused_versions() const;
  std::string warning() const { return house_.warning(); }

 private:
  /// One case in one version, over its attempts.
  struct Play {
    const WillCase* row;
    wire::Version version;
    int attempts = 0;
    std::size_t result;  ///< where in `results_`
  };

  void start_probe(wire::Version version);
  void probed(Stage& stage);
  void share_announcements();
  void plan_plays();
  void add_play(const WillCase& row, wire::Version version, const Capabilities& broker);
  void start_play(Play& play);
  void played(Play& play, Stage& stage);
  void next();
  void finish(std::optional<net::Ending> obstacle);
  Stage& new_stage(wire::Version version, std::string_view name, int attempt);

  House house_;
  Plan plan_;
  Done done_;
  std::map<wire::Version, Capabilities> capabilities_;  ///< of versions that the broker speaks
  std::map<wire::Version, net::Ending> obstacles_;      ///< of others
  std::deque<Play> plays_;
  std::deque<Play*> alone_;
  std::vector<Result> results_;
  std::list<Stage> stages_;
  std::size_t playing_ = 0;
  bool interrupted_ = false;
};

}  // namespace scenario
