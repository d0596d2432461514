// The prose of mqtt-broker(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
A broker for demonstrations, tests and build machines: MQTT 3.1, 3.1.1 and 5.0 over TCP, TLS, WebSocket and WebSocket
over TLS, with retained messages, wills, persistent and shared subscriptions and QoS 0 to 2.
Everything is in memory, within bounds, and gone when it ends.
It listens on the loopback interface unless
.Fl Fl bind
says otherwise.
.Pp
When all listeners are open, one line on standard output names them, so that scripts can wait for it and read the
ports that were chosen for port 0.
)"},
};

constexpr Section after[] = {
    {"EXIT STATUS", R"(
0 after SIGINT or SIGTERM, 64 for wrong options, 69 when an address cannot be listened on, 66 and 79 when a certificate or
key cannot be used.
)"},
    {"EXAMPLES", R"(
A broker on port 1883:
.Bd -literal -offset indent
$ mqtt broker
.Ed
.Pp
All transports on free ports, with a certificate made for the occasion:
.Bd -literal -offset indent
$ mqtt broker -p 0 --tls-port 0 --ws-port 0 --wss-port 0 --tls-self-signed ca.pem
.Ed
.Pp
Only for users of a file with lines as
.Ql me:secret :
.Bd -literal -offset indent
$ mqtt broker --password-file users
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-pub 1 ,
.Xr mqtt-sub 1
)"},
};

constexpr Page page{"mqtt-broker", "a throwaway MQTT broker in memory", before, after};

}  // namespace

const Page& broker_page() noexcept { return page; }

}  // namespace cmd
