// The prose of mqtt-will-test(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Plays the ways in which a client can die, or live, against a broker, and says for each whether the broker keeps the
promise that the standard makes about the client's last will.
)"},
};

constexpr Section after[] = {
    {"SEE ALSO", R"(
.Xr mqtt 1 ,
.Xr mqtt-broker 1 ,
.Xr mqtt-decode 1
)"},
};

constexpr Page page{"mqtt-will-test", "find out whether an MQTT broker keeps its promises about last wills", before,
                    after};

}  // namespace

const Page& will_test_page() noexcept { return page; }

}  // namespace cmd
