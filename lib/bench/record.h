// What is counted and measured, and the record that each thread keeps of it; records are added when all is over.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "session/time.h"
#include "stats/counters.h"
#include "stats/histogram.h"

namespace bench {

enum class Count : std::uint8_t {
  attempts,          ///< to connect
  connected,         ///< CONNACK with success
  failed,            ///< attempts that failed
  lost_connections,  ///< after CONNACK, not by us
  subscribed,        ///< SUBACK with success
  published,         ///< PUBLISH put on its way, each message once
  acknowledged,      ///< PUBACK or PUBCOMP with success
  refused,           ///< PUBACK or PUBREC with a failure
  unacknowledged,    ///< given up with their connection
  received,          ///< PUBLISH of ours, each as often as it came
  duplicated,
  reordered,
  foreign,  ///< PUBLISH that is not of this run, or has no room for a stamp
  bytes_out,
  bytes_in,
  packets_out,
  packets_in,
  count_,
};
using Counts = stats::Counters<Count>;
std::string_view name(Count count) noexcept;

enum class Metric : std::uint8_t {
  connect,              ///< from when an attempt was due to its CONNACK
  subscribe,            ///< SUBSCRIBE to SUBACK
  acknowledge,          ///< from when a message was due to PUBACK or PUBCOMP
  acknowledge_service,  ///< from when it was sent
  deliver,              ///< from when a message was due to its arrival at a subscriber
  deliver_service,      ///< from when it was sent
  lag,                  ///< from when a message was due until we turned to it: our own fault
  count_,
};
inline constexpr std::size_t metrics = static_cast<std::size_t>(Metric::count_);
std::string_view name(Metric metric) noexcept;
bool is_metric(std::string_view name) noexcept;

/// A second of the run.
struct Interval {
  Counts counts;
  stats::Histogram::Compact acknowledge;
  stats::Histogram::Compact deliver;
};

/// First connections of the clients, by tenth of a second from the start of the run.
using Ramp = std::vector<std::uint64_t>;
inline constexpr double ramp_step = 0.1;
/// An hour; what comes later counts in the last one.
inline constexpr std::size_t longest_ramp = 36'000;

struct Record {
  Counts counts;  ///< of all
  Counts window;  ///< within the measured time
  std::array<stats::Histogram, metrics> times;
  std::vector<Interval> series;  ///< by second from the beginning of the load
  Ramp ramp;
  std::map<std::string, std::uint64_t, std::less<>> failures;  ///< how often by "stage: reason"

  double window_processor = 0;  ///< seconds of processor time of the threads within the measured time
  std::uint64_t expected = 0;   ///< messages that subscribers should have had
  std::uint64_t lost = 0;       ///< of them, those that never came
  std::uint64_t unsent = 0;     ///< due in the measured time, but the connection did not take them
  session::Time first_connect = session::Time::max();
  session::Time last_connect = session::Time::min();
  session::Time first_lost = session::Time::max();  ///< connection that was lost, not by us
  session::Time last_sent = session::Time::min();   ///< or acknowledged, where there are acknowledgements
  session::Time first_received = session::Time::max();
  session::Time last_received = session::Time::min();

  stats::Histogram& operator[](Metric metric) noexcept { return times[static_cast<std::size_t>(metric)]; }
  const stats::Histogram& operator[](Metric metric) const noexcept { return times[static_cast<std::size_t>(metric)]; }
  void fail(std::string_view reason, std::uint64_t times = 1);
  void first_connected(session::Duration since_start);
  void add(const Record& other);
};

/// Adds, the other's first value to the one at `offset`.
void add(std::vector<Interval>& series, const std::vector<Interval>& other, std::size_t offset = 0);
void add(Ramp& ramp, const Ramp& other, std::size_t offset = 0);

}  // namespace bench
