// Options that every command has.
#include "option_table.h"
#include "values.h"

namespace cmd {
namespace {

const OptionRow rows[] = {
    {.name = "debug",
     .letter = 'd',
     .group = Group::general,
     .commands = client_bits | broker_bit,
     .help = "show each packet as it is sent or received, on stderr",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.connection.debug = true;
       draft.broker.debug = true;
       return {};
     }},
    {.name = "quiet",
     .group = Group::general,
     .commands = client_bits,
     .help = "say nothing about errors at run time; the exit status does",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.connection.quiet = true;
       return {};
     }},
    {.name = "profile",
     .argument = "NAME",
     .group = Group::general,
     .commands = client_bits,
     .environment = "MQTT_PROFILE",
     .help = "section of the configuration file to use (default)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.profile = value;
       return {};
     }},
    {.name = "options-file",
     .letter = 'o',
     .argument = "FILE",
     .group = Group::general,
     .commands = client_bits,
     .completion = Completion::file,
     .help = "read options from a file, one a line: -h host",
     .more = "The command line wins over it.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       if (!draft.options_file.empty()) return base::unexpected<std::string>("Duplicate -o argument given.");
       draft.options_file = value;
       return {};
     }},
    {.name = "help", .group = Group::general, .commands = client_bits | broker_bit, .help = "print this and end"},
    {.name = "version",
     .group = Group::general,
     .commands = client_bits | broker_bit,
     .help = "print the version and end"},
};

}  // namespace

std::span<const OptionRow> general_rows() noexcept { return rows; }

}  // namespace cmd
