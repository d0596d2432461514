// Options of the broker.
#include "option_table.h"
#include "values.h"

namespace cmd {
namespace {

Stored listen(Draft& draft, net::Transport transport, std::string_view value) {
  const auto port = read_number(value, 0, 65'535);
  if (!port) return base::unexpected(port.error());
  draft.broker.listeners.push_back({transport, static_cast<std::uint16_t>(*port)});
  return {};
}

const OptionRow rows[] = {
    {.name = "port",
     .letter = 'p',
     .argument = "PORT",
     .group = Group::broker,
     .commands = broker_bit,
     .repeatable = true,
     .help = "listen for MQTT (1883); 0: any free port, printed on stdout",
     .store = [](Draft& draft, std::string_view value) { return listen(draft, net::Transport::tcp, value); }},
    {.name = "tls-port",
     .argument = "PORT",
     .group = Group::broker,
     .commands = broker_bit,
     .repeatable = true,
     .help = "listen for MQTT over TLS",
     .store = [](Draft& draft, std::string_view value) { return listen(draft, net::Transport::tls, value); }},
    {.name = "ws-port",
     .argument = "PORT",
     .group = Group::broker,
     .commands = broker_bit,
     .repeatable = true,
     .help = "listen for MQTT over WebSocket",
     .store = [](Draft& draft, std::string_view value) { return listen(draft, net::Transport::ws, value); }},
    {.name = "wss-port",
     .argument = "PORT",
     .group = Group::broker,
     .commands = broker_bit,
     .repeatable = true,
     .help = "listen for MQTT over WebSocket over TLS",
     .store = [](Draft& draft, std::string_view value) { return listen(draft, net::Transport::wss, value); }},
    {.name = "bind",
     .argument = "ADDRESS",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "address to listen on (127.0.0.1)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.broker.bind_address = value;
       return {};
     }},
    {.name = "ws-path",
     .argument = "PATH",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "path of the WebSocket listeners (/mqtt)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (!value.starts_with('/')) return base::unexpected(is_not(value, "a path: it starts with /"));
       draft.broker.websocket_path = value;
       return {};
     }},
    {.name = "proxy-protocol",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "each connection begins with a PROXY header, version 1 or 2, as of HAProxy or nginx",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.broker.proxy_protocol = true;
       return {};
     }},
    {.name = "password-file",
     .argument = "FILE",
     .group = Group::broker,
     .commands = broker_bit,
     .completion = Completion::file,
     .help = "only users of this file may connect: name:password, a line each",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.password_file = value;
       return {};
     }},
    {.name = "maximum-qos",
     .argument = "QOS",
     .group = Group::broker,
     .commands = broker_bit,
     .choices = "0 1 2",
     .help = "highest quality of service (2)",
     .store = [](Draft& draft, std::string_view value) { return set(draft.broker.maximum_qos, read_qos(value)); }},
    {.name = "no-retain",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "keep no retained messages, and say so to clients of 5.0",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.broker.retain_available = false;
       return {};
     }},
    {.name = "maximum-packet-size",
     .argument = "BYTES",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "largest packet to take (16777216)",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.broker.maximum_packet_size, read_number(value, 16, 268'435'460));
         }},
    {.name = "max-connections",
     .argument = "N",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "clients at a time (10000)",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.broker.max_connections, read_number(value, 1, 10'000'000));
         }},
    {.name = "max-sessions",
     .argument = "N",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "sessions to keep for clients that are away (10000)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.broker.max_sessions, read_number(value, 0, 10'000'000)); }},
    {.name = "max-queued",
     .argument = "BYTES",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "messages that wait for one client (67108864)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.broker.max_queued, read_number(value, 0, UINT64_MAX)); }},
    {.name = "max-retained",
     .argument = "BYTES",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "retained messages in all (268435456)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.broker.max_retained, read_number(value, 0, UINT64_MAX)); }},
    {.name = "fault",
     .argument = "NAME",
     .group = Group::broker,
     .commands = broker_bit,
     .repeatable = true,
     .help = "break a promise about last wills, to try a test of them (see --list-faults)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       const auto fault = broker::find_fault(value);
       if (!fault) return base::unexpected(is_not(value, "a fault: see --list-faults"));
       draft.broker.faults.set(static_cast<std::size_t>(*fault));
       return {};
     }},
    {.name = "list-faults",
     .group = Group::broker,
     .commands = broker_bit,
     .help = "print the faults that the broker can have, and end",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.broker.list_faults = true;
       return {};
     }},
    {.name = "tls-self-signed",
     .argument = "FILE",
     .group = Group::tls,
     .commands = broker_bit,
     .completion = Completion::file,
     .help = "make a certificate, and write its authority to FILE for --cafile of clients",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.broker.self_signed = value;
       return {};
     }},
    {.name = "cert",
     .argument = "FILE",
     .group = Group::tls,
     .commands = broker_bit,
     .completion = Completion::file,
     .help = "our certificate, PEM",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.broker.tls.cert = value;
       return {};
     }},
    {.name = "key",
     .argument = "FILE",
     .group = Group::tls,
     .commands = broker_bit,
     .completion = Completion::file,
     .help = "our private key, PEM",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.broker.tls.key = value;
       return {};
     }},
    {.name = "cafile",
     .argument = "FILE",
     .group = Group::tls,
     .commands = broker_bit,
     .completion = Completion::file,
     .help = "authorities of the clients' certificates, PEM",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.broker.tls.cafile = value;
       return {};
     }},
    {.name = "require-certificate",
     .group = Group::tls,
     .commands = broker_bit,
     .help = "refuse clients that have no certificate from --cafile",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.broker.tls.require_certificate = true;
       return {};
     }},
};

}  // namespace

std::span<const OptionRow> broker_rows() noexcept { return rows; }

}  // namespace cmd
