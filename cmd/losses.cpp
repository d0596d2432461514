#include "losses.h"

namespace cmd {
namespace {

using transport::Kind;

/// Two clients with one identifier end each other's connection as fast as they come back: few wait longer than this.
constexpr auto soon = std::chrono::seconds(15);

struct Patience {
  int tell;
  int give_up;
};
/// With the delays in between, six losses take some five seconds.
constexpr Patience without_progress{3, 6};
/// Where messages come in between, closing may have another reason, and going on achieves something.
constexpr Patience with_progress{10, 20};

bool closed_in_order(const net::Ending& ending) noexcept {
  return ending.kind == net::Ending::Kind::transport && ending.error.kind == Kind::peer_closed;
}

/// A broker that closes with our bytes unread resets the connection.
bool ended_by_peer(const net::Ending& ending) noexcept {
  const auto& code = ending.error.code;
  return closed_in_order(ending) || ending.kind == net::Ending::Kind::disconnected ||
         code == std::errc::connection_reset || code == std::errc::broken_pipe;
}

Suspect suspect_of(const net::Ending& ending, const std::optional<session::Outgoing::Unanswered>& unanswered,
                   bool identifier_given) noexcept {
  if (!ended_by_peer(ending)) return Suspect::none;
  if (unanswered) {
    if (ending.progress) return Suspect::none;
    return unanswered->type == wire::PacketType::publish ? Suspect::message : Suspect::subscription;
  }
  return identifier_given && closed_in_order(ending) && ending.lasted < soon ? Suspect::identifier : Suspect::none;
}

}  // namespace

Losses::Verdict Losses::add(const net::Ending& ending, const std::optional<session::Outgoing::Unanswered>& unanswered,
                            bool identifier_given) {
  if (!ending.after_connack) {
    // A message may have brought the broker down; a fight for an identifier does not.
    if (suspect_ == Suspect::identifier) *this = {};
    return {};
  }
  // 5.0 says so outright.
  const bool taken_over =
      ending.kind == net::Ending::Kind::disconnected && ending.reason_code == wire::ReasonCode::session_taken_over;
  if (taken_over) return {Suspect::identifier, 1, true, true};

  const Suspect suspect = suspect_of(ending, unanswered, identifier_given);
  const std::uint64_t sequence = suspect == Suspect::message ? unanswered->sequence : 0;
  if (suspect != suspect_ || sequence != sequence_) *this = {};
  if (suspect == Suspect::none) return {};
  suspect_ = suspect;
  sequence_ = sequence;
  ++count_;
  progress_ = progress_ || ending.progress;
  const Patience& patience = progress_ ? with_progress : without_progress;
  return {suspect, count_, count_ == patience.tell, count_ >= patience.give_up};
}

}  // namespace cmd
