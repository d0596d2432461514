// Untrusted text within XML and HTML.
#pragma once

#include <string>
#include <string_view>

namespace cmd {

/// For content and quoted attributes: control characters and what is no UTF-8 are made visible, `&<>"'` are entities.
std::string markup(std::string_view text);

}  // namespace cmd
