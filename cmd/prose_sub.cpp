// The prose of mqtt-sub(1), with the language of -F.
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Subscribes to topic filters and prints each message that arrives: its payload and an end of line, unless options say
otherwise.
Standard output carries messages only.
On a terminal control characters in messages are shown escaped; in a pipe all bytes go through as they are.
A message of QoS 1 or 2 is acknowledged after it has been written.
.Pp
The command goes on until it is interrupted, connecting again whenever the connection is lost, or until one of the
options of
.Sx When to end
holds.
Words behind
.Fl Fl
are a command that is started once the subscriptions are acknowledged, so that a script needs no sleep before it
publishes; when that command fails, so do we, with its status.
)"},
};

constexpr Section after[] = {
    {"FORMATS", R"(
A format of
.Fl F
is text with these in it:
.Pp
.Bl -tag -width "%%, @@" -compact
.It \&%t
topic
.It \&%p
payload
.It \&%l
length of the payload
.It \&%q
QoS
.It \&%r
retain flag, 0 or 1
.It \&%m
packet identifier
.It \&%x , \&%X
payload in hexadecimal, lower or upper case
.It \&%f , \&%d
payload as a float of 4 or a double of 8 bytes
.It \&%j
the message as JSON, its payload as a string
.It \&%J
the message as JSON, its payload as JSON
.It \&%I
time of arrival, ISO 8601
.It \&%U
time of arrival, seconds and nanoseconds since 1970
.It \&%A
topic alias
.It \&%C
content type
.It \&%D
correlation data
.It \&%E
message expiry interval
.It \&%F
payload format indicator
.It \&%P
user properties
.It \&%R
response topic
.It \&%S
subscription identifier
.It \&%% , @@
the characters themselves
.It @ Ns Ar c
a conversion of
.Xr strftime 3 ,
as in
.Ql @H:@M:@S
.It @N
nanoseconds of the second
.It \en \et \er \ea \ee \e0 \ev \e\e
characters as in C
.El
.Pp
Between the percent sign and the letter may stand
.Ql -
(to the left),
.Ql 0
(leading zeros), a width, a dot and a precision, and for hexadecimal a separator:
.Ql %.2:x
prints
.Ql 61:62:63 .
)"},
    {"EXIT STATUS", R"(
Those of
.Xr mqtt 1 ;
in short 0 at an orderly end, 27 when the time of
.Fl W
was over, 1 when what
.Fl Fl expect
wanted did not come, 77 when the broker denied a subscription, and the status of the command behind
.Fl Fl
when that failed.
)"},
    {"EXAMPLES", R"(
All messages below a topic, with their topics:
.Bd -literal -offset indent
$ mqtt sub -v -t 'home/#'
.Ed
.Pp
The next message, within five seconds:
.Bd -literal -offset indent
$ mqtt sub -t home/lamp -C 1 -W 5
.Ed
.Pp
With time, topic and payload:
.Bd -literal -offset indent
$ mqtt sub -t 'home/#' -F '@H:@M:@S %t %p'
.Ed
.Pp
A smoke test that succeeds only if the service answers in time:
.Bd -literal -offset indent
$ mqtt sub -t service/state --expect-json /ready=true -W 10 -- \e
    mqtt pub -t service/ping -m ''
.Ed
.Pp
A copy of everything from one broker on another:
.Bd -literal -offset indent
$ mqtt sub -h one.example -t '#' --json | mqtt pub -h two.example --jsonl
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-pub 1 ,
.Xr mqtt-rr 1
)"},
};

constexpr Page page{"mqtt-sub", "subscribe to an MQTT broker and print messages", before, after};

}  // namespace

const Page& sub_page() noexcept { return page; }

}  // namespace cmd
