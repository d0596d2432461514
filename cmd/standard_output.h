// What a command prints at its end, and what it means that it could not be written.
#pragma once

#include <optional>
#include <string_view>

#include "exit_code.h"
#include "render/output.h"

namespace cmd {

/// Why what was flushed could not be written. A reader that went away is no failure.
std::optional<Failure> failure_of(const render::Output& output);
/// Writes to standard output, all of it, and says like `failure_of` what came of it.
std::optional<Failure> print(std::string_view text);

}  // namespace cmd
