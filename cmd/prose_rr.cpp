// The prose of mqtt-rr(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Subscribes to the topic given with
.Fl e ,
or to one made up for this request,
publishes a request to the topic given with
.Fl t ,
prints the first response and ends.
In MQTT 5, which is the default here, the request names the topic for its response, and a response to another request
is told apart by its correlation data.
A response without any, as a responder of MQTT 3.1.1 sends it, is taken,
unless the correlation data was given with
.Fl D .
)"},
};

constexpr Section after[] = {
    {"EXIT STATUS", R"(
Those of
.Xr mqtt 1 ;
in short 0 when the response came, 27 when it did not come within the time of
.Fl W .
)"},
    {"EXAMPLES", R"(
Ask, and wait two seconds for the answer:
.Bd -literal -offset indent
$ mqtt rr -t clock/ask -e clock/answer/me -m time -W 2
.Ed
.Pp
How long the answer takes:
.Bd -literal -offset indent
$ mqtt rr -t clock/ask -e clock/answer/me -m time --latency
.Ed
)"},
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-pub 1 ,
.Xr mqtt-sub 1
.Pp
Formats of
.Fl F
are described in
.Xr mqtt-sub 1 .
)"},
};

constexpr Page page{"mqtt-rr", "publish an MQTT request and wait for its response", before, after};

}  // namespace

const Page& rr_page() noexcept { return page; }

}  // namespace cmd
