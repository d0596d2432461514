#include "standard_output.h"

#include <unistd.h>

namespace cmd {

std::optional<Failure> failure_of(const render::Output& output) {
  if (!output.error()) return std::nullopt;
  return explain_file(ExitCode::io_error, "standard output", output.error().value(), Manners::ours);
}

std::optional<Failure> print(std::string_view text) {
  render::Output output(STDOUT_FILENO);
  output.buffer().append(text);
  output.flush();
  return failure_of(output);
}

}  // namespace cmd
