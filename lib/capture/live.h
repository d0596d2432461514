// Reads MQTT from a network interface while it passes.
#pragma once

#include <functional>

#include "capture/read.h"

namespace capture {

struct Interface {
  std::string name;      ///< as the system calls it: "lo", "eth0", "any"
  std::string filter{};  ///< in the language of pcap-filter(7); empty: all frames
};

struct LiveError {
  enum class Kind : std::uint8_t { interface, no_permission, filter };
  std::string message;
  Kind kind = Kind::interface;
};

/// Reads until `on_wait` returns false. That is asked whenever nothing has come for a moment, and often enough else.
base::Result<Summary, LiveError> read_interface(const Interface& interface, const Options& options, Handler& handler,
                                                const std::function<bool()>& on_wait);

}  // namespace capture
