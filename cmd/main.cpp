// The program: finds the subcommand by the first word, or by the name it was called with.
#include <csignal>
#include <cstdio>
#include <string_view>

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

}  // namespace

int main(int argc, char** argv) {
  // A reader that went away is an answer to a write, not the end of us.
  std::signal(SIGPIPE, SIG_IGN);
  for (const Command& command : commands) {
    if (argc > 0 && !command.mosquitto_name.empty() && file_name(argv[0]) == command.mosquitto_name)
      return command.run(argc, argv);
    if (argc > 1 && command.name == argv[1]) return command.run(argc - 1, argv + 1);
  }
  return cmd::run_without_command(argc, argv);
}
