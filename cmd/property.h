// Properties of MQTT 5.0 from the command line: -D COMMAND NAME [NAME] VALUE.
#pragma once

#include <string_view>

#include "option_table.h"

namespace cmd {

/// How many words follow -D when its second one is `name`: three, or four for a user property.
std::size_t property_words(std::string_view name);

/// Whether its value proves who somebody is.
bool is_secret_property(std::string_view name);

/// Takes the words, joined by `word_separator`.
Stored store_property(Draft& draft, std::string_view words);

}  // namespace cmd
