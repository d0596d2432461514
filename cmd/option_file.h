// Options from files: mosquitto's, one option a line, and ours, with a section for each profile.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "option_table.h"

namespace cmd {

struct FileOption {
  const OptionRow* row;
  std::string value;
  std::size_t line;  ///< from 1
  bool off = false;  ///< a flag that was set to false
};

struct FileError {
  std::size_t line;
  std::string text;
};

using FileOptions = base::Result<std::vector<FileOption>, FileError>;

/// `-h host` or `--host host` a line, '#' in the first column for comments. The value is the rest of the line.
FileOptions read_option_lines(Command command, std::string_view text);

/// `[name]` opens the section of a profile; in it `host = broker` or `host broker` a line, '#' for comments. Options of
/// other commands are passed over. Without `required`, a section that is not there gives no options.
FileOptions read_profile(Command command, std::string_view text, std::string_view profile, bool required);

/// Whether somebody who reads the value learns a secret: of a URL, only one with a name in it.
bool is_secret(const OptionRow& row, std::string_view value) noexcept;
/// A line for whoever keeps a secret in a file that others can read.
std::optional<std::string> why_exposed(const std::string& file);

}  // namespace cmd
