#include "bench/payload.h"

#include <cstdio>
#include <random>

namespace bench {

std::uint16_t clock_of_this_machine() {
  std::uint32_t hash = 2'166'136'261U;
  if (std::FILE* file = std::fopen("/proc/sys/kernel/random/boot_id", "r")) {
    for (int byte = std::fgetc(file); byte != EOF; byte = std::fgetc(file)) {
      hash = (hash ^ static_cast<std::uint32_t>(byte)) * 16'777'619U;
    }
    std::fclose(file);
  }
  return static_cast<std::uint16_t>(hash ^ hash >> 16);
}

std::uint32_t random_run() { return std::random_device{}(); }

}  // namespace bench
