// The capture format made of blocks: sections, interfaces, and packets in three forms; other blocks are skipped.
#pragma once

#include <memory>

#include "capture/record.h"

namespace capture {

bool is_pcapng(base::Bytes beginning) noexcept;

/// `source` stands at the first section header and must outlive the reader.
std::unique_ptr<Records> read_pcapng(Source& source);

}  // namespace capture
