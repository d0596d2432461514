// Asks for secrets on the terminal, wherever standard input and output go.
#pragma once

#include <string>

#include "base/result.h"

namespace cmd {

/// Shows `prompt`, reads a line without showing it. On failure: why, a clause.
base::Result<std::string, std::string> ask_secret(const std::string& prompt);

}  // namespace cmd
