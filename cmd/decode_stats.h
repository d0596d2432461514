// The tables of `mqtt decode --stats`.
#pragma once

#include "base/buffer.h"
#include "capture/connection_table.h"

namespace cmd {

/// A block of lines for each connection, for people; what strangers wrote is escaped.
void append_stats(base::Buffer& out, capture::ConnectionTable& table);

}  // namespace cmd
