// Whether bytes are UTF-8, and where they stop being it.
#pragma once

#include <cstddef>
#include <string_view>

namespace base {

/// The offset of the first sequence that is not well-formed (RFC 3629: no overlong form, no surrogate, nothing above
/// U+10FFFF, nothing cut off); the size of the text where there is none.
std::size_t find_ill_formed(std::string_view text) noexcept;

inline bool is_utf8(std::string_view text) noexcept { return find_ill_formed(text) == text.size(); }

}  // namespace base
