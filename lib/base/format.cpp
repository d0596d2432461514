// The one file that compiles the formatter: as a shared library it would cost every start, in each file every build.
#define FMT_HEADER_ONLY
#include "base/format.h"

#include <fmt/format.h>

namespace base {

std::string format_all(fmt::string_view text, fmt::format_args arguments) { return fmt::vformat(text, arguments); }

}  // namespace base
