#include "selection.h"

#include "wire/topic.h"

namespace cmd {

Selection::Selection(const SubOptions& options, std::uint64_t seed)
    : options_(options), share_(options.random_filter / 100) {
  if (share_ < 1) random_.emplace(seed);
}

bool Selection::takes(const wire::Publish& publish) {
  if (publish.retain && options_.hide_retained) return false;
  for (const std::string& filter : options_.filter_out) {
    if (wire::matches(filter, publish.topic)) return false;
  }
  return !random_ || in_sample();
}

/// 53 random bits are as many as a double in [0, 1) has.
bool Selection::in_sample() { return static_cast<double>((*random_)() >> 11) * 0x1p-53 < share_; }

}  // namespace cmd
