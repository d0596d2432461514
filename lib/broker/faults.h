// Promises about last wills that the broker can be told to break, so that a test of promises can itself be tested.
#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "broker/client_session.h"
#include "wire/frame.h"

namespace broker {

enum class Fault : std::uint8_t {
  will_never,
  will_lost_on_close,
  will_lost_on_reset,
  will_lost_on_tls_cut,
  will_lost_on_websocket_cut,
  will_lost_on_half_packet,
  will_lost_on_open_flow,
  will_lost_on_keep_alive,
  will_lost_on_malformed_packet,
  will_lost_on_protocol_error,
  will_lost_on_take_over,
  will_lost_on_clean_start,
  will_lost_on_session_end,
  will_lost_on_disconnect_with_will,
  will_lost_while_away,
  will_lost_in_burst,
  will_on_disconnect,
  will_kept_after_disconnect,
  will_of_refused,
  will_twice,
  keep_alive_ignored,
  keep_alive_early,
  keep_alive_zero_enforced,
  pingreq_ignored,
  topic_changed,
  topic_wildcard_accepted,
  dollar_dropped,
  payload_empty_lost,
  payload_cut_at_zero,
  payload_cut_at_1024,
  qos_lowered,
  qos_not_downgraded,
  limits_ignored,
  retain_lost,
  retain_always,
  retained_not_cleared,
  retain_as_published_ignored,
  retain_as_published_always,
  delay_ignored,
  delay_longer,
  delay_not_cancelled,
  message_expiry_lost,
  payload_format_lost,
  content_type_lost,
  response_topic_lost,
  correlation_data_lost,
  user_properties_lost,
  user_properties_reversed,
  count_,
};

/// Returns false for a will that is to be lost.
using Spoil = bool (*)(StoredWill& will);

struct FaultRow {
  Fault fault;
  std::string_view name;
  std::string_view sentence;
  std::optional<Ending> loses{};  ///< wills of connections that end so
  Spoil spoils = nullptr;         ///< what it does to a will when it comes
};

/// All of them, in the order of `Fault`.
std::span<const FaultRow> fault_rows() noexcept;
std::optional<Fault> find_fault(std::string_view name) noexcept;

using FaultSet = std::bitset<static_cast<std::size_t>(Fault::count_)>;

/// Those in force, and what they must remember. Without any, each question is answered as the standard wants it.
class Faults {
 public:
  explicit Faults(FaultSet on) : on_(on) {}
  bool has(Fault fault) const noexcept { return on_.test(static_cast<std::size_t>(fault)); }

  /// The will as it is kept; none where a fault loses it.
  std::unique_ptr<StoredWill> keep(std::unique_ptr<StoredWill> will) const;
  /// Whether a connection's end lets the will go.
  bool lets_go(const ClientSession& session, Ending ending) const noexcept;
  /// How often a will is published that is due.
  int copies(const StoredWill& will);
  /// The wills that an orderly DISCONNECT should have discarded, until the client has come back.
  void stash(std::string_view client_identifier, std::unique_ptr<StoredWill> will);
  std::unique_ptr<StoredWill> unstash(std::string_view client_identifier);
  /// Whether the hub shall not see this packet.
  bool hides(const wire::Frame& frame) const noexcept;
  /// A CONNECT without wildcards, whose bytes live as long as `bytes`; nothing where it can be read as it is.
  std::optional<wire::Frame> without_wildcards(const wire::Frame& frame, std::vector<std::uint8_t>& bytes) const;
  /// How long a client may be silent whose keep alive is `seconds`.
  session::Patience patience() const noexcept;

 private:
  FaultSet on_;
  std::map<std::string, std::unique_ptr<StoredWill>, std::less<>> stashed_;
  std::map<std::string, std::uint32_t, std::less<>> burst_;  ///< wills published, by the topic above theirs
};

}  // namespace broker
