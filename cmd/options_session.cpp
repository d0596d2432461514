// Options of the MQTT session and its will.
#include "option_table.h"
#include "property.h"
#include "values.h"

namespace cmd {
namespace {

Stored store_keep_alive(Draft& draft, std::string_view value) {
  if (value == "0" && draft.manners == Manners::ours) {
    draft.connection.session.keep_alive = 0;
    return {};
  }
  return set(draft.connection.session.keep_alive, read_number(value, 5, 65'535));
}

Stored store_session_expiry(Draft& draft, std::string_view value) {
  draft.needs_version_5 = true;
  constexpr std::uint32_t never = 0xFFFF'FFFF;
  if (value == "-1" || value == "\u221e") {
    draft.session_expiry = never;
    return {};
  }
  if (auto seconds = read_number(value, 0, never)) {
    draft.session_expiry = static_cast<std::uint32_t>(*seconds);
    return {};
  }
  return base::unexpected(is_not(value, "a number of seconds, or -1 for a session that never expires"));
}

const OptionRow rows[] = {
    {.name = "id",
     .letter = 'i',
     .argument = "ID",
     .group = Group::session,
     .commands = client_bits,
     .environment = "MQTT_ID",
     .help = "client identifier (made up by us, in MQTT 5 by the broker)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.id = value;
       return {};
     }},
    {.name = "id-prefix",
     .letter = 'I',
     .argument = "PREFIX",
     .group = Group::session,
     .commands = client_bits,
     .environment = "MQTT_ID_PREFIX",
     .help = "client identifier: this and our process identifier",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.id_prefix = value;
       return {};
     }},
    {.name = "protocol-version",
     .letter = 'V',
     .argument = "VERSION",
     .group = Group::session,
     .commands = client_bits | bench_bit,
     .environment = "MQTT_PROTOCOL_VERSION",
     .choices = "5 311 31 mqttv5 mqttv311 mqttv31",
     .help = "MQTT 5, 311 or 31 (311; rr: 5)",
     .more = "Also written mqttv5, mqttv311 and mqttv31.",
     .store = [](Draft& draft, std::string_view value) { return set(draft.version, read_version(value)); }},
    {.name = "disable-clean-session",
     .letter = 'c',
     .group = Group::session,
     .commands = client_bits,
     .environment = "MQTT_DISABLE_CLEAN_SESSION",
     .help = "continue the session that the broker keeps for our --id, and keep it",
     .more = "In MQTT 5 the session then never expires, unless -x says otherwise.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.connection.session.clean_start = false;
       return {};
     }},
    {.name = "session-expiry",
     .letter = 'x',
     .argument = "SECONDS",
     .group = Group::session,
     .commands = connecting_bits & ~check_bit,
     .environment = "MQTT_SESSION_EXPIRY",
     .help = "how long the broker keeps our session, -1: for ever; MQTT 5",
     .store = store_session_expiry},
    {.name = "keepalive",
     .letter = 'k',
     .argument = "SECONDS",
     .group = Group::session,
     .commands = client_bits | bench_bit,
     .environment = "MQTT_KEEPALIVE",
     .help = "send at least something this often (60; 0: no)",
     .store = store_keep_alive},
    {.name = "max-inflight",
     .letter = 'M',
     .argument = "N",
     .group = Group::session,
     .commands = client_bits,
     .environment = "MQTT_MAX_INFLIGHT",
     .help = "unacknowledged messages at a time (what the broker allows)",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.connection.session.inflight_maximum, read_number(value, 1, 65'535));
         }},
    {.name = "property",
     .letter = 'D',
     .argument = "COMMAND NAME VALUE",
     .group = Group::session,
     .commands = connecting_bits & ~check_bit,
     .repeatable = true,
     .help = "a property of a packet: -D publish content-type text/plain; MQTT 5",
     .more =
         "COMMAND is connect, publish, subscribe, unsubscribe, disconnect or will; NAME is the specification's with "
         "dashes. A user-property takes two values, its name and its text. Binary values (correlation-data, "
         "authentication-data) can be given as hex:6869, base64:aGk= or @FILE.",
     .store = store_property},
    {.name = "reconnect",
     .group = Group::session,
     .commands = client_bits,
     .environment = "MQTT_RECONNECT",
     .help = "connect again when the connection is lost",
     .more =
         "The default for sub, and for pub with lines and QoS 1 or 2. Attempts grow apart, up to 30 seconds, until "
         "something is achieved again; what was not acknowledged is sent again. Where the broker ends one connection "
         "after the other on the same message or subscription, or because another client has the same client "
         "identifier, that is told after the third time and given up after the sixth, with status 7.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.reconnect = true;
       return {};
     }},
    {.name = "no-reconnect",
     .group = Group::session,
     .commands = client_bits,
     .environment = "MQTT_NO_RECONNECT",
     .help = "end when the connection is lost",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.reconnect = false;
       return {};
     }},
    {.name = "will-topic",
     .argument = "TOPIC",
     .group = Group::will,
     .commands = connecting_bits & ~check_bit,
     .environment = "MQTT_WILL_TOPIC",
     .help = "where the broker publishes our will",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.will.topic = value;
       return {};
     }},
    {.name = "will-payload",
     .argument = "TEXT",
     .group = Group::will,
     .commands = connecting_bits & ~check_bit,
     .environment = "MQTT_WILL_PAYLOAD",
     .help = "its payload (empty)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.will_given = true;
       draft.will.payload = value;
       if (value.size() > 65'535) return base::unexpected<std::string>("a will has at most 65535 bytes");
       return {};
     }},
    {.name = "will-qos",
     .argument = "QOS",
     .group = Group::will,
     .commands = connecting_bits & ~check_bit,
     .environment = "MQTT_WILL_QOS",
     .choices = "0 1 2",
     .help = "its QoS (0)",
     .store =
         [](Draft& draft, std::string_view value) {
           draft.will_given = true;
           return set(draft.will.qos, read_qos(value));
         }},
    {.name = "will-retain",
     .group = Group::will,
     .commands = connecting_bits & ~check_bit,
     .environment = "MQTT_WILL_RETAIN",
     .help = "it is retained",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.will_given = true;
       draft.will.retain = true;
       return {};
     }},
};

}  // namespace

std::span<const OptionRow> session_rows() noexcept { return rows; }

}  // namespace cmd
