// The time that the machines are told; they never ask for it.
#pragma once

#include <chrono>

namespace session {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Duration = Clock::duration;

}  // namespace session
