// The table of reason codes: what each is called, which packets carry it, and who may send it in them.
#include "wire/reason_codes.h"

#include <array>
#include <span>

namespace wire {
namespace {

constexpr std::uint32_t bit(PacketType type) noexcept { return 1U << static_cast<unsigned>(type); }

constexpr std::uint32_t connack = bit(PacketType::connack);
constexpr std::uint32_t puback = bit(PacketType::puback);
constexpr std::uint32_t pubrec = bit(PacketType::pubrec);
constexpr std::uint32_t pubrel = bit(PacketType::pubrel);
constexpr std::uint32_t pubcomp = bit(PacketType::pubcomp);
constexpr std::uint32_t suback = bit(PacketType::suback);
constexpr std::uint32_t unsuback = bit(PacketType::unsuback);
constexpr std::uint32_t disconnect = bit(PacketType::disconnect);
constexpr std::uint32_t auth = bit(PacketType::auth);
/// The packets that acknowledge a PUBLISH or a request.
constexpr std::uint32_t publishes = puback | pubrec;
constexpr std::uint32_t requests = suback | unsuback;

/// Packets that only a server sends are in both columns: their direction is nothing that a reason code decides.
struct Row {
  ReasonCode code;
  std::uint32_t by_client;
  std::uint32_t by_server;
  std::string_view words;
};

constexpr Row both(ReasonCode code, std::uint32_t packets, std::string_view words) noexcept {
  return {code, packets, packets, words};
}
/// As `both`, but in DISCONNECT only from a server.
constexpr Row server(ReasonCode code, std::uint32_t packets, std::string_view words) noexcept {
  return {code, packets & ~disconnect, packets, words};
}

/// 5.0 section 2.4; who may send DISCONNECT and AUTH codes is in tables 3-10 and 3-11.
constexpr auto table = std::to_array<Row>({
    {ReasonCode::success, connack | publishes | pubrel | pubcomp | unsuback,
     connack | publishes | pubrel | pubcomp | unsuback | auth, "Success"},
    both(ReasonCode::normal_disconnection, disconnect, "Normal disconnection"),
    both(ReasonCode::granted_qos_0, suback, "Granted QoS 0"),
    both(ReasonCode::granted_qos_1, suback, "Granted QoS 1"),
    both(ReasonCode::granted_qos_2, suback, "Granted QoS 2"),
    {ReasonCode::disconnect_with_will_message, disconnect, 0, "Disconnect with Will Message"},
    both(ReasonCode::no_matching_subscribers, publishes, "No matching subscribers"),
    both(ReasonCode::no_subscription_existed, unsuback, "No subscription existed"),
    both(ReasonCode::continue_authentication, auth, "Continue authentication"),
    {ReasonCode::re_authenticate, auth, 0, "Re-authenticate"},
    both(ReasonCode::unspecified_error, connack | publishes | requests | disconnect, "Unspecified error"),
    both(ReasonCode::malformed_packet, connack | disconnect, "Malformed Packet"),
    both(ReasonCode::protocol_error, connack | disconnect, "Protocol Error"),
    both(ReasonCode::implementation_specific_error, connack | publishes | requests | disconnect,
         "Implementation specific error"),
    both(ReasonCode::unsupported_protocol_version, connack, "Unsupported Protocol Version"),
    both(ReasonCode::client_identifier_not_valid, connack, "Client Identifier not valid"),
    both(ReasonCode::bad_user_name_or_password, connack, "Bad User Name or Password"),
    server(ReasonCode::not_authorized, connack | publishes | requests | disconnect, "Not authorized"),
    both(ReasonCode::server_unavailable, connack, "Server unavailable"),
    server(ReasonCode::server_busy, connack | disconnect, "Server busy"),
    both(ReasonCode::banned, connack, "Banned"),
    server(ReasonCode::server_shutting_down, disconnect, "Server shutting down"),
    server(ReasonCode::bad_authentication_method, connack | disconnect, "Bad authentication method"),
    server(ReasonCode::keep_alive_timeout, disconnect, "Keep Alive timeout"),
    server(ReasonCode::session_taken_over, disconnect, "Session taken over"),
    server(ReasonCode::topic_filter_invalid, requests | disconnect, "Topic Filter invalid"),
    both(ReasonCode::topic_name_invalid, connack | publishes | disconnect, "Topic Name invalid"),
    both(ReasonCode::packet_identifier_in_use, publishes | requests, "Packet Identifier in use"),
    both(ReasonCode::packet_identifier_not_found, pubrel | pubcomp, "Packet Identifier not found"),
    both(ReasonCode::receive_maximum_exceeded, disconnect, "Receive Maximum exceeded"),
    both(ReasonCode::topic_alias_invalid, disconnect, "Topic Alias invalid"),
    both(ReasonCode::packet_too_large, connack | disconnect, "Packet too large"),
    both(ReasonCode::message_rate_too_high, disconnect, "Message rate too high"),
    both(ReasonCode::quota_exceeded, connack | publishes | suback | disconnect, "Quota exceeded"),
    both(ReasonCode::administrative_action, disconnect, "Administrative action"),
    both(ReasonCode::payload_format_invalid, connack | publishes | disconnect, "Payload format invalid"),
    server(ReasonCode::retain_not_supported, connack | disconnect, "Retain not supported"),
    server(ReasonCode::qos_not_supported, connack | disconnect, "QoS not supported"),
    server(ReasonCode::use_another_server, connack | disconnect, "Use another server"),
    server(ReasonCode::server_moved, connack | disconnect, "Server moved"),
    server(ReasonCode::shared_subscriptions_not_supported, suback | disconnect, "Shared Subscriptions not supported"),
    server(ReasonCode::connection_rate_exceeded, connack | disconnect, "Connection rate exceeded"),
    server(ReasonCode::maximum_connect_time, disconnect, "Maximum connect time"),
    server(ReasonCode::subscription_identifiers_not_supported, suback | disconnect,
           "Subscription Identifiers not supported"),
    server(ReasonCode::wildcard_subscriptions_not_supported, suback | disconnect,
           "Wildcard Subscriptions not supported"),
});

/// 3.1.1 sections 3.2.2.3 and 3.9.3.
constexpr auto table_v3 = std::to_array<Row>({
    both(ReasonCode{0}, connack, "Connection Accepted"),
    both(ReasonCode{1}, connack, "Connection Refused, unacceptable protocol version"),
    both(ReasonCode{2}, connack, "Connection Refused, identifier rejected"),
    both(ReasonCode{3}, connack, "Connection Refused, Server unavailable"),
    both(ReasonCode{4}, connack, "Connection Refused, bad user name or password"),
    both(ReasonCode{5}, connack, "Connection Refused, not authorized"),
    both(ReasonCode{0}, suback, "Success - Maximum QoS 0"),
    both(ReasonCode{1}, suback, "Success - Maximum QoS 1"),
    both(ReasonCode{2}, suback, "Success - Maximum QoS 2"),
    both(ReasonCode{0x80}, suback, "Failure"),
});

struct Packets {
  std::uint32_t by_client = 0;
  std::uint32_t by_server = 0;
};

constexpr std::array<Packets, 256> index(std::span<const Row> rows) {
  std::array<Packets, 256> packets{};
  for (const Row& row : rows) {
    Packets& of_code = packets[static_cast<std::size_t>(row.code)];
    of_code.by_client |= row.by_client;
    of_code.by_server |= row.by_server;
  }
  return packets;
}

constexpr auto by_code = index(table);
constexpr auto by_code_v3 = index(table_v3);

}  // namespace

std::string_view describe(ReasonCode code, PacketType type, Version version) noexcept {
  const std::span<const Row> rows = version == Version::v5_0 ? std::span<const Row>(table) : table_v3;
  for (const Row& row : rows) {
    if (row.code == code && ((row.by_client | row.by_server) & bit(type)) != 0) return row.words;
  }
  return "";
}

bool allowed(ReasonCode code, PacketType type, Version version, Sender sender) noexcept {
  const Packets& packets = (version == Version::v5_0 ? by_code : by_code_v3)[static_cast<std::size_t>(code)];
  return ((sender == Sender::client ? packets.by_client : packets.by_server) & bit(type)) != 0;
}

}  // namespace wire
