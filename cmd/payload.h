// Reads the payload of one message from where the options say.
#pragma once

#include <string>

#include "base/result.h"
#include "exit_code.h"
#include "payload_options.h"

namespace cmd {

/// The bytes of message, file, input and empty. An empty standard input is an error (as mosquitto_pub has it).
base::Result<std::string, Failure> load_payload(const PayloadOptions& payload, Manners manners);

}  // namespace cmd
