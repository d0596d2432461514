#include "shell_words.h"

namespace cmd {

base::Result<std::vector<std::string>, std::string> split_words(std::string_view line, bool comments) {
  std::vector<std::string> words;
  char quote = 0;
  bool inside = false;
  for (std::size_t at = 0; at < line.size(); ++at) {
    char c = line[at];
    if (quote == 0 && (c == ' ' || c == '\t')) {
      inside = false;
      continue;
    }
    if (comments && !inside && c == '#') break;
    if (!inside) words.emplace_back();
    inside = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else {
      if (c == '\\' && quote != '\'' && at + 1 < line.size()) c = line[++at];
      words.back().push_back(c);
    }
  }
  if (quote != 0) return base::unexpected<std::string>("a quote is open");
  return words;
}

}  // namespace cmd
