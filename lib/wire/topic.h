// Topic names and topic filters: what is valid, and what matches what (section 4.7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "wire/clauses.h"

namespace wire {

/// The rule that a topic name or filter breaks and where (offset into the text), if any. UTF-8 is checked too;
/// share names only for 5.0, since "$share/" means nothing to the standards before it.
std::optional<Fault> check_topic_name(std::string_view topic_name) noexcept;
std::optional<Fault> check_topic_filter(std::string_view topic_filter, Version version = Version::v5_0) noexcept;

/// Whether a valid topic name matches a valid filter, shared ones by the filter inside.
bool matches(std::string_view topic_filter, std::string_view topic_name) noexcept;

/// "$share/group/filter" in its parts; nothing for a filter that is not shared.
struct SharedFilter {
  std::string_view group;
  std::string_view topic_filter;
};
std::optional<SharedFilter> shared_filter(std::string_view topic_filter) noexcept;

}  // namespace wire
