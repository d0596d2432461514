// The program: finds the subcommand by the first word, or by the name it was called with.
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include "commands.h"
#include "docs.h"

namespace {

struct Command {
  std::string_view name;
  std::string_view mosquitto_name;
  int (*run)(int argc, char** argv);
};

constexpr Command commands[] = {
    {"pub", "mosquitto_pub", cmd::run_pub},
    {"sub", "mosquitto_sub", cmd::run_sub},
    {"rr", "mosquitto_rr", cmd::run_rr},
    {"broker", "", cmd::run_broker},
    {"decode", "", cmd::run_decode},
    {"bench", "", cmd::run_bench},
    {"check", "", cmd::run_check},
    {"will-test", "", cmd::run_will_test},
    {"docs", "", cmd::run_docs},
};

std::string_view file_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// Otherwise the next file or socket would get the number of a standard stream that was closed, and be read or written
/// for it. Used for what it is not open for, a stream fails as if it were closed.
void keep_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) != -1) continue;
    if (::open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY) == -1) return;
  }
}

}  // namespace

int main(int argc, char** argv) {
  // A reader that went away is an answer to a write, not the end of us.
  std::signal(SIGPIPE, SIG_IGN);
  keep_standard_streams();
  for (const Command& command : commands) {
    if (argc > 0 && !command.mosquitto_name.empty() && file_name(argv[0]) == command.mosquitto_name)
      return command.run(argc, argv);
    if (argc > 1 && command.name == argv[1]) return command.run(argc - 1, argv + 1);
  }
  return cmd::run_without_command(argc, argv);
}
