// Names of files for messages: what a stranger's topic says can leave no folder and hide no file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cmd {

/// "0000000007-plant%2F1": the number, so that names sort by arrival, then the topic, whose characters other than
/// letters, digits, '.', '_', '-' and UTF-8 beyond ASCII stand as %XX, and which is cut off to fit into a name.
std::string file_name(std::uint64_t number, std::string_view topic);

/// The number that a name like this starts with; nothing for other names.
std::optional<std::uint64_t> number_of(std::string_view name) noexcept;

}  // namespace cmd
