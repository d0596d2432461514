// Which publishers of a run a subscription should hear, in whichever group they are.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/plan.h"

namespace bench {

/// Whether the messages of its publishers can be told apart and all go to one topic, so that it is known which of them
/// a subscription should have had.
bool traceable(const Plan& plan) noexcept;

/// Whether two loads go to one broker, as far as their addresses tell: transports have ports of their own.
bool same_broker(const Plan& a, const Plan& b) noexcept;

class Audience {
 public:
  struct Publisher {
    std::string topic;
    std::size_t load;      ///< its place among the plan's
    std::uint32_t number;  ///< its number among all clients of that load
  };

  /// Publishers of this shard.
  explicit Audience(const Plan& plan);

  /// Those that a subscriber of this load should hear with the filter, by their places in `publishers`.
  std::vector<std::uint32_t> heard_with(const Plan& load, std::string_view filter) const;
  /// Those that any of a load's own subscribers should hear.
  std::vector<std::uint32_t> heard_by_all(const Plan& load) const;
  const std::vector<Publisher>& publishers() const noexcept { return publishers_; }

 private:
  const Plan& plan_;
  std::vector<Publisher> publishers_;  ///< in the order of their topics
};

}  // namespace bench
