// Reads a capture from its bytes to the MQTT packets in it.
#include "capture/read.h"

#include "capture/dissector.h"
#include "capture/pcap.h"
#include "capture/pcapng.h"

namespace capture {

bool is_capture(base::Bytes beginning) noexcept { return is_pcap(beginning) || is_pcapng(beginning); }

base::Result<Summary, Error> read_capture(Source& source, const Options& options, Handler& handler) {
  const base::Bytes beginning = source.peek(4);
  if (!is_capture(beginning)) return base::unexpected(Error{"this is no pcap or pcapng capture"});
  const std::unique_ptr<Records> records = is_pcap(beginning) ? read_pcap(source) : read_pcapng(source);
  Dissector dissector(options, handler);
  Record record;
  while (records->next(record)) dissector.receive(record);
  const std::string& problem = source.error().empty() ? records->problem() : source.error();
  if (!problem.empty()) dissector.note(Note::truncated, problem);
  return dissector.finish();
}

}  // namespace capture
