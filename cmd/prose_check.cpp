// The prose of mqtt-check(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Finds out what a broker can do, and prints it as a table of facts: the versions of the protocol that it takes, the
highest QoS, whether it keeps retained messages and sessions, how long topics and client identifiers may be, which
limits it states, which versions of TLS it takes and when its certificate expires, how long a message is on its way.
.Pp
What a broker states in CONNACK is tried as well wherever that can be done: a retained message is published and asked
for by another client, a session is left and taken up again, messages to a shared subscription are counted.
A remark behind a fact says how the two differ, or in which words the broker refused.
.Pp
First each version of the protocol is tried; all else is asked by the newest that the broker takes, or by that of
.Fl V .
Facts that do not apply, as those of TLS without TLS, and those that could not be found out, have a dash for a value and
the reason behind it.
.Fl Fl list
prints the facts, each with its clause and how it is found out.
.Pp
Topics and client identifiers begin with random ones of their own.
Retained messages and sessions are removed behind each fact, also after SIGINT and SIGTERM; a second signal ends at once.
.Pp
No fact takes for ever: each answer has the time of
.Fl Fl timeout ,
each CONNACK that of
.Fl Fl connect\-timeout ,
and all that is asked for one fact six times the one and once the other.
Limits are searched for up to a bound, which is 65,535 bytes for topics and client identifiers, 1,000 for levels, and
.Fl Fl largest\-payload
for payloads; a broker that is merely silent about a size ends the search, and the remark says so.
)"},
    {"REQUIREMENTS", R"(
Each
.Fl Fl require
demands something of a fact:
.Bl -column "certificate_days>14" "meaning"
.It Li retain Ta it is so, or not zero, or there is some text
.It Li anonymous==no Ta it is not so
.It Li qos>=1 , maximum_packet_size>=1MiB Ta a number, also in KiB or MiB
.It Li ping.p50<20ms Ta a time, with its unit: ns, us, ms, s, m or h
.It Li certificate_days>14 Ta the certificate is valid for at least 15 days more
.El
.Pp
A line on standard error names each that is not met, with what was found; the exit status is then 1.
What could not be found out meets no demand.
)"},
};

constexpr Section after[] = {
    {"EXIT STATUS", R"(
0 when all that
.Fl Fl require
demands is so, 1 when something is not, and otherwise as described in
.Xr mqtt 1 ,
as when there is no broker, when it refuses the connection by every version, or when something else listens there.
)"},
    {"EXAMPLES", R"(
What can this broker do?
.Bd -literal -offset indent
$ mqtt check -h broker.example
.Ed
.Pp
Some of it, with TLS:
.Bd -literal -offset indent
$ mqtt check -L mqtts://broker.example --only 'tls*,certificate*'
.Ed
.Pp
Before a deployment: MQTT 5, QoS 1, retained messages, no strangers, and a certificate that holds two weeks more:
.Bd -literal -offset indent
$ mqtt check -L mqtts://broker.example -u me --password-file ~/.secret \e
    --require version.5.0 --require 'qos>=1' --require retain \e
    --require anonymous==no --require 'certificate_days>14'
.Ed
.Pp
Two brokers side by side, as a table for a web page:
.Bd -literal -offset indent
$ mqtt check --against old=mqtt://10.0.0.1,new=mqtt://10.0.0.2 --format markdown
.Ed
.Pp
The limits that the broker states or has, by jq:
.Bd -literal -offset indent
$ mqtt check --format json | jq -r 'select(.unit == "bytes") | [.fact, .value] | @tsv'
.Ed
.Pp
As a smoke test in GitHub Actions, with a broker as a service, before the promises about last wills are tested:
.Bd -literal -offset indent
jobs:
  broker:
    runs-on: ubuntu-latest
    services:
      broker:
        image: eclipse-mosquitto:2
        ports: ["1883:1883"]
    steps:
      - run: >
          mqtt check --wait-for-broker 60 --format junit
          --require 'qos>=1' --require retain > check.xml
      - run: >
          mqtt will-test --format junit
          --expect-fail second-connect > wills.xml
      - uses: actions/upload-artifact@v4
        if: always()
        with: {name: broker, path: "*.xml"}
.Ed
.Pp
The same in GitLab CI, which shows the cases on the page of a merge request:
.Bd -literal -offset indent
broker:
  services: [{name: "eclipse-mosquitto:2", alias: broker}]
  variables: {MQTT_HOST: broker}
  script:
    - >
      mqtt check --wait-for-broker 60 --format junit
      --require 'qos>=1' --require retain > check.xml
    - mqtt will-test --format junit --expect-fail second-connect > wills.xml
  artifacts:
    when: always
    reports: {junit: [check.xml, wills.xml]}
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-bench 1 ,
.Xr mqtt-broker 1 ,
.Xr mqtt-will-test 1
)"},
};

constexpr Page page{"mqtt-check", "find out what an MQTT broker can do", before, after};

}  // namespace

const Page& check_page() noexcept { return page; }

}  // namespace cmd
