// The classic capture format: one header, then records, in either byte order, to the micro- or nanosecond.
#pragma once

#include <memory>

#include "capture/record.h"

namespace capture {

bool is_pcap(base::Bytes beginning) noexcept;

/// `source` stands at the header and must outlive the reader.
std::unique_ptr<Records> read_pcap(Source& source);

}  // namespace capture
