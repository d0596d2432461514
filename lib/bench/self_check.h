// What the generator can do on this machine when nothing holds it up, and how exact its timers are.
#pragma once

#include <optional>

#include "bench/swarm.h"

namespace bench {

/// Takes about a third of a second. Messages are of the plan's size, QoS, version, transport and mode (`pub`, else as
/// `latency`). Nothing where it could not be done, nor where a signal ended it, which `signal` then is.
std::optional<SelfCheck> check_self(const Plan& plan, int& signal);

/// Whether a run of this plan lasts long enough for the check not to be most of it: three seconds, as far as it is
/// known.
bool worth_checking(const Plan& plan) noexcept;

/// Above this share of its ceiling the generator is what a run measures.
inline constexpr double most_share = 0.8;
/// The run's rate as a share of the ceiling.
double share_of_ceiling(const Plan& plan, const Outcome& outcome) noexcept;

}  // namespace bench
