// The rules of topic names, topic filters and shared subscriptions, and matching without allocation.
#include "wire/topic.h"

#include "base/utf8.h"
#include "wire/primitives.h"

namespace wire {
namespace {

constexpr std::size_t longest_string = 65'535;
constexpr std::string_view share_prefix = "$share/";

Fault at(Clause clause, std::size_t offset) noexcept { return {clause, static_cast<std::uint32_t>(offset)}; }

std::optional<Fault> check_characters(std::string_view topic, bool name) noexcept {
  if (topic.empty()) return at(Clause::topic_empty, 0);
  if (topic.size() > longest_string) return at(Clause::topic_too_long, longest_string);
  const TextFault fault = scan_text(topic, name);
  switch (fault.kind) {
    case TextFault::Kind::none:
      return std::nullopt;
    case TextFault::Kind::ill_formed:
      return at(Clause::string_ill_formed, fault.position);
    case TextFault::Kind::null_character:
      return at(Clause::topic_null_character, fault.position);
    case TextFault::Kind::wildcard:
      break;
  }
  return at(Clause::topic_name_wildcard, fault.position);
}

/// Whether the character at `position` stands between separators or the ends of the filter.
bool fills_level(std::string_view filter, std::size_t position) noexcept {
  const bool begins = position == 0 || filter[position - 1] == '/';
  const bool ends = position + 1 == filter.size() || filter[position + 1] == '/';
  return begins && ends;
}

/// The rules of section 4.7.1 for the wildcards from `start`, where a level begins.
std::optional<Fault> check_wildcards(std::string_view filter, std::size_t start) noexcept {
  for (std::size_t i = filter.find_first_of("+#", start); i != filter.npos; i = filter.find_first_of("+#", i + 1)) {
    if (filter[i] == '+' && !fills_level(filter, i)) return at(Clause::single_level_wildcard_misplaced, i);
    if (filter[i] == '#' && (i + 1 != filter.size() || !fills_level(filter, i))) {
      return at(Clause::multi_level_wildcard_misplaced, i);
    }
  }
  return std::nullopt;
}

/// The rules of section 4.8.2 for a filter that starts with "$share/"; `end` is set behind the share name's separator.
std::optional<Fault> check_share_name(std::string_view filter, std::size_t& end) noexcept {
  const std::size_t begin = share_prefix.size();
  end = filter.find_first_of("/+#", begin);
  if (end == begin && filter[end] == '/') return at(Clause::share_name_empty, begin);
  if (filter.size() == begin) return at(Clause::share_name_empty, begin);
  if (end == filter.npos) return at(Clause::share_name_invalid, filter.size());
  if (filter[end] != '/') return at(Clause::share_name_invalid, end);
  if (++end == filter.size()) return at(Clause::share_name_invalid, end);
  return std::nullopt;
}

/// Cuts the first level off; `more` tells whether a separator followed it.
std::string_view next_level(std::string_view& topic, bool& more) noexcept {
  const std::size_t end = topic.find('/');
  more = end != topic.npos;
  const std::string_view level = topic.substr(0, end);
  topic.remove_prefix(more ? end + 1 : topic.size());
  return level;
}

bool matches_levels(std::string_view filter, std::string_view name) noexcept {
  bool filter_goes_on = true;
  bool name_goes_on = true;
  while (filter_goes_on && name_goes_on) {
    const std::string_view wanted = next_level(filter, filter_goes_on);
    if (wanted == "#") return true;
    const std::string_view level = next_level(name, name_goes_on);
    if (wanted != "+" && wanted != level) return false;
  }
  // "sport/#" also matches "sport": # includes the parent level.
  return name_goes_on == filter_goes_on || (filter_goes_on && filter == "#");
}

}  // namespace

TextFault scan_text(std::string_view text, bool topic_name) noexcept {
  using Kind = TextFault::Kind;
  const std::size_t well_formed = base::find_ill_formed(text);
  const std::string_view good = text.substr(0, well_formed);
  const std::string_view unwanted = topic_name ? std::string_view("\0+#", 3) : std::string_view("\0", 1);
  const std::size_t found = good.find_first_of(unwanted);
  if (found != good.npos) {
    return {good[found] == '\0' ? Kind::null_character : Kind::wildcard, static_cast<std::uint32_t>(found)};
  }
  if (well_formed == text.size()) return {};
  return {Kind::ill_formed, static_cast<std::uint32_t>(well_formed)};
}

std::optional<Fault> check_topic_name(std::string_view topic_name) noexcept {
  return check_characters(topic_name, true);
}

std::optional<Fault> check_topic_filter(std::string_view topic_filter, Version version) noexcept {
  if (const auto fault = check_characters(topic_filter, false)) return fault;
  std::size_t start = 0;
  if (version == Version::v5_0 && topic_filter.starts_with(share_prefix)) {
    if (const auto fault = check_share_name(topic_filter, start)) return fault;
  }
  return check_wildcards(topic_filter, start);
}

bool matches(std::string_view topic_filter, std::string_view topic_name) noexcept {
  if (const auto shared = shared_filter(topic_filter)) topic_filter = shared->topic_filter;
  if (topic_filter.empty() || topic_name.empty()) return false;
  const bool starts_with_wildcard = topic_filter[0] == '+' || topic_filter[0] == '#';
  if (topic_name[0] == '$' && starts_with_wildcard) return false;
  return matches_levels(topic_filter, topic_name);
}

std::optional<SharedFilter> shared_filter(std::string_view topic_filter) noexcept {
  if (!topic_filter.starts_with(share_prefix)) return std::nullopt;
  const std::string_view rest = topic_filter.substr(share_prefix.size());
  const std::size_t end = rest.find('/');
  if (end == rest.npos) return std::nullopt;
  return SharedFilter{rest.substr(0, end), rest.substr(end + 1)};
}

}  // namespace wire
