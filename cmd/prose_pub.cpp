// The prose of mqtt-pub(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Publishes a message, or one message for each line of standard input.
With QoS 1 and 2 the command succeeds only when the broker has acknowledged every message.
.Pp
With
.Fl l
the input is read as fast as the broker takes it, however long it is, in constant memory.
When the connection is lost, lines of QoS 1 and 2 that were not acknowledged are sent again on the next one, marked as
duplicates.
On failure a line on standard error says how many lines were acknowledged.
.Pp
With
.Fl Fl jsonl
each line is an object with the members
.Li topic
and
.Li payload
or
.Li payload_base64 ,
and where wanted
.Li qos ,
.Li retain
and
.Li properties .
This is what
.Nm mqtt sub Fl Fl json
writes, so that the two together copy messages from one broker to another, and a recorded file can be played back.
)"},
};

constexpr Section after[] = {
    {"EXIT STATUS", R"(
Those of
.Xr mqtt 1 ;
in short 0 when all was published, 77 when the broker denied a message, 7 when the connection was lost with work
unfinished, 27 when the time of
.Fl W
was over.
)"},
    {"EXAMPLES", R"(
One retained message, acknowledged by the broker:
.Bd -literal -offset indent
$ mqtt pub -t home/lamp -m on -q 1 -r
.Ed
.Pp
Each line of a log as a message, ten a second at most:
.Bd -literal -offset indent
$ tail -n 100 app.log | mqtt pub -t logs/app -l -q 1 --rate 10
.Ed
.Pp
A topic for each line:
.Bd -literal -offset indent
$ printf 'a/1\etone\ena/2\ettwo\en' | mqtt pub -l --topic-separator TAB
.Ed
.Pp
Binary data and properties of MQTT 5:
.Bd -literal -offset indent
$ mqtt pub -t cmd/door --message-hex 01ff \e
    -D publish response-topic answers/me -D publish correlation-data hex:c0ffee
.Ed
.Pp
Record, and play back ten times as fast:
.Bd -literal -offset indent
$ mqtt sub -t 'plant/#' --json -W 60 > plant.jsonl
$ mqtt pub --jsonl --replay --speed 10 < plant.jsonl
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-rr 1 ,
.Xr mqtt-sub 1
)"},
};

constexpr Page page{"mqtt-pub", "publish messages to an MQTT broker", before, after};

}  // namespace

const Page& pub_page() noexcept { return page; }

}  // namespace cmd
