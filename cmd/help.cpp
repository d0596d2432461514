// The texts of --help, and of the program called without a command.
#include <cstdio>

#include "base/format.h"
#include "docs.h"
#include "exit_code.h"
#include "suggest.h"
#include "values.h"

namespace cmd {
namespace {

constexpr std::size_t column = 30;

/// "  -t, --topic TOPIC".
std::string left_side(const OptionRow& row) {
  std::string text = row.letter != 0 ? base::format("  -{}, ", row.letter) : std::string("      ");
  text += base::format("--{}", row.name);
  if (!row.flag()) text += base::format(" {}", row.argument);
  return text;
}

void append_row(std::string& text, const OptionRow& row) {
  const auto left = left_side(row);
  text += left;
  if (left.size() + 2 > column) {
    text += base::format("\n{:{}}", "", column);
  } else {
    text += base::format("{:{}}", "", column - left.size());
  }
  text.append(row.help).push_back('\n');
}

void append_group(std::string& text, Command command, Group group) {
  bool titled = false;
  for (const auto* row : rows_of(command)) {
    if (row->group != group) continue;
    if (!titled) text += base::format("\n{}:\n", title(group));
    titled = true;
    append_row(text, *row);
  }
}

std::string capital(std::string_view text) {
  std::string result(text);
  if (!result.empty() && result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - ('a' - 'A'));
  return result;
}

}  // namespace

std::string help_text(Command command, std::string_view program) {
  const auto& row = row_of(command);
  std::string text = base::format("Usage: {} [OPTION...]{}{}\n{}.\n", program, row.operands.empty() ? "" : " ",
                                  row.operands, capital(row.summary));
  for (const auto group : groups()) append_group(text, command, group);
  text += base::format("\nThe manual, with examples: man mqtt-{}\n", row.name);
  return text;
}

std::string main_help() {
  std::string text = "Usage: mqtt COMMAND [OPTION...]\nTools for MQTT 3.1, 3.1.1 and 5.0.\n\nCommands:\n";
  for (const auto& row : commands()) text += base::format("  {:<10}{}\n", row.name, row.summary);
  text +=
      "\nOptions:\n"
      "  --help    print this and end\n"
      "  --version print the version and end\n"
      "\n"
      "A first message, with two terminals and no broker but ours:\n"
      "  mqtt broker & mqtt sub -v -t 'hello/#'\n"
      "  mqtt pub -t hello/world -m 'good morning'\n"
      "\n"
      "mqtt COMMAND --help lists the options of a command.\n";
  return text;
}

namespace {

/// "mqtt help pub".
const CommandRow* find_command(std::string_view name) {
  for (const auto& row : commands()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string not_a_command(std::string_view word) {
  std::vector<std::string_view> names;
  for (const auto& row : commands()) names.push_back(row.name);
  const auto guess = did_you_mean(word, names, "mqtt ");
  return base::format("mqtt: {}{}{} mqtt --help\n", is_not(word, "a command"), guess, guess.empty() ? "; see" : " See");
}

}  // namespace

int run_without_command(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "help" && argc > 2) {
    if (const auto* row = find_command(argv[2])) {
      return finish({0, help_text(row->command, base::format("mqtt {}", row->name)), {}});
    }
    return finish({exit_code(ExitCode::usage, Manners::ours), {}, not_a_command(argv[2])});
  }
  if (word == "--help" || word == "-h" || word == "help") return finish({0, main_help(), {}});
  if (word == "--version" || word == "-V" || word == "version")
    return finish({0, base::format("mqtt {}\n", MQTT_VERSION), {}});
  const int usage = exit_code(ExitCode::usage, Manners::ours);
  if (word.empty()) return finish({usage, {}, main_help()});
  return finish({usage, {}, not_a_command(word)});
}

}  // namespace cmd
