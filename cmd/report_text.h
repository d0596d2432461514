// Pieces of the reports for machines and pages that will-test and check share.
#pragma once

#include <string>
#include <string_view>

#include "base/buffer.h"
#include "session/time.h"

namespace cmd {

enum class ReportFormat : std::uint8_t { table, tap, junit, json, markdown };

inline double seconds(session::Duration duration) { return std::chrono::duration<double>(duration).count(); }

/// Safe on a terminal.
std::string visible(std::string_view text);
/// The same in a cell of a Markdown table.
std::string cell(std::string_view text);

/// Ends a line that was padded.
void end_line(base::Buffer& out);

}  // namespace cmd
