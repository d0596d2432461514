// Histograms as text that HdrHistogram's own tools read: the V2 compressed encoding, and logs of it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "stats/histogram.h"

namespace stats {

/// "HISTFAAAA…": the V2 encoding, deflated, in Base64.
std::string encode(const Histogram& histogram);
/// Only histograms with our bounds and digits; what is wrong is a clause of a sentence. Least and greatest are then
/// those of their buckets.
base::Result<Histogram, std::string> decode(std::string_view text);

/// The first lines of a log (format 1.3) that begins at that many seconds since 1970.
std::string hdr_log_head(double start);
/// A line of it: an interval that begins `at` seconds after the log. Values are shown in milliseconds, as the tools
/// expect. `tag` has neither comma nor blank.
std::string hdr_log_line(std::string_view tag, double at, double length, const Histogram& histogram);

}  // namespace stats
