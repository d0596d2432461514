// The prose of mqtt-decode(1).
#include "prose.h"

namespace cmd {
namespace {

constexpr Section before[] = {
    {"DESCRIPTION", R"(
Says what MQTT packets are in some bytes: a capture, a hex dump pasted from a log or a terminal, or the packets
themselves.
The bytes stand on the command line, on standard input, or in the file of
.Fl r .
)"},
};

constexpr Section after[] = {
    {"SEE ALSO", R"(
.Xr mqtt 1
)"},
};

constexpr Page page{"mqtt-decode", "say what MQTT packets are in a capture or hex dump", before, after};

}  // namespace

const Page& decode_page() noexcept { return page; }

}  // namespace cmd
