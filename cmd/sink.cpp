#include "sink.h"

namespace cmd {

MadeSink make_sink(const SubOptions& options, const SinkContext& context) {
  if (!options.exec.empty()) return make_exec_sink(options.exec, context);
  if (!options.output_dir.empty()) return make_directory_sink(options.output_dir, context.manners);
  if (options.message_rate) return make_rate_counter(context);
  // Where there is no screen to write over, a line for each message says the same.
  if (options.watch && context.output.is_terminal()) return make_watcher(options.output, context);
  return make_printer(options.output, context);
}

}  // namespace cmd
