// A packet or the end of a connection, as the rules look at it.
#pragma once

#include "base/format.h"
#include "session/lint.h"
#include "session/lint_state.h"

namespace session::lint {

/// The subscriptions that a message of the server meets.
struct Match {
  bool known = false;  ///< all subscriptions and the topic are
  std::uint32_t count = 0;
  std::uint32_t ended = 0;  ///< unsubscribed ones
  std::uint8_t qos = 0;     ///< the largest that any of them, ended ones too, has
  bool all_no_local = true;
  bool all_identified = true;
  bool any_retain_as_published = false;
  bool all_retain_as_published = true;
  bool none_sends_retained = true;   ///< Retain Handling 2
  bool only_without_dollar = false;  ///< a wildcard at the front would match, were it not for the $
};

struct Look {
  const State& state;  ///< before the packet
  wire::Sender sender;
  std::int64_t now;
  const wire::Packet* packet;  ///< null at the end
  const wire::Frame* frame;
  LintEnding ending = LintEnding::open;
  Verdict verdict = Verdict::none;
  std::string_view topic{};  ///< of PUBLISH, looked up where it is an alias; empty where that is not known
  Match match{};

  const Side& from() const noexcept { return state.side(sender); }
  const Side& to() const noexcept { return state.other(sender); }
  wire::PacketType type() const noexcept { return frame->type(); }
  template <class Type>
  const Type& as() const {
    return std::get<Type>(*packet);
  }
  /// Where bytes of the packet stand in it.
  std::uint32_t offset_of(const void* bytes) const noexcept {
    return static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(bytes) - frame->packet.data());
  }
  std::uint32_t offset_of(wire::PropertiesView properties, wire::PropertyId id) const {
    return offset_of(properties.encoded().data()) + properties.position(id).value_or(0);
  }
  /// Of the packet identifier, in the packets that have one.
  std::uint32_t identifier_offset() const;
};

Look look_at(const State& state, wire::Sender sender, std::int64_t now, const wire::Packet& packet,
             const wire::Frame& frame);

/// How a rule is broken, if it is.
struct Broken {
  std::uint32_t offset = 0;
  std::string detail{};
  std::optional<wire::Sender> by{};  ///< where it is not the sender of the packet
};
using Answer = std::optional<Broken>;

/// A text from a packet, cut short.
inline std::string_view shortened(std::string_view text) noexcept { return text.substr(0, 80); }

std::uint16_t packet_identifier_of(const wire::Packet& packet) noexcept;
wire::PropertiesView properties_of(const wire::Packet& packet) noexcept;

}  // namespace session::lint
