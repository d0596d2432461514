// Follows one captured connection and names the rules that its packets break together: no socket, no clock.
#pragma once

#include <bitset>
#include <span>
#include <string>
#include <vector>

#include "session/lint_state.h"

namespace session {

namespace lint {
struct Broken;
struct Look;
struct Row;
}  // namespace lint

struct Finding {
  enum class Level : std::uint8_t {
    violation,
    note,  ///< what the standard only advises, or what one connection makes likely and cannot prove
  };
  wire::Clause clause;
  Level level;
  wire::Sender by;       ///< the side that broke it
  std::uint32_t offset;  ///< of the guilty byte in the packet at hand; 0 where it is none of its bytes
  /// A few words: "packet identifier 7", "topic a/b". Parts of it come from the packets: escape it for a terminal.
  std::string detail;
  friend bool operator==(const Finding&, const Finding&) = default;
};
using Findings = std::vector<Finding>;

/// How a connection ended, as far as the capture shows.
enum class LintEnding : std::uint8_t {
  closed,   ///< both sides finished
  reset,    ///< one of them broke it off
  open,     ///< the capture ended first
  unknown,  ///< it was lost sight of
};

/// A rule that a connection can break, and at what it looks.
struct LintRule {
  wire::Clause clause;
  std::uint32_t types;  ///< bit 1 << PacketType; bit 0: the end of the connection
  bool client;          ///< whether packets of the client are looked at
  bool server;
  std::uint8_t versions;  ///< bit 0: 3.1, bit 1: 3.1.1, bit 2: 5.0
  Finding::Level level;
  bool once;  ///< named once on a connection
};

/// One connection, both directions, in the order in which they were captured. Each packet is held against a table of
/// rules, one row a rule. Silence that lasts longer than the other side needs to answer is judged by the times that the
/// capture gives; without times those rules stay silent.
///
/// Memory: about 1 KiB for an idle connection, and at most about 0.6 MiB: 4,096 messages in flight each way, 256
/// requests, 1,024 subscriptions and 1,024 topic aliases each way with 64 KiB of text each. What exceeds that is not
/// followed, and the rules that need it stay silent. Nothing is allocated for a packet once these have their size, but
/// for findings.
class Lint {
 public:
  /// `from_beginning`: the capture holds the first bytes of the connection. If it does not, rules that need what was
  /// before stay silent. `version` counts until CONNECT says it.
  /// `wills`, of all connections of a capture, must outlive this.
  Lint(bool from_beginning, wire::Version version, LintWills* wills = nullptr);

  /// A packet that decoded well. `time_ns` is any steady count of nanoseconds, or `no_time`. Appends to `findings`.
  void handle(wire::Sender sender, std::int64_t time_ns, const wire::Packet& packet, const wire::Frame& frame,
              Findings& findings);
  /// Bytes that are no packet, or a packet that breaks a rule of its own, which the caller has named already.
  void handle_fault(wire::Sender sender, std::int64_t time_ns, Findings& findings);
  /// Bytes are missing from the capture.
  void handle_gap();
  /// After this nothing else comes.
  void handle_closed(LintEnding ending, std::int64_t time_ns, Findings& findings);

  /// Takes over what the parties remember when `earlier`, closed by now, had the same client and server: call it before
  /// handing over CONNECT. The session is judged by it where CONNECT and CONNACK continue it.
  void resume(Lint&& earlier);

  /// The same client has connected anew, which ends this connection.
  void handle_takeover(std::int64_t time_ns);

  /// Bytes that it takes, nearly.
  std::size_t held() const noexcept { return sizeof *this + state_.held(); }

  static constexpr std::int64_t no_time = lint::no_time;
  /// Every rule, in the order in which it is tried.
  static std::vector<LintRule> rules();

 private:
  void judge(const lint::Look& look, Findings& findings);
  void try_row(const lint::Row& row, std::size_t place, const lint::Look& look, Findings& findings);

  lint::State state_;
  std::bitset<512> named_;  ///< rules that are named once, by their place in the table
};

}  // namespace session
