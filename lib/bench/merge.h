// Several runs as one: what the shards of a load test measured at the same time, added exactly.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/swarm.h"

namespace bench {

struct FinishedRun {
  Plan plan;
  Outcome outcome;
};

/// What differs where it must not, as "the QoS (0 and 1)"; nothing: the runs measured the same thing.
std::optional<std::string> difference(const Plan& a, const Plan& b);

std::string_view name(Mode mode) noexcept;
std::string_view name(Shape shape) noexcept;
std::string_view name(net::Transport transport) noexcept;

/// A whole of the groups of a plan. Rates count over the time in which messages were due, where any were.
Outcome sum_of(const Plan& plan, std::vector<Outcome> groups);

/// One at least. Seconds of the series and the connect ramp are matched by the clocks, to the nearest of theirs; rates
/// count over all the time in which any of the runs measured. What is wrong is a clause of a sentence.
base::Result<FinishedRun, std::string> merge(std::vector<FinishedRun> runs);

}  // namespace bench
