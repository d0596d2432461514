// How received messages are shown, for sub and rr.
#pragma once

#include <cstdint>
#include <string>

#include "connection_options.h"

namespace cmd {

struct OutputOptions {
  enum class Style : std::uint8_t {
    payload,
    verbose,  ///< -v: topic, blank, payload
    format,   ///< -F: `format`
    json,     ///< --json: an object a line
  } style = Style::payload;
  std::string format;
  bool end_of_line = true;  ///< -N turns it off; no matter for `json`
  bool pretty = false;      ///< --pretty: %j and %J indented
  When color = When::automatic;
};

}  // namespace cmd
