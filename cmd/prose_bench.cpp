// The prose of mqtt-bench(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Puts load on a broker and measures what comes of it.
.Bl -tag -width latency
.It Cm conn
connects
.Fl c
clients and holds the connections for
.Fl Fl duration .
.It Cm pub
publishes.
At QoS 1 and 2 the time to the acknowledgement is measured.
.It Cm sub
subscribes, and counts what comes, of
.Cm pub
in another process for example.
.It Cm latency
publishes and subscribes in one process, and measures the time from one to the other.
.El
.Pp
Publishing begins when all clients are connected and subscribed, or have failed.
With
.Fl Fl rate
each message is due at its own time, the k-th at k divided by the rate after the start, and its latency counts from
then, whether or not it could be sent in time: a broker that stalls makes all messages late that were due meanwhile.
The lines called
.Em service
count from when a message was sent.
Without a rate each publisher sends as fast as acknowledgements come, or at QoS 0 as fast as the connection takes it.
.Pp
Every message carries who sent it, which one it is and when it was due.
.Cm latency
thus reports exactly how many messages were lost, came twice, or came later than one that was sent after them.
.Cm sub
alone sees only what is missing between the messages that came; its latencies are those of publishers on the same machine.
.Pp
Should the generator not keep its own schedule, because the machine is too slow or too busy, the report says so and the
run is invalid.
SIGINT ends a run in order, with its report; a second one at once.
)"},
};

constexpr Section after[] = {
    {"REPORT", R"(
The summary on standard output has, as far as they apply:
.Bl -tag -width connections
.It connections
Those that stood when the load began, of those that were to, and how fast they were made.
.It published
In all, and a second of the measured time; unsent are those that were due and that the connections did not take.
.It received
Each as often as it came.
.It connect , subscribe , acknowledge , deliver
Latencies, to three significant digits: from when a connection was due to CONNACK, SUBSCRIBE to SUBACK, from when a
message was due to PUBACK or PUBCOMP, and to its arrival at a subscriber.
.It generator
What the program itself used, and how late it was.
.It failures
How often, at which stage, and why.
.El
.Pp
The
.Ql figures
of the JSON report are what
.Fl Fl require
can name: times in seconds
.Pq min , p50 , p90 , p99 , p999 , p9999 , max , mean
of the latency that the mode is about, or of one of them as in
.Ql connect.p99 ;
.Ql rate ,
.Ql received_rate
and
.Ql connect_rate
a second;
.Ql lost ,
.Ql duplicated ,
.Ql reordered ,
.Ql unsent ,
.Ql connect_failures
and the other counts.
)"},
    {"EXIT STATUS", R"(
0 for a valid run that meets what
.Fl Fl require
demands, also after a signal; 1 for others; 64 for wrong options; 69 when no client could connect or the limit on open
files is too low; 68, 79 and others as in
.Xr mqtt 1 .
)"},
    {"EXAMPLES", R"(
How fast does the broker take messages at QoS 1, from 10 clients?
.Bd -literal -offset indent
$ mqtt bench pub -c 10 -q 1 --inflight 100
.Ed
.Pp
Latency at 5,000 messages a second between 50 pairs of clients, as a check:
.Bd -literal -offset indent
$ mqtt bench latency -c 50 --rate 5000 --duration 30 --require 'p99<20ms' --require lost==0
.Ed
.Pp
10,000 connections, 1,000 a second, held for a minute:
.Bd -literal -offset indent
$ mqtt bench conn -c 10000 -R 1000 --duration 60
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-broker 1 ,
.Xr mqtt-pub 1 ,
.Xr mqtt-sub 1
)"},
};

constexpr Page page{"mqtt-bench", "put load on an MQTT broker and measure it", before, after};

}  // namespace

const Page& bench_page() noexcept { return page; }

}  // namespace cmd
