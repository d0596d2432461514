// Looks options up in the table, whichever of its files has them.
#include "option_table.h"

#include <array>

namespace cmd {
namespace {

std::array<std::span<const OptionRow>, 12> tables() noexcept {
  return {message_rows(), receive_rows(),   broker_rows(), decode_rows(),   bench_rows(),   bench_report_rows(),
          check_rows(),   will_test_rows(), place_rows(),  security_rows(), session_rows(), general_rows()};
}

template <class Predicate>
const OptionRow* find(Predicate predicate) noexcept {
  for (const auto& rows : tables()) {
    for (const auto& row : rows) {
      if (predicate(row)) return &row;
    }
  }
  return nullptr;
}

bool named(const OptionRow& row, std::string_view name) noexcept {
  return row.name == name || (!row.alias.empty() && row.alias == name);
}

constexpr std::array command_rows{
    CommandRow{Command::pub, "pub", "mosquitto_pub", "publish messages", ""},
    CommandRow{Command::sub, "sub", "mosquitto_sub", "subscribe and print messages", "[-- COMMAND [ARGUMENT...]]",
               ".Op Fl \\- Ar COMMAND Op Ar ARGUMENT ..."},
    CommandRow{Command::rr, "rr", "mosquitto_rr", "publish a request and wait for its response", ""},
    CommandRow{Command::broker, "broker", "", "a throwaway broker in memory, for demonstrations and tests", ""},
    CommandRow{Command::decode, "decode", "", "say what MQTT packets are in a capture or hex dump", "[HEX...]",
               ".Op Ar HEX ..."},
    CommandRow{Command::bench, "bench", "", "put load on a broker and measure it",
               "conn|pub|sub|latency|mixed|merge|compare [FILE...]",
               ".Cm conn | pub | sub | latency | mixed | merge | compare Op Ar FILE ...",
               "conn pub sub latency mixed merge compare"},
    CommandRow{Command::check, "check", "", "find out what a broker can do", ""},
    CommandRow{Command::will_test, "will-test", "", "find out whether a broker keeps its promises about last wills",
               ""},
};

constexpr std::array group_order{
    Group::message, Group::receive, Group::ending, Group::broker,  Group::cases, Group::input,
    Group::show,    Group::narrow,  Group::load,   Group::report,  Group::place, Group::credentials,
    Group::tls,     Group::session, Group::will,   Group::general,
};

}  // namespace

std::vector<const OptionRow*> rows_of(Command command) {
  std::vector<const OptionRow*> rows;
  for (const auto& table : tables()) {
    for (const auto& row : table) {
      if (row.of(command)) rows.push_back(&row);
    }
  }
  return rows;
}

const OptionRow* find_long(Command command, std::string_view name) noexcept {
  return find([&](const OptionRow& row) { return row.of(command) && named(row, name); });
}

const OptionRow* find_letter(Command command, char letter) noexcept {
  return find([&](const OptionRow& row) { return row.of(command) && row.letter == letter; });
}

bool known_to_any(std::string_view name) noexcept {
  return find([&](const OptionRow& row) { return named(row, name) || (name.size() == 1 && row.letter == name[0]); }) !=
         nullptr;
}

std::span<const CommandRow> commands() noexcept { return command_rows; }

const CommandRow& row_of(Command command) noexcept {
  for (const auto& row : command_rows) {
    if (row.command == command) return row;
  }
  return command_rows[0];
}

std::string_view title(Group group) noexcept {
  switch (group) {
    case Group::message:
      return "What to publish";
    case Group::receive:
      return "What to receive and how to show it";
    case Group::ending:
      return "When to end";
    case Group::broker:
      return "Listening and limits";
    case Group::cases:
      return "What to test, and how";
    case Group::input:
      return "What to read";
    case Group::show:
      return "What to show";
    case Group::narrow:
      return "Which packets";
    case Group::load:
      return "What load to make";
    case Group::report:
      return "What to report";
    case Group::place:
      return "Where the broker is";
    case Group::credentials:
      return "Who we are";
    case Group::tls:
      return "TLS";
    case Group::session:
      return "Session";
    case Group::will:
      return "Will";
    case Group::general:
      return "General";
  }
  return "";
}

std::span<const Group> groups() noexcept { return group_order; }

}  // namespace cmd
