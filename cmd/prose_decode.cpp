// The prose of mqtt-decode(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Says what MQTT packets are in some bytes, and names each byte that breaks the standard together with the statement
that it breaks.
The bytes stand on the command line, on standard input, or in the file of
.Fl r ;
or they are captured from an interface with
.Fl Fl interface .
What they are is seen by their content:
.Bl -tag -width Ds
.It captures
pcap and pcapng, of Ethernet, Linux cooked, loopback and raw IP.
TCP is put together again whatever the order of its segments, and MQTT is found by its content on any port, also within
WebSocket.
Where bytes are missing a line says how many, and reading goes on at the next packet that holds.
.It hex dumps
of
.Xr xxd 1 ,
.Xr hexdump 1 ,
.Xr od 1 ,
Wireshark, tcpdump and debuggers, with or without the headers of Ethernet, IP and TCP; in hexadecimal, and those of
.Xr od 1
and
.Xr hexdump 1
in octal, decimal and characters, too.
.It literals and lists
as C, Python, Go, Java, Kotlin, JavaScript, Rust, Erlang, Lua and SQL, and gdb and lldb, write or print them:
.Ql \ex10\ex0c ,
.Ql b'...' ,
.Ql {0x10, 0x0c} ,
.Ql [16 12] ,
.Ql <Buffer 10 0c> ,
.Ql <<16,12>> ,
.Ql {"0":16,"1":12} ,
.Ql %10%0c ,
.Ql ^P^L .
.It digits
with blanks, colons, commas or
.Ql 0x
between them, or none; words, times, comments and counts around them, as in
.Ql tx 14: 10 0c ...
or
.Ql 10 0c ... (14 bytes) ,
are passed over.
.It base64
.It raw packets
.El
.Pp
A text that can be read in several ways is read in the one that is MQTT from the first byte to the last.
Should more than one be, a line on standard error says which was taken.
A text may have up to 32 MiB; captures and raw packets may have any size, and memory stays bounded:
a packet of more than 16 MiB that comes in several segments is skipped, and a line says so;
while a segment is missing 1 MiB of each direction waits for it;
and of all connections 256 MiB are kept, the oldest of which are given up first.
.Pp
The version of a connection is that of its CONNECT.
Where there is none it is guessed, and called assumed.
)"},
    {"OUTPUT", R"(
.Bl -tag -width Ds
.It text
For each packet a line with time, connection and direction, then a line for each field: its offset in the packet, its
bytes, its name and its value.
Flags are shown bit by bit.
Of a payload at most 1024 characters, or 256 bytes that are no text, are shown.
Control characters are escaped.
.It summary
A line for each packet: time, connection, direction
.Pf ( Ql c>s
or
.Ql s>c ) ,
type and fields.
.It json
An object a line, with the members of the table below, in this order, absent where they do not apply.
.Nm mqtt pub Fl Fl jsonl
reads them.
.It hex
A dump of each packet whose fields are marked and named below their bytes.
.El
.Pp
A violation is shown with what could be read, marked with
.Ql \&! ,
with the offset of the byte that is wrong, a caret below it, and in brackets the statement of the standard of the
version at hand; statements without a number are named by their section.
So is what a receiver may let pass or answers with a refusal of its own: a payload or will that is declared to be UTF-8
and is not, and a client identifier that the version does not permit.
What packets of a connection break together,
.Fl Fl lint
adds below the packet that completes it, with
.Ql \&!
for violations and
.Ql \&?
for what is only likely or advised against; in JSON it is the member
.Ql lint ,
a list of objects with the members clause, level (violation or note), by (client or server), offset, message and
detail.
.Bl -column "PUBACK, PUBREC, PUBREL, PUBCOMP" "members"
.It Em object Ta Em members
.It all Ta time, connection, from, to, sender, offset, length, type, version
.It CONNECT Ta protocol_name, protocol_level, clean_session or clean_start, keep_alive, client_identifier, username, \
password_base64, will, properties
.It CONNACK Ta session_present, reason_code, reason, properties
.It PUBLISH Ta dup, qos, retain, topic, packet_identifier, properties, payload
.It PUBACK, PUBREC, PUBREL, PUBCOMP Ta packet_identifier, reason_code, reason, properties
.It SUBSCRIBE Ta packet_identifier, subscriptions, properties
.It SUBACK, UNSUBACK Ta packet_identifier, reason_codes, properties
.It UNSUBSCRIBE Ta packet_identifier, topic_filters, properties
.It DISCONNECT, AUTH Ta reason_code, reason, properties
.It a violation Ta what could be read, error (clause, offset, message), hex, truncated
.El
.Pp
Payloads, and properties of binary data, stand in a member whose name ends in
.Ql _base64
where they are no UTF-8.
)"},
};

constexpr Section after[] = {
    {"LINT", R"(
With
.Fl -lint
the packets of each connection are held against each other, in both directions: what comes before CONNECT and after
DISCONNECT, packet identifiers that are in use, acknowledgements of nothing, of the wrong kind and in the wrong order,
retransmissions, the limits that the two sides announced, Topic Aliases, subscriptions and what is delivered for them,
authentication, keep alive, and answers that do not come.
A client that connects to the same server again with the same client identifier continues its session, and ends an
older connection that it still had.
.Pp
A finding says which side broke the rule, what it was about, the rule, and the statement of the standard of that
version.
.Ql \&!
marks a violation.
.Ql \&?
marks a note: what the standard only advises, as a DISCONNECT before the end, or what this connection makes likely and
cannot prove, as that a message came back to the client that published it although its subscription has No Local.
Notes do not change the exit status.
.Pp
Who is silent is given time: one and a half keep alive intervals for the client, and five seconds for an answer, and
for closing where a side must close.
Where the capture begins within a connection or has a gap, rules that need what is missing stay silent.
So do those that need more than is kept of a connection: 4096 messages in flight each way, 256 requests, and 1024
subscriptions and Topic Aliases with 64 KiB of text each.
All connections together may take 128 MiB, beyond which those that were silent for longest are judged as if the capture
began later.
.Pp
.Fl -list-clauses
prints every rule with its place in MQTT 3.1, 3.1.1 and 5.0.
)"},
    {"EXIT STATUS", R"(
.Bl -tag -width Ds
.It 0
All packets are well formed; also when the reader of the output went away.
.It 1
A violation was found.
.It 64
The options are wrong.
.It 65
There is nothing in the input that could be MQTT.
.It 66
The input cannot be read.
.It 73 , 74
Output could not be created or written.
.El
)"},
    {"EXAMPLES", R"(
A packet from a log:
.Bd -literal -offset indent
$ mqtt decode '<Buffer 10 0c 00 04 4d 51 54 54 04 02 00 3c 00 00>'
.Ed
.Pp
What goes over the loopback interface at this moment:
.Bd -literal -offset indent
$ tcpdump -i lo -U -w - tcp | mqtt decode --output summary
.Ed
.Pp
The payloads of a topic in a capture, each in a file:
.Bd -literal -offset indent
$ mqtt decode -r capture.pcapng -t 'camera/+/image' --extract images
.Ed
.Pp
Publish again what a capture holds:
.Bd -literal -offset indent
$ mqtt decode -r capture.pcap --only PUBLISH --output json | mqtt pub --jsonl
.Ed
.Pp
What each connection did wrong:
.Bd -literal -offset indent
$ mqtt decode -r capture.pcap --lint
.Ed
.Pp
Who did what:
.Bd -literal -offset indent
$ mqtt decode -r capture.pcap --stats
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-pub 1 ,
.Xr mqtt-sub 1
)"},
};

constexpr Page page{"mqtt-decode", "say what MQTT packets are in a capture or hex dump", before, after};

}  // namespace

const Page& decode_page() noexcept { return page; }

}  // namespace cmd
