// Completions for bash, zsh and fish. Each is data from the table and one short function that reads it.

#include "base/format.h"
#include "docs.h"

namespace cmd {
namespace {

/// In single quotes of a POSIX shell or of fish.
std::string in_quotes(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'')
      result += "'\\''";
    else
      result.push_back(c);
  }
  return result + "'";
}

std::string command_names() {
  std::string names;
  for (const auto& row : commands()) names += (names.empty() ? "" : " ") + std::string(row.name);
  return names;
}

std::string option_words(Command command) {
  std::string words;
  for (const auto* row : rows_of(command)) {
    if (!words.empty()) words.push_back(' ');
    if (row->letter != 0) words += base::format("-{} ", row->letter);
    words += base::format("--{}", row->name);
    if (!row->alias.empty()) words += base::format(" --{}", row->alias);
  }
  return words;
}

/// "-q|--qos"
std::string pattern(const OptionRow& row) {
  std::string text;
  if (row.letter != 0) text = base::format("-{}|", row.letter);
  text += base::format("--{}", row.name);
  if (!row.alias.empty()) text += base::format("|--{}", row.alias);
  return text;
}

std::string bash_reply(const OptionRow& row) {
  if (!row.choices.empty()) return base::format("COMPREPLY=($(compgen -W '{}' -- \"$current\"))", row.choices);
  switch (row.completion) {
    case Completion::file:
      return "compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\"))";
    case Completion::directory:
      return "compopt -o filenames; COMPREPLY=($(compgen -d -- \"$current\"))";
    case Completion::host:
      return "COMPREPLY=($(compgen -A hostname -- \"$current\"))";
    case Completion::command:
      return "COMPREPLY=($(compgen -c -- \"$current\"))";
    case Completion::nothing:
      break;
  }
  return "COMPREPLY=()";
}

std::string bash_command(const CommandRow& command) {
  std::string text = base::format("_mqtt_{}() {{\n  case $previous in\n", command.name);
  for (const auto* row : rows_of(command.command)) {
    if (!row->flag()) text += base::format("    {}) {}; return ;;\n", pattern(*row), bash_reply(*row));
  }
  text += "  esac\n";
  if (!command.modes.empty()) {
    text += base::format(
        "  if [[ $current != -* ]]; then\n"
        "    ((COMP_CWORD == 2)) && COMPREPLY=($(compgen -W '{}' -- \"$current\")) && return\n"
        "    compopt -o filenames; COMPREPLY=($(compgen -f -- \"$current\"))\n"
        "    return\n"
        "  fi\n",
        command.modes);
  }
  return text +
         base::format("  COMPREPLY=($(compgen -W '{}' -- \"$current\"))\n}}\n\n", option_words(command.command));
}

/// zsh's _arguments reads ':' and '[' ']' in descriptions as its own.
std::string zsh_text(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ':' || c == '[' || c == ']' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return result;
}

std::string zsh_action(const OptionRow& row) {
  if (!row.choices.empty()) return base::format("({})", row.choices);
  switch (row.completion) {
    case Completion::file:
      return "_files";
    case Completion::directory:
      return "_files -/";
    case Completion::host:
      return "_hosts";
    case Completion::command:
      return "_command_names -e";
    case Completion::nothing:
      break;
  }
  return " ";
}

std::string zsh_spec(const OptionRow& row, std::string_view spelled, bool long_name) {
  // '*' lets an option repeat; '+' and '=' let its value stand in the same word or in the next.
  std::string spec = row.repeatable ? "*" : "";
  spec += spelled;
  if (!row.flag()) spec += long_name ? "=" : "+";
  spec += base::format("[{}]", zsh_text(row.help));
  if (!row.flag()) spec += base::format(":{}:{}", zsh_text(row.argument), zsh_action(row));
  return base::format("    {} \\\n", in_quotes(spec));
}

std::string zsh_command(const CommandRow& command) {
  std::string text = base::format("_mqtt_{}() {{\n  _arguments -s -S \\\n", command.name);
  for (const auto* row : rows_of(command.command)) {
    if (row->letter != 0) text += zsh_spec(*row, base::format("-{}", row->letter), false);
    text += zsh_spec(*row, base::format("--{}", row->name), true);
    if (!row->alias.empty()) text += zsh_spec(*row, base::format("--{}", row->alias), true);
  }
  if (!command.modes.empty()) text += base::format("    '1:mode:({})' '*:file:_files' \\\n", command.modes);
  const bool takes_command = command.command == Command::sub;
  return text + (takes_command ? "    '*::command:_normal'\n}\n\n" : "    && return\n}\n\n");
}

/// fish knows \\ and \' in single quotes.
std::string fish_text(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result.push_back('\\');
    result.push_back(c);
  }
  return result + "'";
}

std::string fish_action(const OptionRow& row) {
  if (row.flag()) return "";
  if (!row.choices.empty()) return base::format(" -x -a {}", fish_text(row.choices));
  switch (row.completion) {
    case Completion::file:
      return " -r -F";
    case Completion::directory:
      return " -x -a '(__fish_complete_directories)'";
    case Completion::host:
      return " -x -a '(__fish_print_hostnames)'";
    case Completion::command:
      return " -x -a '(__fish_complete_command)'";
    case Completion::nothing:
      break;
  }
  return " -x";
}

std::string fish_command(const CommandRow& command) {
  std::string text;
  if (!command.modes.empty()) {
    text = base::format(
        "complete -c mqtt -n '__fish_seen_subcommand_from {0}; and not __fish_seen_subcommand_from {1}' -a '{1}'\n"
        "complete -c mqtt -n '__fish_seen_subcommand_from {0}; and __fish_seen_subcommand_from {1}' -F\n",
        command.name, command.modes);
  }
  for (const auto* row : rows_of(command.command)) {
    text += base::format("complete -c mqtt -n '__fish_seen_subcommand_from {}'", command.name);
    if (row->letter != 0) text += base::format(" -s {}", row->letter);
    text += base::format(" -l {}", row->name);
    if (!row->alias.empty()) text += base::format(" -l {}", row->alias);
    text += base::format("{} -d {}\n", fish_action(*row), fish_text(row->help));
  }
  return text;
}

}  // namespace

std::string bash_completion() {
  std::string text = "# bash completion for mqtt; made by `mqtt docs bash` from its table of options.\n\n";
  for (const auto& row : commands()) text += bash_command(row);
  text += base::format(
      "_mqtt() {{\n"
      "  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD-1]}}\n"
      "  if ((COMP_CWORD == 1)); then\n"
      "    COMPREPLY=($(compgen -W '{} --help --version' -- \"$current\"))\n"
      "    return\n"
      "  fi\n"
      "  case ${{COMP_WORDS[1]}} in\n",
      command_names());
  for (const auto& row : commands()) text += base::format("    {}) _mqtt_{} ;;\n", row.name, row.name);
  return text +
         "  esac\n"
         "}\n\n"
         "complete -F _mqtt mqtt\n";
}

std::string zsh_completion() {
  std::string text = "#compdef mqtt\n# zsh completion for mqtt; made by `mqtt docs zsh` from its table of options.\n\n";
  for (const auto& row : commands()) text += zsh_command(row);
  text +=
      "_mqtt() {\n"
      "  local line state\n"
      "  _arguments -C \\\n"
      "    '--help[print help and end]' \\\n"
      "    '--version[print the version and end]' \\\n"
      "    '1:command:->command' \\\n"
      "    '*::option:->options'\n"
      "  case $state in\n"
      "    command)\n"
      "      local -a commands=(\n";
  for (const auto& row : commands()) {
    text += base::format("        {}\n", in_quotes(base::format("{}:{}", row.name, zsh_text(row.summary))));
  }
  text +=
      "      )\n"
      "      _describe command commands ;;\n"
      "    options)\n"
      "      case $line[1] in\n";
  for (const auto& row : commands()) text += base::format("        {}) _mqtt_{} ;;\n", row.name, row.name);
  return text +
         "      esac ;;\n"
         "  esac\n"
         "}\n\n"
         "_mqtt \"$@\"\n";
}

std::string fish_completion() {
  std::string text = "# fish completion for mqtt; made by `mqtt docs fish` from its table of options.\n\n";
  text += "complete -c mqtt -f\n";
  text += "complete -c mqtt -n __fish_use_subcommand -l help -d 'print help and end'\n";
  text += "complete -c mqtt -n __fish_use_subcommand -l version -d 'print the version and end'\n";
  for (const auto& row : commands()) {
    text += base::format("complete -c mqtt -n __fish_use_subcommand -a {} -d {}\n", row.name, fish_text(row.summary));
  }
  for (const auto& row : commands()) text += "\n" + fish_command(row);
  return text;
}

}  // namespace cmd
