// The figures of a run, each under a name: what reports show, and what --require asks for.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "bench/swarm.h"

namespace bench {

enum class Unit : std::uint8_t { none, seconds, per_second, bytes };

struct Figure {
  std::string name;  ///< "rate", "lost", "p99", "connect.p99"
  double value = 0;
  Unit unit = Unit::none;
};

/// The latency that `p99` alone means.
Metric principal(const Plan& plan) noexcept;
/// Messages a second: published, or received by subscribers.
double rate(const Plan& plan, const Outcome& outcome) noexcept;
double received_rate(const Plan& plan, const Outcome& outcome) noexcept;
std::vector<Figure> figures(const Plan& plan, const Outcome& outcome);
/// Why the figures say more about the generator than about the broker; empty: they are valid.
std::vector<std::string> objections(const Plan& plan, const Outcome& outcome);

/// "p99<20ms", "lost==0", "rate>=50000".
struct Requirement {
  enum class Relation : std::uint8_t { less, at_most, equal, unequal, at_least, more };

  std::string text;
  std::string name;
  Relation relation = Relation::equal;
  double value = 0;
};

/// What is wrong with it is a clause of a sentence. Times take ns, us, ms, s, m or h, and need one.
base::Result<Requirement, std::string> read_requirement(std::string_view text);
/// Nothing where it is met; else what was found: "p99 is 31.5 ms".
std::optional<std::string> check(const Requirement& requirement, const std::vector<Figure>& figures);

/// "1.25 ms", "12,345/s", "1.5 MiB", "12,345".
std::string show(double value, Unit unit);

}  // namespace bench
