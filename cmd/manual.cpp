// Manual pages in mdoc: prose, and between it the options from the table.
#include <algorithm>

#include "base/format.h"
#include "docs.h"
#include "prose.h"

namespace cmd {
namespace {

/// A backslash starts an escape in mdoc, and a dash is a hyphen unless it is escaped.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\\')
      result += "\\e";
    else if (c == '-')
      result += "\\-";
    else
      result.push_back(c);
  }
  return result;
}

/// Running text: a line a sentence, none of which may start with a dot or a quote.
std::string sentences(std::string_view text) {
  std::string result;
  for (std::string_view rest = text; !rest.empty();) {
    const auto end = rest.find(". ");
    const auto sentence = rest.substr(0, end == std::string_view::npos ? end : end + 1);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
    if (sentence.starts_with('.') || sentence.starts_with('\'')) result += "\\&";
    result += escaped(sentence) + "\n";
  }
  return result;
}

/// Arguments of macros: quoted, for they may hold words that are macros themselves.
std::string argument(const OptionRow& row) {
  std::string text;
  for (const char c : row.argument) {
    if (c == ' ')
      text += "\\ ";
    else
      text.push_back(c == '-' ? '_' : c);
  }
  return text;
}

std::string item(const OptionRow& row) {
  std::string text = ".It ";
  if (row.letter != 0) text += base::format("Fl {} , ", row.letter);
  text += base::format("Fl Fl {}", row.name);
  if (!row.alias.empty()) text += base::format(" , Fl Fl {}", row.alias);
  if (!row.flag()) text += base::format(" Ar {}", argument(row));
  return text + "\n";
}

std::string capital_sentence(std::string_view text) {
  std::string result(text);
  if (result[0] >= 'a' && result[0] <= 'z') result[0] = static_cast<char>(result[0] - ('a' - 'A'));
  return result + ".";
}

void append_option(std::string& text, const OptionRow& row) {
  text += item(row) + sentences(capital_sentence(row.help)) + sentences(row.more);
  if (row.repeatable) text += "Can be given several times.\n";
  if (row.environment != nullptr) text += base::format("Environment:\n.Ev {} .\n", row.environment);
}

void append_options(std::string& text, Command command) {
  text += ".Sh OPTIONS\n";
  for (const auto group : groups()) {
    const auto rows = rows_of(command);
    const auto in_group = [&](const OptionRow* row) { return row->group == group; };
    if (std::none_of(rows.begin(), rows.end(), in_group)) continue;
    text += base::format(".Ss {}\n.Bl -tag -width Ds\n", title(group));
    for (const auto* row : rows) {
      if (in_group(row)) append_option(text, *row);
    }
    text += ".El\n";
  }
}

void append_sections(std::string& text, std::span<const Section> sections) {
  for (const auto& section : sections) {
    auto lines = section.text;
    if (lines.starts_with('\n')) lines.remove_prefix(1);  // a raw string starts on the line after its quote
    text += base::format(".Sh {}\n{}", section.title, lines);
  }
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
  return result;
}

const CommandRow* command_of(std::string_view page) noexcept {
  for (const auto& row : commands()) {
    if (page.size() == row.name.size() + 5 && page.substr(5) == row.name) return &row;
  }
  return nullptr;
}

void append_synopsis(std::string& text, const Page& page, const CommandRow* command) {
  text += base::format(".Sh NAME\n.Nm {}\n.Nd {}\n.Sh SYNOPSIS\n.Nm mqtt\n", page.name, page.summary);
  if (command == nullptr) {
    text += ".Ar COMMAND\n.Op Ar OPTION ...\n";
    return;
  }
  text += base::format(".Cm {}\n.Op Ar OPTION ...\n", command->name);
  if (!command->operands.empty()) text += base::format("{}\n", command->operands_mdoc);
}

}  // namespace

std::span<const Page> pages() noexcept {
  static const Page all[] = {main_page(),   pub_page(),    sub_page(),   rr_page(),
                             broker_page(), decode_page(), bench_page(), check_page(), will_test_page()};
  return all;
}

std::string manual_page(std::string_view name) {
  const auto found = std::find_if(pages().begin(), pages().end(), [&](const Page& page) { return page.name == name; });
  if (found == pages().end()) return {};
  const auto* command = command_of(name);
  std::string text = base::format(
      ".\\\" Made by `mqtt docs man {}` from its table of options.\n.Dd November 21, 2026\n.Dt {} 1\n.Os\n", name,
      upper(name));
  append_synopsis(text, *found, command);
  append_sections(text, found->before);
  if (command != nullptr) append_options(text, command->command);
  append_sections(text, found->after);
  return text;
}

}  // namespace cmd
