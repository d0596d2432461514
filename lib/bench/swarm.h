// A whole run: clients spread over threads, led through connecting, sending and the end, and their records added.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.h"
#include "bench/plan.h"
#include "bench/record.h"
#include "transport/layer.h"

namespace bench {

/// Where a run stands; a moment old.
struct Status {
  enum class Phase : std::uint8_t { connecting, running, draining } phase = Phase::connecting;
  session::Duration elapsed{};  ///< of this phase
  std::uint64_t ready = 0;
  std::uint64_t failed = 0;
  std::uint64_t published = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t received = 0;
};

/// What the generator could do by itself, just before the run.
struct SelfCheck {
  double ceiling = 0;    ///< messages a second
  double timer_p99 = 0;  ///< seconds that a timer was late
  double timer_max = 0;
};

struct Outcome {
  Record record;
  // Seconds, and beginnings in seconds since 1970.
  double began_at = 0;
  double connect_at = 0;
  double connect_seconds = 0;  ///< from the first attempt to the last CONNACK
  double first_lost_at = 0;    ///< when the first connection was lost; 0: none was
  double series_at = 0;
  double measure_at = 0;
  double seconds = 0;  ///< of the measurement
  double receive_at = 0;
  double receive_seconds = 0;  ///< from the first message that came to the last
  std::uint64_t clients = 0;   ///< that were to connect
  std::uint64_t ready = 0;     ///< clients when sending began
  double start_lag = 0;        ///< seconds that it began behind `Plan::start_at`; negative: waited for it
  bool interrupted = false;
  int signal = 0;  ///< that interrupted it, where that was here
  std::optional<SelfCheck> self_check;
  // The generator's own.
  double processor_seconds = 0;
  double wall_seconds = 0;
  std::uint64_t heap_of_connections = 0;  ///< what was allocated from before the first connection until all stood
  std::uint64_t resident_bytes = 0;       ///< at most
  std::vector<Outcome> groups;            ///< `Mode::mixed`: of each, but for what is the generator's own
};

class Exporter;

struct NotStarted {
  transport::Error error;
  std::size_t load = 0;  ///< which of the plan's
};

/// Calls `show` now and then while it runs. SIGINT and SIGTERM end it in order, a second one at once.
/// `exporter`, where there is one, answers while it runs.
base::Result<Outcome, NotStarted> run(const Plan& plan, const std::function<void(const Status&)>& show,
                                      Exporter* exporter = nullptr);

}  // namespace bench
