#include "bench/audience.h"

#include <algorithm>

#include "bench/payload.h"
#include "wire/topic.h"

namespace bench {

bool traceable(const Plan& plan) noexcept {
  return plan.publishes() && !plan.payload && plan.least_size >= stamp_size && !varies(plan.topic);
}

bool same_broker(const Plan& a, const Plan& b) noexcept {
  const auto& left = a.network;
  const auto& right = b.network;
  if (left.host != right.host || left.unix_path != right.unix_path) return false;
  return left.port == right.port || left.transport != right.transport;
}

Audience::Audience(const Plan& plan) : plan_(plan) {
  for (std::size_t load = 0; load < plan.loads().size(); ++load) {
    const Plan& part = plan.loads()[load];
    if (!traceable(part)) continue;
    for (std::uint32_t place = 0; place < part.own_publishers(); ++place) {
      const std::uint32_t number = part.number_of(place);
      publishers_.push_back({part.topic_of(number), load, number});
    }
  }
  std::stable_sort(publishers_.begin(), publishers_.end(),
                   [](const Publisher& a, const Publisher& b) { return a.topic < b.topic; });
}

std::vector<std::uint32_t> Audience::heard_with(const Plan& load, std::string_view filter) const {
  if (const auto shared = wire::shared_filter(filter)) filter = shared->topic_filter;
  // Only topics that begin as it does, which stand together. "a/#" matches "a" as well.
  std::string_view front = filter.substr(0, filter.find_first_of("+#"));
  if (front.ends_with('/') && front.size() != filter.size()) front.remove_suffix(1);
  const auto first = std::lower_bound(
      publishers_.begin(), publishers_.end(), front,
      [](const Publisher& publisher, std::string_view from) { return std::string_view(publisher.topic) < from; });
  std::vector<std::uint32_t> heard;
  for (auto at = first; at != publishers_.end() && std::string_view(at->topic).starts_with(front); ++at) {
    if (!wire::matches(filter, at->topic) || !same_broker(load, plan_.loads()[at->load])) continue;
    heard.push_back(static_cast<std::uint32_t>(at - publishers_.begin()));
  }
  return heard;
}

std::vector<std::uint32_t> Audience::heard_by_all(const Plan& load) const {
  std::vector<std::uint32_t> heard;
  for (std::uint32_t place = 0; place < load.own_subscribers(); ++place) {
    const auto more = heard_with(load, load.filter_of(load.number_of(load.own_publishers() + place)));
    heard.insert(heard.end(), more.begin(), more.end());
  }
  std::sort(heard.begin(), heard.end());
  heard.erase(std::unique(heard.begin(), heard.end()), heard.end());
  return heard;
}

}  // namespace bench
