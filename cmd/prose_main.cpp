// The manual page mqtt(1): what all commands share.
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
The program
.Nm mqtt
speaks MQTT 3.1, 3.1.1 and 5.0 to any broker, over TCP, TLS, WebSocket, WebSocket over TLS and unix sockets.
Each command has a page of its own:
.Bl -tag -width Ds
.It Xr mqtt-pub 1
publishes messages.
.It Xr mqtt-sub 1
subscribes and prints messages.
.It Xr mqtt-rr 1
publishes a request and waits for its response.
.It Xr mqtt-broker 1
is a throwaway broker in memory.
.It Xr mqtt-decode 1
says what packets are in a capture or hex dump.
.It Xr mqtt-bench 1
puts load on a broker and measures it.
.It Xr mqtt-check 1
finds out what a broker can do.
.It Xr mqtt-will-test 1
finds out whether a broker keeps its promises about last wills.
.El
.Pp
.Nm mqtt Fl Fl help
and
.Nm mqtt Ar COMMAND Fl Fl help
list commands and options,
.Nm mqtt Fl Fl version
prints the version.
.Pp
Called by one of the names
.Nm mosquitto_pub ,
.Nm mosquitto_sub
and
.Nm mosquitto_rr ,
through a symbolic link for example, the program acts as that tool: it reads that tool's configuration file, ends
with its exit statuses, and does not read the environment variables named
.Ev MQTT_* .
)"},
    {"OPTIONS", R"(
Long options are given as
.Fl Fl name Ar value
or
.Fl Fl name Ns = Ns Ar value ;
letters can share a word, and the last one's value can follow at once:
.Fl rq1 .
The word that follows an option with a value is its value, even when it starts with a dash.
Flags can be turned off again with
.Fl Fl name Ns =false .
.Pp
Options come from five places.
The command line wins over a file named with
.Fl o ,
which wins over the environment, which wins over the profile, which wins over the defaults.
A host, URL or socket from a stronger place replaces all of these from a weaker one.
)"},
    {"ADDRESSES", R"(
A broker is named by
.Fl Fl host
and
.Fl Fl port ,
by
.Fl Fl unix ,
or by one URL with
.Fl Fl url :
.Bl -column "mqtts, tls, ssl" "WebSocket over TLS" "default port"
.It Em scheme Ta Em transport Ta Em default port
.It mqtt, tcp Ta TCP Ta 1883
.It mqtts, tls, ssl Ta TLS Ta 8883
.It ws Ta WebSocket Ta 80
.It wss, wxs, alis Ta WebSocket over TLS Ta 443
.It unix Ta unix socket Ta \(em
.El
.Pp
The form is
.Ar scheme Ns :// Ns Oo Ar user Ns Oo : Ns Ar password Oc Ns @ Oc Ns Ar host Ns Oo : Ns Ar port Oc Ns Oo / Ns Ar rest Oc .
For mqtt and mqtts the rest is a topic, for ws and wss the path of the WebSocket with its query.
An IPv6 address stands in brackets.
Characters that have a meaning in URLs are written as in
.Ql %40
for
.Ql @ .
The schemes wxs and alis are the names that mini-programs have for wss.
)"},
};

constexpr Section after[] = {
    {"ENVIRONMENT", R"(
Options whose description names a variable are also read from it, flags as 1 or 0.
The most useful ones:
.Bl -tag -width Ds
.It Ev MQTT_URL , MQTT_HOST , MQTT_PORT
The broker.
.It Ev MQTT_USERNAME , MQTT_PASSWORD , MQTT_PASSWORD_FILE
The credentials.
.It Ev MQTT_CAFILE , MQTT_CERT , MQTT_KEY
TLS.
.It Ev MQTT_PROFILE
The profile.
.It Ev SSLKEYLOGFILE
Where to append the secrets of TLS sessions.
.It Ev XDG_CONFIG_HOME , HOME
Where the configuration file is.
.El
)"},
    {"FILES", R"(
.Bl -tag -width Ds
.It Pa $XDG_CONFIG_HOME/mqtt/config
Profiles, or
.Pa ~/.config/mqtt/config
where the variable is not set.
A profile is a section of long options without their dashes.
.Fl Fl profile
chooses one;
.Li [default]
is used without it.
Options of other commands are passed over, so that all commands can share a profile.
.Bd -literal -offset indent
[default]
host = broker.example
cafile = /etc/ssl/our-ca.pem

[cloud]
url = wss://cloud.example/mqtt
username = me
password-file = /home/me/.cloud-password
property = connect user-property site office
.Ed
.It Pa $XDG_CONFIG_HOME/mosquitto_pub , mosquitto_sub , mosquitto_rr
Read in its place when called by that name: an option a line, as in
.Ql -h broker.example .
.El
.Pp
Should a file that holds a password be readable by others, a line on standard error says so.
)"},
    {"EXIT STATUS", R"(
.Bl -tag -width "128\(en162"
.It 0
Done; also when the reader of standard output went away.
.It 1
A check failed: what
.Fl Fl expect
wanted was not seen, what
.Fl Fl require
demands was not met, or
.Nm mqtt decode
found a violation.
.It 1\(en5 , 128\(en162
The return code or reason code with which the broker refused the connection.
.It 7
The connection was lost with work unfinished, or again and again for one cause, which is told.
.It 27
The time of
.Fl W
was over.
.It 64
The options are wrong.
.It 65
Bad data on standard input or in a file.
.It 66
A file that should be read is not there or not readable.
.It 68
The name of the host was not resolved.
.It 69
The connection was refused, or the host is not reachable.
.It 73 , 74
Output could not be created or written.
.It 75
No answer in time, before the broker accepted the connection.
.It 76
The peer broke the protocol, or is no MQTT broker.
.It 77
The broker denied a publish or a subscription.
.It 78
A configuration file is wrong.
.It 79
TLS failed, or the broker's certificate is not trusted.
.It 130 , 143
Interrupted or terminated before the broker accepted the connection.
Later, these signals lead to an orderly end with status 0.
.El
.Pp
Under a mosquitto name: 1 for wrong options,
.Fl Fl help ,
.Fl Fl version
and a connection that could not be made; the broker's code when it refuses; 2 when the peer breaks the protocol; 7 and 27
as above; 255 without an answer; 0 for a denied publish or subscription.
)"},
    {"EXAMPLES", R"(
A broker, a subscriber and a message, on one machine:
.Bd -literal -offset indent
$ mqtt broker &
$ mqtt sub -v -t 'hello/#' &
$ mqtt pub -t hello/world -m 'good morning'
hello/world good morning
.Ed
.Pp
The same through WebSocket:
.Bd -literal -offset indent
$ mqtt broker --ws-port 8083 &
$ mqtt pub -L ws://localhost:8083 -t hello/world -m hi
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt-bench 1 ,
.Xr mqtt-broker 1 ,
.Xr mqtt-check 1 ,
.Xr mqtt-decode 1 ,
.Xr mqtt-pub 1 ,
.Xr mqtt-rr 1 ,
.Xr mqtt-sub 1 ,
.Xr mqtt-will-test 1
)"},
};

constexpr Page page{"mqtt", "tools for MQTT", before, after};

}  // namespace

const Page& main_page() noexcept { return page; }

}  // namespace cmd
