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
    {.name = "verbose",
     .letter = 'v',
     .group = Group::general,
     .commands = broker_bit,
     .help = "a line for each client that comes or goes, on stderr",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.broker.verbose = true;
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
     .commands = connecting_bits,
     .environment = "MQTT_PROFILE",
     .help = "section of the configuration file to use (default)"},
    {.name = "options-file",
     .letter = 'o',
     .argument = "FILE",
     .group = Group::general,
     .commands = connecting_bits,
     .completion = Completion::file,
     .help = "read options from a file, one a line: -h host",
     .more = "The command line wins over it."},
    {.name = "help",
     .group = Group::general,
     .commands = connecting_bits | broker_bit | decode_bit,
     .help = "print this and end"},
    {.name = "version",
     .group = Group::general,
     .commands = connecting_bits | broker_bit | decode_bit,
     .help = "print the version and end"},
};

}  // namespace

std::span<const OptionRow> general_rows() noexcept { return rows; }

}  // namespace cmd
