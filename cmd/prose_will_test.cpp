// The prose of mqtt-will-test(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Plays the ways in which a client can die, or live, against a broker, and says for each of them whether the broker keeps
the promise that the standard makes about the client's last will, and by which statement.
.Pp
Each case has topics and client identifiers of its own, so that all cases run at the same time and take about as long as
the slowest one, some eight seconds.
Only
.Cm burst
is played when the others are done.
Retained messages and sessions are removed behind each case, also after SIGINT and SIGTERM; a second signal ends at once.
.Pp
Some cases cannot be played everywhere: without TLS nothing can be said of a connection cut under TLS.
Such cases are skipped, and the reason is given.
A version of the protocol that the broker does not take is left out, unless it was asked for with
.Fl V .
)"},
    {"VERDICTS", R"(
.Bl -tag -width Ds
.It Cm pass
The promise is kept.
.It Cm warn
It is kept in a way that is permitted but may surprise, as where a broker grants QoS 1 for 2.
.It Cm skip
The case says nothing about this broker or this connection.
.It Cm known
It is broken, as
.Fl Fl expect\-fail
said that it would be.
.It Cm fail
It is broken.
The packets of all connections of the case follow, with seconds since its beginning, and the statement of the standard.
.El
.Pp
What should happen at once has the time of
.Fl Fl timeout ;
then an ordinary message is sent and waited for, so that a broker that is merely busy gets the time that it needs.
What must not happen is listened for during
.Fl Fl tolerance ,
again with an ordinary message behind it.
What is timed, as a Will Delay Interval or a keep alive, may be late by
.Fl Fl timeout
and
.Fl Fl tolerance ,
since some brokers look for what is due every few seconds only, and by what our own timers were late.
A delay may be short by less than a second, since brokers count in seconds.
A verdict that rests on lateness is given only after the third attempt.
)"},
};

constexpr Section after[] = {
    {"EXIT STATUS", R"(
0 when no case failed, 1 when one did, and otherwise as described in
.Xr mqtt 1 ,
as when there is no broker or it refuses the connection.
)"},
    {"EXAMPLES", R"(
All cases against a broker with TLS:
.Bd -literal -offset indent
$ mqtt will-test -L mqtts://broker.example -u me --password-file ~/.secret
.Ed
.Pp
The cases about time, with MQTT 5 only:
.Bd -literal -offset indent
$ mqtt will-test -V 5 --only 'delay*,keep-alive*,message-exp*'
.Ed
.Pp
Two brokers side by side, as a table for a web page:
.Bd -literal -offset indent
$ mqtt will-test --against old=mqtt://10.0.0.1,new=mqtt://10.0.0.2 --format markdown
.Ed
.Pp
What fails, by jq:
.Bd -literal -offset indent
$ mqtt will-test --format json | jq -r 'select(.verdict == "fail") | .case'
.Ed
.Pp
A smoke test in GitHub Actions, with a broker as a service:
.Bd -literal -offset indent
jobs:
  wills:
    runs-on: ubuntu-latest
    services:
      broker:
        image: eclipse-mosquitto:2
        ports: ["1883:1883"]
    steps:
      - run: >
          mqtt will-test --wait-for-broker 60 --format junit
          --expect-fail second-connect > wills.xml
      - uses: actions/upload-artifact@v4
        if: always()
        with: {name: wills, path: wills.xml}
.Ed
.Pp
The same in GitLab CI, which shows the cases on the page of a merge request:
.Bd -literal -offset indent
wills:
  services: [{name: "eclipse-mosquitto:2", alias: broker}]
  script:
    - mqtt will-test -h broker --wait-for-broker 60 --format junit > wills.xml
  artifacts:
    when: always
    reports: {junit: wills.xml}
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-broker 1 ,
.Xr mqtt-check 1 ,
.Xr mqtt-decode 1
.Pp
.Ql mqtt broker --fault
breaks the promises one at a time: a broker to try such tests with.
)"},
};

constexpr Page page{"mqtt-will-test", "find out whether an MQTT broker keeps its promises about last wills", before,
                    after};

}  // namespace

const Page& will_test_page() noexcept { return page; }

}  // namespace cmd
