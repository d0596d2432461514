// How often this program has called operator new: what "allocates nothing" is tested with.
#pragma once

#include <cstddef>

std::size_t allocations() noexcept;
