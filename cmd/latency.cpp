#include "latency.h"

#include "base/format.h"

namespace cmd {

std::string describe_latency(session::Duration round_trip) {
  constexpr std::int64_t second = 1'000'000'000;
  const auto nanoseconds = std::chrono::duration_cast<std::chrono::nanoseconds>(round_trip).count();
  if (nanoseconds >= second) return base::format("Latency: {}.{:09}\n", nanoseconds / second, nanoseconds % second);
  if (nanoseconds < 1000) return base::format("Latency: {}ns\n", nanoseconds);
  const auto value = static_cast<double>(nanoseconds);
  if (nanoseconds < 1'000'000) return base::format("Latency: {:f}µs\n", value / 1e3);
  return base::format("Latency: {:f}ms\n", value / 1e6);
}

}  // namespace cmd
