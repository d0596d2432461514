// How `mqtt rr --latency` puts a round trip time.
#pragma once

#include <string>

#include "session/time.h"

namespace cmd {

/// As mosquitto_rr: "Latency: 830ns\n", "Latency: 12.345000µs\n", "Latency: 1.250000ms\n", "Latency: 2.000000001\n".
std::string describe_latency(session::Duration round_trip);

}  // namespace cmd
