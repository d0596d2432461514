// Will Delay Interval, and the end of the session where that comes first (5.0).
#include "scenario/will_case.h"

namespace scenario {
namespace {

using session::Clock;
using session::Time;
using std::chrono::seconds;

/// A broker may count in whole seconds, and so be early by less than one.
constexpr seconds granularity(1);
constexpr std::uint32_t long_after = 600;
constexpr std::uint32_t no_session = 0;

Part delayed(Stage& stage, std::uint32_t delay, std::uint32_t session_expiry) {
  Part part{.role = "doomed",
            .client_identifier = stage.new_client_identifier(),
            .clean_start = false,
            .session_expiry = session_expiry,
            .will = stage.will()};
  part.will->properties.add(wire::PropertyId::will_delay_interval, delay);
  return part;
}

/// The same client again.
Part heir_of(const Peer& doomed, bool clean_start) {
  return {.role = "heir",
          .client_identifier = doomed.client_identifier(),
          .clean_start = clean_start,
          .session_expiry = long_after};
}

/// The message comes `after` seconds from the end of the connection.
Task<> comes_after(Stage& stage, Part part, seconds after) {
  Peer* watcher = co_await stage.watcher();
  Peer* doomed = co_await stage.connect(part);
  const Time end = Clock::now();
  doomed->close_layers();
  co_await stage.message_between(*watcher, end + after - granularity, end + after);
}

constexpr std::uint32_t short_delay = 2;
/// Leaves time to come back in.
constexpr std::uint32_t longer_delay = 3;

}  // namespace

Task<> delay(Stage& stage) { return comes_after(stage, delayed(stage, short_delay, long_after), seconds(short_delay)); }

Task<> delay_session_end(Stage& stage) {
  return comes_after(stage, delayed(stage, long_after, short_delay), seconds(short_delay));
}

Task<> delay_no_session(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  const Part part = delayed(stage, long_after, no_session);
  Peer* doomed = co_await stage.connect(part);
  doomed->close_layers();
  co_await stage.message(*watcher);
}

Task<> delay_cancelled(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  const Part part = delayed(stage, longer_delay, long_after);
  Peer* doomed = co_await stage.connect(part);
  const Time end = Clock::now();
  const Time due = end + seconds(longer_delay);
  doomed->close_layers();
  co_await stage.closed(*doomed);
  const Part heir = heir_of(*doomed, false);
  co_await stage.connect(heir);
  if (Clock::now() > due - granularity) co_await stage.inconclusive("this machine was too slow to come back in time");
  co_await stage.silence(*watcher, due + stage.settings().timeout);
}

Task<> take_over_resumed(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  const Part part = delayed(stage, longer_delay, long_after);
  Peer* doomed = co_await stage.connect(part);
  const Part heir = heir_of(*doomed, false);
  co_await stage.connect(heir);
  co_await stage.silence(*watcher, Clock::now() + seconds(longer_delay) + stage.settings().timeout);
}

Task<> take_over_clean_start(Stage& stage) {
  Peer* watcher = co_await stage.watcher();
  const Part part = delayed(stage, long_after, long_after);
  Peer* doomed = co_await stage.connect(part);
  const Part heir = heir_of(*doomed, true);
  co_await stage.connect(heir);
  co_await stage.message(*watcher);
}

}  // namespace scenario
