// One pass over argv; no library does it, for each needs -D's three or four words and odd values rewritten first.
#include "words.h"

#include <algorithm>
#include <cstring>

#include "property.h"

namespace cmd {
namespace {

using Kind = WordError::Kind;

class Reader {
 public:
  Reader(Command command, int argc, char** argv) : command_(command), words_(argv + 1, argv + std::max(argc, 1)) {}

  base::Result<Words, WordError> read() {
    while (!error_ && at_ < words_.size()) read_word(words_[at_++]);
    if (error_) return base::unexpected(std::move(*error_));
    return std::move(result_);
  }

 private:
  void read_word(char* word) {
    const std::string_view text = word;
    if (text == "--") {
      result_.command.insert(result_.command.end(), words_.begin() + static_cast<std::ptrdiff_t>(at_), words_.end());
      at_ = words_.size();
    } else if (text.starts_with("--")) {
      read_long(word);
    } else if (text.size() > 1 && text[0] == '-') {
      read_letters(word);
    } else if (command_ == Command::decode || command_ == Command::bench) {
      result_.command.emplace_back(text);
    } else {
      fail(Kind::not_an_option, text);
    }
  }

  void read_long(char* word) {
    const std::string_view text = word;
    const auto equals = text.find('=');
    const auto spelled = text.substr(0, equals);
    const auto* row = find_long(command_, spelled.substr(2));
    if (row == nullptr) return fail(Kind::unknown_option, spelled);
    char* value = equals == std::string_view::npos ? nullptr : word + equals + 1;
    if (!row->flag()) return take_values(*row, spelled, value);
    const auto on = value == nullptr ? true : read_flag(value);
    if (!on) return fail(Kind::flag_with_value, spelled);
    result_.options.push_back({row, std::string(spelled), "", !*on});
  }

  void read_letters(char* word) {
    for (char* letter = word + 1; *letter != '\0'; ++letter) {
      const std::string spelled{'-', *letter};
      const auto* row = find_letter(command_, *letter);
      if (row == nullptr) return fail(Kind::unknown_option, letter == word + 1 ? std::string_view(word) : spelled);
      if (!row->flag()) return take_values(*row, spelled, letter[1] == '\0' ? nullptr : letter + 1);
      result_.options.push_back({row, spelled, ""});
    }
  }

  /// `first` is the value, or its first word, where it stood in the option's own word.
  void take_values(const OptionRow& row, std::string_view spelled, char* first) {
    std::string value;
    std::size_t wanted = row.store == store_property ? 3 : 1;
    bool secret = row.secret;
    for (std::size_t count = 0; count < wanted; ++count) {
      char* word = first != nullptr ? first : at_ < words_.size() ? words_[at_++] : nullptr;
      first = nullptr;
      if (word == nullptr) return fail(Kind::no_value, spelled, row.argument);
      if (count > 0) value.push_back(word_separator);
      value.append(word);
      if (secret) std::memset(word, '*', std::strlen(word));
      if (count != 1) continue;
      wanted = property_words(word);
      secret = is_secret_property(word);
    }
    result_.options.push_back({&row, std::string(spelled), std::move(value)});
  }

  void fail(Kind kind, std::string_view spelled, std::string_view argument = {}) {
    error_ = WordError{kind, std::string(spelled), argument};
  }

  Command command_;
  std::vector<char*> words_;
  std::size_t at_ = 0;
  Words result_;
  std::optional<WordError> error_;
};

}  // namespace

base::Result<Words, WordError> read_words(Command command, int argc, char** argv) {
  return Reader(command, argc, argv).read();
}

std::optional<bool> read_flag(std::string_view value) noexcept {
  constexpr std::string_view yes[] = {"", "1", "true", "yes", "on"};
  constexpr std::string_view no[] = {"0", "false", "no", "off"};
  if (std::find(std::begin(yes), std::end(yes), value) != std::end(yes)) return true;
  if (std::find(std::begin(no), std::end(no), value) != std::end(no)) return false;
  return std::nullopt;
}

}  // namespace cmd
