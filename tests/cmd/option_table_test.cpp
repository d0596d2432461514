// Every option of the table is in the help, the manual and the completions, and is parsed.
#include "option_table.h"

#include <set>

#include "base/format.h"
#include "catch.h"
#include "command_line.h"
#include "docs.h"
#include "words.h"

namespace {

using cmd::OptionRow;

/// The part of a text from one line to another.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const auto begin = text.find(from);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin, text.find(to, begin + from.size()) - begin);
}

bool has(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }

template <class Visit>
void each_option(Visit visit) {
  for (const auto& command : cmd::commands()) {
    for (const auto* row : cmd::rows_of(command.command)) {
      CAPTURE(command.name, row->name);
      visit(command, *row);
    }
  }
}

}  // namespace

TEST_CASE("names and letters are unique within a command") {
  for (const auto& command : cmd::commands()) {
    std::set<std::string_view> names;
    std::set<char> letters;
    for (const auto* row : cmd::rows_of(command.command)) {
      CAPTURE(command.name, row->name);
      CHECK(names.insert(row->name).second);
      if (!row->alias.empty()) CHECK(names.insert(row->alias).second);
      if (row->letter != 0) CHECK(letters.insert(row->letter).second);
    }
  }
}

TEST_CASE("every option is in the help") {
  each_option([](const cmd::CommandRow& command, const OptionRow& row) {
    const auto help = cmd::help_text(command.command, "mqtt");
    const auto letter = row.letter != 0 ? base::format("  -{}, ", row.letter) : std::string("      ");
    CHECK(has(help, base::format("\n{}--{}{}{}", letter, row.name, row.flag() ? "" : " ", row.argument)));
    CHECK(has(help, std::string(row.help)));
  });
}

TEST_CASE("help fits a terminal of 120 columns, and a help line is no sentence") {
  each_option([](const cmd::CommandRow&, const OptionRow& row) {
    CHECK(row.help.size() <= 90);
    CHECK_FALSE(row.help.ends_with('.'));
  });
}

TEST_CASE("every option is in the manual") {
  each_option([](const cmd::CommandRow& command, const OptionRow& row) {
    const auto page = cmd::manual_page(base::format("mqtt-{}", command.name));
    const auto letter = row.letter != 0 ? base::format("Fl {} , ", row.letter) : std::string();
    CHECK(has(page, base::format("\n.It {}Fl Fl {}", letter, row.name)));
    if (row.environment != nullptr) CHECK(has(page, base::format(".Ev {} .", row.environment)));
  });
}

TEST_CASE("every option is in the completions") {
  const auto bash = cmd::bash_completion();
  const auto zsh = cmd::zsh_completion();
  const auto fish = cmd::fish_completion();
  each_option([&](const cmd::CommandRow& command, const OptionRow& row) {
    const auto function = base::format("_mqtt_{}() {{", command.name);
    const auto words = between(bash, function, "\n}");
    CHECK((has(words, base::format(" --{} ", row.name)) || has(words, base::format(" --{}'", row.name)) ||
           has(words, base::format("'--{} ", row.name))));
    CHECK(has(between(zsh, function, "\n}"), base::format("--{}{}[", row.name, row.flag() ? "" : "=")));
    const auto letter = row.letter != 0 ? base::format(" -s {}", row.letter) : std::string();
    CHECK(has(fish, base::format("__fish_seen_subcommand_from {}'{} -l {}", command.name, letter, row.name)));
  });
}

TEST_CASE("every option is parsed, by its name and by its letter") {
  each_option([](const cmd::CommandRow& command, const OptionRow& row) {
    std::vector<std::string> spelled{base::format("--{}", row.name)};
    if (row.letter != 0) spelled.push_back(base::format("-{}", row.letter));
    if (!row.alias.empty()) spelled.push_back(base::format("--{}", row.alias));
    for (const auto& name : spelled) {
      std::vector<std::string> words{name};
      if (!row.flag()) words.insert(words.end(), 3, "x");
      if (!row.flag() && row.name != "property") words.resize(2);
      CommandLine line("x", words);
      const auto read = cmd::read_words(command.command, line.argc(), line.argv());
      REQUIRE(read);
      REQUIRE(read->options.size() == 1);
      CHECK(read->options[0].row == &row);
    }
    CHECK((row.store != nullptr || row.name == "help" || row.name == "version" || row.name == "profile" ||
           row.name == "options-file"));
  });
}

TEST_CASE("every option of the connection has an environment variable") {
  // What is for one call only, or would say a secret twice, has none.
  const std::set<std::string_view> without{"nodelay", "property", "ask-password", "tls-engine",
                                           "tls-engine-kpass-sha1"};
  each_option([&](const cmd::CommandRow& command, const OptionRow& row) {
    if (command.command == cmd::Command::broker || command.command == cmd::Command::decode ||
        row.group < cmd::Group::place || row.group == cmd::Group::general)
      return;
    CHECK((row.environment != nullptr) != without.contains(row.name));
  });
}
