// What a function returns that can fail.
#pragma once

#include <tl/expected.hpp>

namespace base {

template <class T, class E>
using Result = tl::expected<T, E>;
using tl::unexpected;

}  // namespace base
