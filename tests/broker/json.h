// As much JSON as the corpora need: objects, arrays, strings, numbers and literals, all kept as text.
#pragma once

#include <cctype>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace test {

struct Json {
  std::string text;  ///< of a string, number or literal
  std::map<std::string, Json, std::less<>> members;
  std::vector<Json> elements;

  const Json& operator[](std::string_view name) const {
    static const Json none;
    const auto found = members.find(name);
    return found == members.end() ? none : found->second;
  }
  bool is_true() const { return text == "true"; }
};

/// Trusts its input: the corpora were written by a program.
class JsonReader {
 public:
  explicit JsonReader(std::string_view text) : rest_(text) {}

  Json read() {
    skip_space();
    Json value;
    if (rest_[0] == '{') {
      read_list('}', [&] {
        std::string name = read_string();
        skip_space();
        rest_.remove_prefix(1);  // ':'
        value.members[std::move(name)] = read();
      });
    } else if (rest_[0] == '[') {
      read_list(']', [&] { value.elements.push_back(read()); });
    } else if (rest_[0] == '"') {
      value.text = read_string();
    } else {
      const std::size_t end = std::min(rest_.find_first_of(",]} \n"), rest_.size());
      value.text = rest_.substr(0, end);
      rest_.remove_prefix(end);
    }
    return value;
  }

 private:
  void skip_space() {
    while (!rest_.empty() && std::isspace(static_cast<unsigned char>(rest_[0])) != 0) rest_.remove_prefix(1);
  }
  template <class Function>
  void read_list(char end, Function&& read_one) {
    rest_.remove_prefix(1);
    for (skip_space(); rest_[0] != end; skip_space()) {
      if (rest_[0] == ',') rest_.remove_prefix(1);
      skip_space();
      read_one();
    }
    rest_.remove_prefix(1);
  }
  /// Escapes other than \uXXXX become the character behind the backslash; those become '?'.
  std::string read_string() {
    std::string text;
    rest_.remove_prefix(1);
    for (; rest_[0] != '"'; rest_.remove_prefix(1)) {
      if (rest_[0] == '\\') {
        rest_.remove_prefix(1);
        const bool unicode = rest_[0] == 'u';
        text += unicode ? '?' : rest_[0];
        if (unicode) rest_.remove_prefix(4);
      } else {
        text += rest_[0];
      }
    }
    rest_.remove_prefix(1);
    return text;
  }

  std::string_view rest_;
};

}  // namespace test
