// Cuts a line into words as a shell would, without being one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cmd {

/// Words at blanks; what stands between quotes is one word, as a backslash's next character is part of it. With
/// `comments` a word that begins with # ends the line. What is wrong is a clause of a sentence.
base::Result<std::vector<std::string>, std::string> split_words(std::string_view line, bool comments);

}  // namespace cmd
