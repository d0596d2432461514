// --lint: what the packets of each connection break together, and of sessions that go on in a later connection.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

#include "capture/handler.h"
#include "session/lint.h"

namespace cmd {

class LintBook {
 public:
  // What is held is bounded: connections beyond these are not followed, or forgotten.
  static constexpr std::size_t most_connections = 20'000;
  static constexpr std::size_t most_sessions = 1'000;  ///< of connections that are over

  /// Findings about this packet; valid until the next call.
  const session::Findings& packet(const capture::Where& where, const wire::Frame& frame, const wire::Packet& packet,
                                  wire::Version version);
  const session::Findings& fault(const capture::Where& where, wire::Version version, const wire::Fault& fault);
  const session::Findings& closed(const capture::Where& where, capture::Closed how);
  void gap(const capture::Where& where);
  /// Of a connection that is followed.
  wire::Version version(std::uint64_t connection) const;

 private:
  struct Followed {
    session::Lint lint;
    std::string client_identifier;
    wire::Version version;
  };
  struct Session {
    std::string client_identifier;
    session::Lint lint;
  };

  Followed* follow(const capture::Where& where, wire::Version version, bool from_beginning);
  void resume(Followed& followed, const wire::Connect& connect);

  std::unordered_map<std::uint64_t, Followed> connections_;
  std::deque<Session> sessions_;  ///< the latest last
  session::Findings findings_;
};

}  // namespace cmd
