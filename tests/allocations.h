// How often a thread has allocated memory: what "allocates nothing" is tested with.
#pragma once

#include <cstddef>

/// Calls of operator new by this thread so far; always 0 below a sanitizer, which has its own.
std::size_t allocations() noexcept;
