// The options of all commands as data: parsing, --help, the manual pages and the completions are made from it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "draft.h"

namespace cmd {

enum class Group : std::uint8_t {
  message,
  receive,
  ending,
  broker,
  cases,
  input,
  show,
  narrow,
  load,
  report,
  place,
  credentials,
  tls,
  session,
  will,
  general,
};

/// What completions offer behind an option.
enum class Completion : std::uint8_t { nothing, file, directory, host, command };

using Stored = base::Result<void, std::string>;

struct OptionRow {
  std::string_view name;        ///< long, without dashes
  char letter = 0;              ///< short, or none
  std::string_view alias{};     ///< a second long name
  std::string_view argument{};  ///< what it takes; empty: a flag
  Group group = Group::general;
  unsigned commands = 0;  ///< Command bits
  const char* environment = nullptr;
  bool repeatable = false;  ///< each one counts; else the last one wins
  bool secret = false;      ///< its value is wiped from argv
  Completion completion = Completion::nothing;
  std::string_view choices{};  ///< the values, separated by blanks, where they are few
  std::string_view help;       ///< one line
  std::string_view more{};     ///< what the manual adds, sentences
  /// Takes the value ("" for a flag) into the draft, or says what is wrong with it. No function: the reader deals with
  /// it.
  Stored (*store)(Draft& draft, std::string_view value) = nullptr;

  bool flag() const noexcept { return argument.empty(); }
  bool of(Command command) const noexcept { return (commands & static_cast<unsigned>(command)) != 0; }
};

inline constexpr unsigned pub_bit = static_cast<unsigned>(Command::pub);
inline constexpr unsigned sub_bit = static_cast<unsigned>(Command::sub);
inline constexpr unsigned rr_bit = static_cast<unsigned>(Command::rr);
inline constexpr unsigned broker_bit = static_cast<unsigned>(Command::broker);
inline constexpr unsigned decode_bit = static_cast<unsigned>(Command::decode);
inline constexpr unsigned bench_bit = static_cast<unsigned>(Command::bench);
inline constexpr unsigned will_test_bit = static_cast<unsigned>(Command::will_test);
inline constexpr unsigned check_bit = static_cast<unsigned>(Command::check);
inline constexpr unsigned testing_bits = will_test_bit | check_bit;
inline constexpr unsigned client_bits = pub_bit | sub_bit | rr_bit;
/// Those that connect to a broker.
inline constexpr unsigned connecting_bits = client_bits | bench_bit | testing_bits;

// The table in its files.
std::span<const OptionRow> message_rows() noexcept;
std::span<const OptionRow> receive_rows() noexcept;
std::span<const OptionRow> broker_rows() noexcept;
std::span<const OptionRow> decode_rows() noexcept;
std::span<const OptionRow> bench_rows() noexcept;
std::span<const OptionRow> bench_report_rows() noexcept;
std::span<const OptionRow> will_test_rows() noexcept;
std::span<const OptionRow> check_rows() noexcept;
std::span<const OptionRow> place_rows() noexcept;
std::span<const OptionRow> security_rows() noexcept;
std::span<const OptionRow> session_rows() noexcept;
std::span<const OptionRow> general_rows() noexcept;

/// The rows of a command in the order of the table.
std::vector<const OptionRow*> rows_of(Command command);
const OptionRow* find_long(Command command, std::string_view name) noexcept;
const OptionRow* find_letter(Command command, char letter) noexcept;
/// Whether any command has it: a profile may hold options for all of them.
bool known_to_any(std::string_view name) noexcept;

/// "-D" takes several words, which the readers join with this byte; no word can contain it.
inline constexpr char word_separator = '\0';

struct CommandRow {
  Command command;
  std::string_view name;
  std::string_view mosquitto_name;  ///< or empty
  std::string_view summary;
  std::string_view operands;         ///< behind the options in the synopsis, in the words of --help
  std::string_view operands_mdoc{};  ///< the same for the manual
  std::string_view modes{};          ///< one of which is the first operand, with blanks between them; files follow
};
std::span<const CommandRow> commands() noexcept;
const CommandRow& row_of(Command command) noexcept;

std::string_view title(Group group) noexcept;
/// In the order of the help.
std::span<const Group> groups() noexcept;

}  // namespace cmd
