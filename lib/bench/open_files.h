// The limit on open files, which bounds the number of connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bench {

/// Raises it to what the system lets us have. Where that is not enough for so many connections, says so, and what
/// helps.
std::optional<std::string> make_room_for(std::uint64_t connections);

}  // namespace bench
