// Cuts the words of a command line into options and their values, by the table.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "option_table.h"

namespace cmd {

/// An option as it was given. Views point into argv.
struct Given {
  const OptionRow* row;
  std::string spelled;  ///< "-q", "--qos"
  std::string value;    ///< "" for a flag; several words joined by `word_separator`
  bool off = false;     ///< a flag that was given as --flag=false
};

struct Words {
  std::vector<Given> options;
  std::vector<std::string> command;  ///< what follows "--", and for decode and bench all that is no option
};

/// What is wrong: with which option, or with none.
struct WordError {
  enum class Kind : std::uint8_t { unknown_option, no_value, flag_with_value, not_an_option } kind;
  std::string spelled;
  std::string_view argument{};  ///< of the table, with `no_value`
};

/// The word behind an option that takes a value is its value, whatever it looks like. Also understood: --name=value,
/// bundled letters (-rq1) and "--". Values of secret options are overwritten in argv once they are read.
base::Result<Words, WordError> read_words(Command command, int argc, char** argv);

/// Whether a flag's value says yes ("", true, yes, on, 1) or no (false, no, off, 0); nothing for other words.
std::optional<bool> read_flag(std::string_view value) noexcept;

}  // namespace cmd
