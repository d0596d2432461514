// What it points at when the broker ends one connection after the other soon after CONNACK.
#pragma once

#include <optional>

#include "net/ending.h"
#include "session/outgoing.h"

namespace cmd {

/// What the broker seems not to bear.
enum class Suspect : std::uint8_t {
  none,
  message,       ///< a publish that it never acknowledges
  subscription,  ///< a SUBSCRIBE or UNSUBSCRIBE that it never answers
  identifier,    ///< another client has the same client identifier: the two end each other's connections
};

/// A series of losses with the same suspect. One loss proves nothing, and neither do many in a network that breaks at
/// random: there the ends are resets and timeouts as well, some connections fail before CONNACK, and between two losses
/// something is achieved.
class Losses {
 public:
  struct Verdict {
    Suspect suspect = Suspect::none;
    int count = 0;  ///< losses in a row that point at it
    bool tell = false;
    bool give_up = false;
  };
  /// Takes the end of a connection, or of an attempt at one.
  Verdict add(const net::Ending& ending, const std::optional<session::Outgoing::Unanswered>& unanswered,
              bool identifier_given);

 private:
  Suspect suspect_ = Suspect::none;
  std::uint64_t sequence_ = 0;  ///< of the message
  int count_ = 0;
  bool progress_ = false;  ///< something was achieved between the losses
};

}  // namespace cmd
