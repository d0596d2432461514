// The one place where what went wrong becomes a line of text and an exit code.
#pragma once

#include <string>

#include "connection_options.h"
#include "net/ending.h"
#include "session/event.h"
#include "wire/packets.h"

namespace cmd {

/// As documented in mqtt(1); 1 to 5 and 128 to 162 are also CONNACK's codes. A mosquitto name has its own (see below).
enum class ExitCode : int {
  success = 0,
  check_failed = 1,     ///< --expect, a will case, a violation found by decode, a --require not met
  connection_lost = 7,  ///< with work unfinished
  timeout = 27,         ///< -W
  usage = 64,
  bad_data = 65,  ///< on stdin or in a file
  no_input = 66,  ///< a file that should be read is not there or not readable
  internal = 70,
  no_host = 68,
  unavailable = 69,  ///< refused or unreachable
  cannot_create = 73,
  io_error = 74,
  temporary = 75,  ///< no answer in time, before CONNACK
  protocol = 76,
  denied = 77,  ///< PUBACK, PUBREC, SUBACK
  configuration = 78,
  tls = 79,
  interrupted = 130,
  terminated = 143,
};

/// What a command ends with when it fails: the code for these manners, and a sentence without the program's name.
struct Failure {
  int exit_code = 0;
  std::string text;
};

int exit_code(ExitCode code, Manners manners) noexcept;

/// Why a connection could not be made, or ended: cause, place and what to try.
Failure explain(const net::Ending& ending, const ConnectionOptions& connection);
/// A command that the broker's limits do not permit; `what` is its object ('topic "a/b"').
Failure explain(const session::Refusal& refusal, std::string_view what, const ConnectionOptions& connection);
/// PUBACK, PUBREC, SUBACK or UNSUBACK with a failure; `what` as above. Under a mosquitto name the code is 0.
Failure explain_denied(wire::PacketType type, wire::ReasonCode code, wire::PropertiesView properties,
                       std::string_view what, const ConnectionOptions& connection);
/// A signal before CONNACK; after it the end is in order and 0.
Failure explain_signal(int signal, Manners manners);
/// A file could not be read (`no_input`), created or written; `number` is an errno.
Failure explain_file(ExitCode code, std::string_view file, int number, Manners manners);

}  // namespace cmd
