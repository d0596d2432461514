// Reads lines of options, which differ from words in that their values need no quotes.
#include "option_file.h"

#include <algorithm>
#include <sys/stat.h>

#include "base/format.h"
#include "base/line.h"
#include "property.h"
#include "words.h"

namespace cmd {
namespace {

using base::unexpected;
constexpr std::string_view blanks = " \t";
constexpr std::size_t most_shown = 200;  ///< of the names of other profiles

std::string_view trim(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Calls `visit(line, number)` for each line, without its end; ends early when that returns an error.
template <class Visit>
base::Result<void, FileError> each_line(std::string_view text, Visit visit) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
  for (std::size_t number = 1; !text.empty(); ++number) {
    if (auto error = visit(base::take_line(text)); !error.empty())
      return unexpected(FileError{number, std::move(error)});
  }
  return {};
}

/// "publish content-type text/plain" as -D's words: cut at the first two blanks, or three for a user property.
std::string property_value(std::string_view text) {
  std::string words;
  std::size_t wanted = 3;
  for (std::size_t count = 1; count < wanted; ++count) {
    const auto word = text.substr(0, text.find_first_of(blanks));
    text = trim(text.substr(word.size()));
    words.append(word).push_back(word_separator);
    if (count == 2) wanted = property_words(word);
  }
  return words.append(text);
}

/// Adds the option, or says what is wrong.
std::string add(std::vector<FileOption>& options, const OptionRow& row, std::string_view value) {
  FileOption option{&row, std::string(value), 0};
  if (row.flag()) {
    const auto on = read_flag(trim(value));
    if (!on) return base::format("option {} takes no value", row.name);
    option.off = !*on;
    option.value.clear();
  } else if (value.empty()) {
    return base::format("option {} needs a value ({})", row.name, row.argument);
  } else if (row.store == store_property) {
    option.value = property_value(trim(value));
  }
  options.push_back(std::move(option));
  return {};
}

const OptionRow* find_dashed(Command command, std::string_view name) noexcept {
  if (name.starts_with("--")) return find_long(command, name.substr(2));
  return name.size() == 2 && name[0] == '-' ? find_letter(command, name[1]) : nullptr;
}

struct Setting {
  std::string_view name;
  std::string_view value;
};

/// "name = value", "name value", "name".
Setting read_setting(std::string_view line) noexcept {
  const auto name = line.substr(0, line.find_first_of(" \t="));
  auto value = trim(line.substr(name.size()));
  if (value.starts_with('=')) value = trim(value.substr(1));
  return {name, value};
}

}  // namespace

FileOptions read_option_lines(Command command, std::string_view text) {
  std::vector<FileOption> options;
  std::size_t number = 0;
  auto read = each_line(text, [&](std::string_view line) -> std::string {
    ++number;
    if (trim(line).empty() || line[0] == '#') return {};
    line.remove_prefix(line.find_first_not_of(' '));
    const auto name = line.substr(0, line.find(' '));
    const auto* row = find_dashed(command, name);
    if (row == nullptr || row->store == nullptr) return base::format("unknown option {}", name);
    auto error = add(options, *row, line.substr(std::min(name.size() + 1, line.size())));
    if (error.empty()) options.back().line = number;
    return error;
  });
  if (!read) return unexpected(std::move(read.error()));
  return options;
}

FileOptions read_profile(Command command, std::string_view text, std::string_view profile, bool required) {
  std::vector<FileOption> options;
  std::size_t number = 0;
  bool opened = false;
  bool inside = false;
  bool found = false;
  std::string others;
  auto read = each_line(text, [&](std::string_view raw) -> std::string {
    ++number;
    const auto line = trim(raw);
    if (line.empty() || line[0] == '#' || line[0] == ';') return {};
    if (line[0] == '[') {
      if (!line.ends_with(']')) return "a section is [name]";
      inside = trim(line.substr(1, line.size() - 2)) == profile;
      found = found || inside;
      if (others.size() < most_shown) others += base::format("{}{}", others.empty() ? "" : ", ", line);
      opened = true;
      return {};
    }
    if (!opened) return "this stands before the first section, such as [default]";
    const auto [name, value] = read_setting(line);
    if (!inside) return {};
    if (!known_to_any(name)) return base::format("unknown option {}", name);
    const auto* row = name.size() == 1 ? find_letter(command, name[0]) : find_long(command, name);
    if (row == nullptr || row->store == nullptr) return {};
    auto error = add(options, *row, value);
    if (error.empty()) options.back().line = number;
    return error;
  });
  if (!read) return unexpected(std::move(read.error()));
  if (!found && required) {
    const auto rest = others.empty() ? "there is none at all" : base::format("there is {}", others);
    return unexpected(FileError{0, base::format("there is no profile [{}]; {}", profile, rest)});
  }
  return options;
}

bool is_secret(const OptionRow& row, std::string_view value) noexcept {
  const bool url = row.name == "url" || row.name == "proxy";
  return row.secret && (!url || value.find('@') != std::string_view::npos);
}

std::optional<std::string> why_exposed(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || (status.st_mode & (S_IRGRP | S_IROTH)) == 0) return std::nullopt;
  return base::format("{} holds a secret and others can read it; chmod 600 {}", file, file);
}

}  // namespace cmd
