// Assigning topic aliases to what we send.
#include "session/topic_alias.h"

namespace session {

TopicAliases::Alias TopicAliases::assign(std::string_view topic) {
  if (const auto known = aliases_.find(topic); known != aliases_.end()) return {known->second, true};
  if (aliases_.size() >= maximum_) return {};
  const auto number = static_cast<std::uint16_t>(aliases_.size() + 1);
  aliases_.emplace(topic, number);
  return {number, false};
}

}  // namespace session
