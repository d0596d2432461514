// The figures of a run, each under a name: what reports show, and what --require asks for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bench/swarm.h"
#include "stats/figure.h"

namespace bench {

using stats::Figure;
using stats::show;
using stats::Unit;

/// The latency that `p99` alone means, of one load.
Metric principal(const Plan& plan) noexcept;
/// Messages a second: published, or received by subscribers.
double rate(const Plan& plan, const Outcome& outcome) noexcept;
double received_rate(const Plan& plan, const Outcome& outcome) noexcept;
/// Whether a figure is of the latency that one load is about: `p99`, which no whole of several has.
bool is_of_one_load(std::string_view name);
std::vector<Figure> figures(const Plan& plan, const Outcome& outcome);
/// Those of the whole, and those of its groups, as "sensors.p99".
std::vector<Figure> all_figures(const Plan& plan, const Outcome& outcome);
/// By a signal, before anyone could connect.
bool interrupted_early(const Outcome& outcome) noexcept;
/// Why the figures say more about the generator than about the broker; empty: they are valid.
std::vector<std::string> objections(const Plan& plan, const Outcome& outcome);

}  // namespace bench
