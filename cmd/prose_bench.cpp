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
.It Cm mixed Ar PLAN
does several of these at the same time, as the lines of
.Ar PLAN
say; see
.Sx MIXED LOADS .
.It Cm merge
makes one report of those that runs on several machines wrote with
.Fl Fl json .
.It Cm compare
says from two such reports whether the second run was slower, and how surely.
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
Of shared subscriptions no message counts as
.Ql reordered ,
since MQTT promises an order to the others only.
.Pp
With
.Fl Fl shard
several processes, here or on other machines, make one load together.
Clients, identifiers and due times are then those of one run; only the random part of the identifiers is not, so give
.Fl Fl prefix
where they matter.
.Pp
Should the generator not keep its own schedule, because the machine is too slow or too busy, the report says so and the
run is invalid.
SIGINT and SIGTERM end a run in order, with its report; a second one at once.
A run that had no CONNACK by then is invalid.
)"},
};

constexpr Section after[] = {
    {"MIXED LOADS", R"(
Each line of
.Ar PLAN
.Pq \&- : standard input
is a group of clients: its name, a colon, and the words that
.Nm mqtt bench
would have had for this load alone, with quotes and backslashes as in a shell.
What stands behind # is a comment.
.Bd -literal -offset indent
# a building: many quiet sensors, a few watchers, a restless crowd
sensors:  pub -c 1000 --rate 500 -t 'sensors/%i' -q 1
watchers: sub -c 10 -t 'sensors/#'
commands: latency -c 10 --rate 50 -t 'cmd/%i' -q 2
crowd:    conn -c 500 -R 100 --churn 5
.Ed
.Pp
Options of the command line hold for every group, unless its line says otherwise.
.Fl Fl duration , Fl Fl warmup , Fl Fl start-at , Fl Fl shard
and
.Fl Fl threads
are of the whole run, and so are reports, profiles and options files: they stand on the command line alone.
Names have letters, digits, - and _, and are those of no latency.
Client identifiers are
.Fl Fl prefix ,
the name and the client's number, which counts from 0 in each group.
.Pp
All groups connect at once, share the threads, and begin to publish together when every client of every group is
connected and subscribed, or has failed.
Without
.Fl Fl duration
all last for 10 seconds where a group that publishes has no
.Fl n ,
else until those that publish have come to their ends, and what is under way has arrived or
.Fl Fl patience
is over.
A group of
.Cm sub
with
.Fl n
is not waited for longer than that.
.Pp
What a group of
.Cm sub
should have had of the other groups at the same broker is known as exactly as for
.Cm latency :
each message of a publisher whose topic the filter matches, for each of its clients, or once for a shared subscription.
A client that could not subscribe, or was away when a message came, has lost it.
Only gaps are seen, as by
.Cm sub
alone, where it is not known what should have come: of topics with %s, of shards in other processes, of other
programs, and of brokers that the addresses tell apart: those with another host, or another port for the same transport.
A subscription that is shared with other shards is not counted at all.
Payloads of
.Fl m
and
.Fl f ,
and those below 32 bytes, are only counted.
A group of
.Cm latency
counts its own messages; what it hears of other groups is
.Ql foreign .
.Pp
The report has a part for each group, a table of them with the latency that each is about, and a part for the whole,
where counts are sums, latencies those of all, and
.Ql rate
and
.Ql received_rate
the sums of those of the groups that publish and receive.
.Ql p99
and the like are of one group, as
.Ql sensors.p99 ;
the whole has
.Ql acknowledge.p99 .
What the program itself used is of the whole, and there is no
.Fl Fl self-check .
.Fl Fl csv
has a first column with the name of the group, empty for the whole;
.Fl Fl hdr
has tags such as
.Ql sensors.deliver ;
.Fl Fl prometheus
has a label
.Ql group ,
and no sums.
)"},
    {"REPORT", R"(
The summary on standard output has, as far as they apply:
.Bl -tag -width connections
.It connections
Those that stood when the load began, of those that were to, and how fast they were made; how many the broker ended,
and when the first of them.
.It published
In all, and a second of the measured time; unsent are those that were due and that the connections did not take.
.It received
Each as often as it came.
.It connect , subscribe , acknowledge , deliver
Latencies, to three significant digits: from when a connection was due to CONNACK, SUBSCRIBE to SUBACK, from when a
message was due to PUBACK or PUBCOMP, and to its arrival at a subscriber.
.It generator
What the program itself used, and how late it was.
.It self-check
What it could do by itself, shortly before: see
.Fl Fl self-check .
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
    {"JSON", R"(
The report of
.Fl Fl json
is one object, and holds all that was measured:
.Bl -tag -width connections
.It schema
1; another number means that these words may not hold.
.It program , command
What made it, without secrets.
.It plan
What it was told to do.
.It valid , objections , unmet , interrupted
Whether the figures are to be trusted and why not, which of
.Fl Fl require
are not met, and whether a signal ended it.
.It figures
As above.
.It failures
A list of objects with
.Ql reason
and
.Ql count .
.It spans
Of the whole run, connecting, measuring and receiving: the beginning
.Ql at
in seconds since 1970, and its length in
.Ql seconds .
.It connections
How many there were to be, how many were ready when the load began, in
.Ql ramp
how many were made in each tenth of a second, and in
.Ql first_lost_at ,
seconds since 1970, when the first of them was lost.
.It counts , measured
What was counted in all, and within the measured time; what is missing is 0.
.It messages
Of subscribers: how many were expected and how many lost; of publishers: unsent ones.
.It generator
Processor time and memory of the program itself.
.It series_at , series
An object for each second of the load, with its counts and the histograms of its latencies.
.It groups
Of
.Cm mixed :
for each group such a report of its own, with its
.Ql name ,
but without
.Ql generator .
The plan of the whole has only what is of the whole run.
.It histograms
Of each latency, in nanoseconds.
.Ql hdr
is HdrHistogram's V2 compressed encoding in Base64, as in its logs; least and greatest value are exact.
.El
.Pp
.Nm mqtt bench Cm merge
adds the reports of runs of one kind that were at the same time: counts and histograms exactly, and seconds by the
clocks of the machines, each to the nearest.
Rates count over all the time in which any of the runs measured.
A file called
.Ql -
is standard input.
.Fl Fl json , Fl Fl csv , Fl Fl hdr , Fl Fl html , Fl Fl junit
and
.Fl Fl require
do for the whole what they do for one.
)"},
    {"COMPARISON", R"(
.Nm mqtt bench Cm compare Ar A Ar B
takes two reports of runs of one kind, or on either side several with commas between them, and prints for the rate and
for p50 and p99 of the latency
.Pq of connecting, for runs of Cm conn
what they were, the change from A to B, the interval that has the true change with a confidence of 95 % for all figures
together, and how sure it is that B is slower at all.
Of mixed loads with the same groups each group is compared.
A figure is slower or faster when the interval leaves out zero and the change is no less than
.Fl Fl threshold ;
there is no difference when all of the interval is within the threshold; else nothing is certain, and longer or more
runs may help.
.Pp
Rates are compared by Welch's t-test of the measured seconds, where a second that resembles the one before it counts
for less; latencies by drawing blocks of neighbouring seconds anew
.Pq a moving block bootstrap ,
because one stall delays many messages; those of connecting by the ranks of single connections.
With two runs or more on both sides each run is one value of Welch's test, for runs of the same broker differ more than
the seconds of one run do: that is the comparison to rely on.
.Fl Fl json
prints all that as one object.
)"},
    {"EXIT STATUS", R"(
0 for a valid run that meets what
.Fl Fl require
demands, also after a signal; 1 for others, and when
.Cm compare
found B slower; 64 for wrong options; 65 for a report that cannot be read or does not fit
the others; 66 for a missing file; 69 when no client could connect or the limit on open
files is too low; 78 for a plan with a line that is not right; 68, 79 and others as in
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
.Pp
A building, from a plan as in
.Sx MIXED LOADS :
.Bd -literal -offset indent
$ mqtt bench mixed building.plan -h broker --duration 60 --require 'commands.p99<50ms' --require lost==0
.Ed
.Pp
One load made by two machines, or by the eight processes of a Slurm job, which srun tells who they are:
.Bd -literal -offset indent
here$ mqtt bench latency -c 4000 --rate 50000 --shard 0/2 --start-at 2026-11-21T12:00:00Z --json > 0.json
there$ mqtt bench latency -c 4000 --rate 50000 --shard 1/2 --start-at 2026-11-21T12:00:00Z --json > 1.json
here$ mqtt bench merge 0.json 1.json --hdr whole.hdr
$ srun -n 8 --output=report-%t.json mqtt bench pub -c 800 -q 1 --start-at $(($(date +%s) + 20)) --json
.Ed
.Pp
The same below GNU parallel, and as the command of a Kubernetes Indexed Job with 4 completions; both tell a process
which one it is, but not of how many:
.Bd -literal -offset indent
$ parallel -N0 mqtt bench pub -c 800 -q 1 --shard 8 --json ::: 1 2 3 4 5 6 7 8
command: [mqtt, bench, pub, --host, broker, --count, "800", --shard, "4", --json]
.Ed
.Pp
Is the new version of a broker slower by a tenth or more?
.Bd -literal -offset indent
$ mqtt bench compare old-1.json,old-2.json,old-3.json new-1.json,new-2.json,new-3.json --threshold 10%
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
