// Subscriptions come with SUBSCRIBE, are settled by SUBACK and end with UNSUBACK.
#include "session/lint_subscriptions.h"

#include <algorithm>

namespace session::lint {

void Subscriptions::add(const wire::Subscription& subscription, std::uint32_t identifier, std::uint16_t request) {
  const auto ended = std::find_if(all_.begin(), all_.end(), [](const Subscribed& one) { return one.ended; });
  if (all_.size() == most && ended != all_.end()) erase(static_cast<std::size_t>(ended - all_.begin()));
  text_ += subscription.topic_filter.size();
  if (all_.size() == most || text_ > most_text) {
    text_ -= subscription.topic_filter.size();
    overflowed_ = true;
    return;
  }
  all_.push_back({std::string(subscription.topic_filter), identifier, request, 0, subscription.qos, subscription.qos,
                  subscription.no_local, subscription.retain_as_published, subscription.retain_handling, false});
}

void Subscriptions::erase(std::size_t position) {
  text_ -= all_[position].topic_filter.size();
  all_.erase(all_.begin() + static_cast<std::ptrdiff_t>(position));
}

void Subscriptions::subscribe(const wire::Subscribe& subscribe) {
  const std::uint32_t identifier = subscribe.properties.number(wire::PropertyId::subscription_identifier, 0);
  for (const wire::Subscription& subscription : subscribe.subscriptions) {
    add(subscription, identifier, subscribe.packet_identifier);
  }
}

void Subscriptions::suback(std::uint16_t request, base::Bytes reason_codes) {
  std::size_t position = 0;
  for (std::size_t i = 0; i < all_.size();) {
    if (all_[i].request != request) {
      ++i;
      continue;
    }
    const std::uint8_t code = position < reason_codes.size() ? reason_codes[position] : 0x80;
    ++position;
    if (code > 2) {
      erase(i);
      continue;
    }
    all_[i].request = 0;
    all_[i].qos = code;
    // It replaces an older one of the same filter, which stands before it.
    for (std::size_t older = 0; older < i; ++older) {
      if (all_[older].request != 0 || all_[older].topic_filter != all_[i].topic_filter) continue;
      erase(older);
      --i;
      break;
    }
    ++i;
  }
}

void Subscriptions::unsubscribe(const wire::Unsubscribe& unsubscribe) {
  for (const std::string_view topic_filter : unsubscribe.topic_filters) {
    for (Subscribed& one : all_) {
      if (one.topic_filter == topic_filter && !one.ended) one.leaving = unsubscribe.packet_identifier;
    }
  }
}

void Subscriptions::unsuback(std::uint16_t request, base::Bytes reason_codes) {
  // A failure of one filter leaves all of them as they were: which one it was is not kept.
  const bool failed = std::any_of(reason_codes.begin(), reason_codes.end(), [](std::uint8_t c) { return c >= 0x80; });
  for (Subscribed& one : all_) {
    if (one.leaving != request) continue;
    one.leaving = 0;
    one.ended = !failed;
  }
}

std::uint8_t Subscriptions::requested(std::uint16_t request, std::size_t position) const noexcept {
  for (const Subscribed& one : all_) {
    if (one.request == request && position-- == 0) return one.requested;
  }
  return 3;
}

void Subscriptions::clear() noexcept {
  all_.clear();
  text_ = 0;
  overflowed_ = false;
}

}  // namespace session::lint
