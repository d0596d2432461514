// `mqtt sub`: receives messages.
#include "commands.h"
#include "options.h"
#include "subscriber.h"

namespace cmd {

int run_sub(int argc, char** argv) {
  auto options = parse_sub(argc, argv);
  if (!options) return finish(options.error());
  Subscriber subscriber(*options);
  if (const auto ready = subscriber.prepare(); !ready) {
    return finish({ready.error().exit_code, {}, options->connection.program + ": " + ready.error().text + "\n"});
  }
  return subscriber.run();
}

}  // namespace cmd
