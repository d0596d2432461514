// Random bytes from the operating system, fetched in batches.
#pragma once

#include <cstdint>
#include <span>

namespace transport {

/// Not to be predicted by a peer or by what lies in between. One system call for some sixty masks.
void fill_random(std::span<std::uint8_t> bytes);

}  // namespace transport
