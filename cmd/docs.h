// Help, manual pages and completions, written from the option table.
#pragma once

#include <string>
#include <string_view>

#include "option_table.h"

namespace cmd {

/// What `mqtt COMMAND --help` prints; `program` is what the user called.
std::string help_text(Command command, std::string_view program);
/// What `mqtt --help` prints.
std::string main_help();

/// A manual page in mdoc: "mqtt", "mqtt-pub", …; empty for a page that there is not.
std::string manual_page(std::string_view page);
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

/// `mqtt docs man PAGE|bash|zsh|fish`, for who builds the program.
int run_docs(int argc, char** argv);
/// `mqtt` without a command that it knows: --help, --version, or what is wrong.
int run_without_command(int argc, char** argv);

}  // namespace cmd
