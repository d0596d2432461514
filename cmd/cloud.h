// Option --auth: what a cloud broker wants to see, derived from a key for each connection anew.
#pragma once

#include <string_view>

#include "complete.h"

namespace cmd {

bool is_cloud(std::string_view name) noexcept;

/// Sets name and password, or the path, of the draft's connection; its place and client identifier are known.
Completed<void> complete_cloud(Draft& draft);

}  // namespace cmd
