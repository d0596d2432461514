// Our packets that await an acknowledgement: QoS 1 and 2 publishes, SUBSCRIBE and UNSUBSCRIBE, and their identifiers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/outbox.h"
#include "wire/packets.h"

namespace session {

/// A window of consecutive sequence numbers, oldest unfinished to newest, in a ring that grows on demand and starts
/// empty. The packet identifier is a function of the sequence number, and the window is never wider than there are
/// identifiers: so none is reused while in flight, and an acknowledgement finds its packet by arithmetic.
///
/// Outlives network connections. `sent_` tells what the present one has carried; only that counts against the peer's
/// Receive Maximum.
class Outgoing {
 public:
  static constexpr std::uint64_t identifiers = 65'535;

  static constexpr std::uint16_t identifier(std::uint64_t sequence) noexcept {
    return static_cast<std::uint16_t>((sequence - 1) % identifiers + 1);
  }

  /// What counts against the peer's Receive Maximum.
  enum class Counting : std::uint8_t {
    until_finished,  ///< as 5.0 has it (4.9): QoS 1 until PUBACK, QoS 2 until PUBCOMP
    until_release,   ///< QoS 2 until its PUBREL is sent; QoS 1 not at all
  };
  /// A new network connection: nothing is sent on it yet, and nobody answers an earlier SUBSCRIBE any more.
  void start_connection(std::uint16_t receive_maximum, Counting counting = Counting::until_finished) noexcept;
  /// The peer has lost the session: publishes it had received (PUBREC) are to be sent again from the start.
  void restart_all() noexcept;
  /// What the peer takes on the new connection.
  struct Terms {
    wire::Version version;
    std::uint32_t maximum_packet_size;
    std::uint8_t maximum_qos = 2;
    bool retain_available = true;
  };
  /// Before the first `resend`: encodes anew what stands in the layout of another version, in blocks of `pool`, and
  /// forgets what the peer does not take any more, calling `lost(sequence, identifier, qos)` for each.
  template <class Lost>
  void fit(const Terms& terms, base::Pool& pool, Lost&& lost);
  /// Forgets all publishes; calls `lost(sequence, identifier, qos)` for each in order.
  template <class Lost>
  void discard(Lost&& lost);

  /// Whether a QoS 1/2 publish may be sent now, with at most `maximum` of them and `maximum_bytes` in flight.
  bool has_room(std::uint32_t maximum, std::size_t maximum_bytes) const noexcept {
    return has_identifier() && sent_ == next_ && quota_used_ < quota_ && publishes_ < maximum &&
           (bytes_ < maximum_bytes || publishes_ == 0);
  }
  bool has_identifier() const noexcept { return next_ - oldest_ < identifiers; }
  /// What the next packet that is added will carry.
  std::uint16_t next_identifier() const noexcept { return identifier(next_); }

  /// Each puts a packet under `next_identifier()`, and returns its sequence number. A publish needs `has_room`, the
  /// others `has_identifier`; `count` topic filters want as many reason codes.
  std::uint64_t add_publish(base::Place packet, std::uint8_t qos, wire::Version version);
  std::uint64_t add_request(wire::PacketType type, std::size_t count);

  /// What an acknowledgement did.
  struct Outcome {
    enum class Kind : std::uint8_t {
      unknown,     ///< no such identifier is in flight
      unexpected,  ///< it does not fit the packet in flight
      release,     ///< PUBREL is due
      finished,    ///< the flow has ended
    } kind;
    bool downgraded = false;  ///< finished by PUBACK though QoS 2
    std::uint64_t sequence = 0;
  };
  /// A QoS 2 publish that a server ends with PUBACK (RabbitMQ before 4.0 does) is over, unless `set_strict`; a client
  /// may not do that.
  Outcome handle(const wire::Acknowledgement& acknowledgement, wire::Sender sender) noexcept;
  /// SUBACK (`type` subscribe) or UNSUBACK (`type` unsubscribe) with `count` reason codes: as many as the request
  /// had topic filters (a 3.x UNSUBSCRIBE is added with a count of 0, since its answer has no codes).
  Outcome handle_request(wire::PacketType type, std::uint16_t packet_identifier, std::size_t count) noexcept;

  /// Sends what this connection has not carried yet, in order and as far as the quota goes: PUBLISH with DUP, or
  /// PUBREL.
  void resend(base::Outbox& outbox, wire::Version version);
  bool resent() const noexcept { return sent_ == next_; }
  /// Resend one publish at a time, each when the one before it has been acknowledged: a peer that does not survive one
  /// of them shows which.
  void set_resend_singly(bool on) noexcept { resend_singly_ = on; }
  void set_strict(bool on) noexcept { strict_ = on; }

  /// What the peer owes an answer to.
  struct Unanswered {
    wire::PacketType type;  ///< PUBLISH, SUBSCRIBE or UNSUBSCRIBE
    std::uint64_t sequence;
    base::Bytes packet;  ///< the PUBLISH, unless it was let go because PUBREC came; lives until the next call
  };
  /// The oldest of these, whichever connection it was sent on: the first to be sent on the next one.
  std::optional<Unanswered> oldest_unanswered() const noexcept;

  /// Keep the packets that the peer has (PUBREC) until PUBCOMP, so that `restart_all` can send them again. Without it
  /// they are let go, and a restart has nothing but PUBREL.
  void set_keep_received(bool on) noexcept { keep_received_ = on; }

  /// Publishes in flight, on whichever connection they were sent.
  std::uint32_t publishes() const noexcept { return publishes_; }
  /// Those that count against the peer's Receive Maximum now.
  std::uint32_t quota_used() const noexcept { return quota_used_; }
  std::size_t bytes() const noexcept { return bytes_; }
  bool empty() const noexcept { return oldest_ == next_; }
  /// How wide the window is.
  std::size_t span() const noexcept { return static_cast<std::size_t>(next_ - oldest_); }

 private:
  enum class State : std::uint8_t { free, publish_1, publish_2, released, subscribe, unsubscribe };

  struct Entry {
    base::Place packet;       ///< of a publish
    std::uint32_t count = 0;  ///< topic filters of the others
    State state = State::free;
    bool has_properties = false;  ///< it stands in the layout of 5.0
  };

  bool counts(State state) const noexcept {
    return counting_ == Counting::until_finished ? is_publish(state) : state == State::publish_2;
  }
  /// Moves a publish on, and what it counts for.
  void set_state(std::uint64_t sequence, State state) noexcept;
  bool fits(Entry& entry, const Terms& terms, base::Outbox& room);
  bool encode_anew(Entry& entry, wire::Version version, base::Outbox& room);
  static bool is_publish(State state) noexcept { return state >= State::publish_1 && state <= State::released; }
  Entry& entry(std::uint64_t sequence) noexcept { return ring_[sequence & (ring_.size() - 1)]; }
  const Entry& entry(std::uint64_t sequence) const noexcept { return ring_[sequence & (ring_.size() - 1)]; }
  /// The sequence number in the window with that identifier; `next_` where there is none.
  std::uint64_t find(std::uint16_t packet_identifier) const noexcept;
  Entry& push();
  void grow();
  void finish(std::uint64_t sequence) noexcept;
  void let_go(Entry& entry) noexcept;
  void skip_free() noexcept;

  std::vector<Entry> ring_;  ///< a power of two, indexed by sequence number
  std::uint64_t oldest_ = 1;
  std::uint64_t next_ = 1;
  std::uint64_t sent_ = 1;  ///< everything before it went out on this connection
  std::size_t bytes_ = 0;
  std::uint32_t publishes_ = 0;
  std::uint32_t quota_used_ = 0;
  std::uint32_t quota_ = 0;
  Counting counting_ = Counting::until_finished;
  bool keep_received_ = true;
  bool resend_singly_ = false;
  bool strict_ = false;
};

template <class Lost>
void Outgoing::fit(const Terms& terms, base::Pool& pool, Lost&& lost) {
  base::Outbox room(pool);  // sends nothing: it fills blocks
  for (std::uint64_t sequence = oldest_; sequence != next_; ++sequence) {
    Entry& waiting = entry(sequence);
    if (!waiting.packet.block || fits(waiting, terms, room)) continue;
    // One that the peer has needs no more than its PUBREL.
    if (waiting.state == State::released) {
      let_go(waiting);
      continue;
    }
    lost(sequence, identifier(sequence), waiting.state == State::publish_1 ? 1 : 2);
    finish(sequence);
  }
}

template <class Lost>
void Outgoing::discard(Lost&& lost) {
  for (std::uint64_t sequence = oldest_; sequence != next_; ++sequence) {
    const State state = entry(sequence).state;
    if (is_publish(state)) lost(sequence, identifier(sequence), state == State::publish_1 ? 1 : 2);
    if (state != State::free) finish(sequence);
  }
}

}  // namespace session
