// TCP connections put together from their segments, which are handed on in order and, where possible, in place.
#pragma once

#include "capture/flows.h"

namespace capture {

struct Segment {
  Host from{};
  Host to{};
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;
  std::uint8_t flags = 0;
  base::Bytes payload{};
};

inline constexpr std::uint8_t tcp_fin = 0x01;
inline constexpr std::uint8_t tcp_syn = 0x02;
inline constexpr std::uint8_t tcp_rst = 0x04;
inline constexpr std::uint8_t tcp_ack = 0x10;

/// False: it is no TCP segment.
bool read_segment(const Transport& transport, Segment& segment) noexcept;
Address address_of(const Host& host, std::uint16_t port) noexcept;

/// A loss is told when the receiver has acknowledged what is missing and it does not turn up soon, when too much waits
/// for it, or at the end. Where segments overlap, the first copy counts.
class Tcp {
 public:
  explicit Tcp(Context& context) : context_(context) {}

  void receive(const Segment& segment);
  /// The capture is over.
  void finish();
  std::size_t held() const noexcept { return held_; }

 private:
  Flow* flow_of(const Segment& segment, Side& side);
  void open(Flow& flow, Side side, const Segment& segment);
  void acknowledge(Flow& flow, Side side, std::uint32_t number) noexcept;
  void take(Flow& flow, Side side, std::uint32_t sequence, base::Bytes payload);
  void hold(Flow& flow, Side side, std::uint32_t sequence, base::Bytes payload);
  void deliver(Flow& flow, Side side, base::Bytes payload);
  void activate(Flow& flow);
  void drain(Flow& flow, Side side);
  void check_losses(Flow& flow);
  void give_up(Flow& flow, Side side);
  void give_up_all(Flow& flow);
  bool finished(const Flow& flow) const noexcept;
  void close(Flow& flow, Closed how);
  /// A new connection between the same ends.
  void renew(Flow& flow);
  void ignore(Flow& flow);
  void account(Flow& flow);
  void evict(FlowList list);

  Context& context_;
  Flows flows_;
  std::size_t held_ = 0;
};

}  // namespace capture
