// What a client of a captured connection has subscribed to, as the packets tell it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "wire/packets.h"

namespace session::lint {

struct Subscribed {
  std::string topic_filter;
  std::uint32_t identifier;  ///< Subscription Identifier, 0 for none
  std::uint16_t request;     ///< the SUBSCRIBE that still awaits SUBACK, or 0
  std::uint16_t leaving;     ///< the UNSUBSCRIBE that awaits UNSUBACK, or 0
  std::uint8_t requested;
  std::uint8_t qos;  ///< granted; what was requested until SUBACK
  bool no_local;
  bool retain_as_published;
  wire::RetainHandling retain_handling;
  bool ended;  ///< unsubscribed; messages of it may still be under way
};

class Subscriptions {
 public:
  static constexpr std::size_t most = 1024;
  static constexpr std::size_t most_text = 65'536;

  void subscribe(const wire::Subscribe& subscribe);
  /// In the order of the SUBSCRIBE.
  void suback(std::uint16_t request, base::Bytes reason_codes);
  void unsubscribe(const wire::Unsubscribe& unsubscribe);
  /// Without codes (3.x) every one of them ends.
  void unsuback(std::uint16_t request, base::Bytes reason_codes);
  /// QoS asked for by the `position`th filter of the SUBSCRIBE; 3 where it is not known.
  std::uint8_t requested(std::uint16_t request, std::size_t position) const noexcept;

  std::span<const Subscribed> all() const noexcept { return all_; }
  bool overflowed() const noexcept { return overflowed_; }
  /// Bytes outside of this object.
  std::size_t held() const noexcept { return all_.capacity() * sizeof(Subscribed) + text_; }
  void clear() noexcept;

 private:
  void add(const wire::Subscription& subscription, std::uint32_t identifier, std::uint16_t request);
  void erase(std::size_t position);

  std::vector<Subscribed> all_;
  std::size_t text_ = 0;
  bool overflowed_ = false;
};

}  // namespace session::lint
