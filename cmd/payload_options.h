// Where a message's payload comes from, for pub and rr.
#pragma once

#include <cstdint>
#include <string>

namespace cmd {

struct PayloadOptions {
  enum class Source : std::uint8_t {
    none,     ///< not said; never in parsed options
    message,  ///< -m, --message-hex, --message-base64: `message` has the bytes
    file,     ///< -f: the whole file
    input,    ///< -s: all of standard input, one message
    empty,    ///< -n
    lines,    ///< -l: a message a line of standard input (pub only)
    jsonl,    ///< --jsonl: an object a line of standard input (pub only)
  } source = Source::none;
  std::string message;
  std::string file;  ///< of -f; "-" for standard input
};

}  // namespace cmd
