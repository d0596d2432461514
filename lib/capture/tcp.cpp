// TCP connections put together from their segments, which are handed on in order and, where possible, in place.
#include "capture/tcp.h"

#include <algorithm>

namespace capture {
namespace {

/// A segment further behind than this belongs to another connection with the same ends.
constexpr std::int32_t oldest_retransmission = 64 << 20;
/// How long a lost segment may still turn up once it was acknowledged: captures are not always in order.
constexpr std::uint32_t patience_segments = 8;
constexpr std::int64_t patience_ns = 1'000'000'000;

std::uint32_t length(base::Bytes bytes) noexcept { return static_cast<std::uint32_t>(bytes.size()); }

/// Whether a number is too far behind to be of this connection, or too far ahead where it was over.
bool is_foreign(const Flow& flow, const Direction& direction, std::uint32_t sequence) noexcept {
  if (!direction.started) return false;
  const std::int32_t behind = distance(sequence, direction.next);
  return behind > oldest_retransmission || (flow.closed && behind < -oldest_retransmission);
}

}  // namespace

bool read_segment(const Transport& transport, Segment& segment) noexcept {
  constexpr std::size_t least = 20;
  if (transport.payload.size() < least) return false;
  base::Cursor cursor(transport.payload);
  segment.from_port = cursor.u16();
  segment.to_port = cursor.u16();
  segment.sequence = cursor.u32();
  segment.acknowledged = cursor.u32();
  const auto header = static_cast<std::size_t>(cursor.u8() >> 4) * 4;
  segment.flags = cursor.u8();
  if (header < least || header > transport.payload.size()) return false;
  segment.payload = transport.payload.subspan(header);
  segment.from = transport.from;
  segment.to = transport.to;
  return true;
}

Address address_of(const Host& host, std::uint16_t port) noexcept {
  Address address;
  address.port = port;
  address.v6 = host.high != 0 || host.low >> 32 != 0xFFFF;
  if (!address.v6) {
    for (unsigned i = 0; i < 4; ++i) address.bytes[i] = static_cast<std::uint8_t>(host.low >> (24 - 8 * i));
    return address;
  }
  for (unsigned i = 0; i < 8; ++i) {
    address.bytes[i] = static_cast<std::uint8_t>(host.high >> (56 - 8 * i));
    address.bytes[8 + i] = static_cast<std::uint8_t>(host.low >> (56 - 8 * i));
  }
  return address;
}

void Tcp::receive(const Segment& segment) {
  Side side = 0;
  Flow* found = flow_of(segment, side);
  if (found == nullptr) return;
  Flow& flow = *found;
  flows_.touch(flow);
  if ((segment.flags & tcp_syn) != 0) open(flow, side, segment);
  if ((segment.flags & tcp_ack) != 0) acknowledge(flow, side, segment.acknowledged);

  const std::uint32_t sequence = segment.sequence + ((segment.flags & tcp_syn) != 0 ? 1 : 0);
  const bool ends = (segment.flags & tcp_fin) != 0;
  if (!segment.payload.empty()) take(flow, side, sequence, segment.payload);
  Direction& direction = flow.directions[side];
  if (ends && direction.started && !direction.has_end) {
    direction.has_end = true;
    direction.end = sequence + length(segment.payload);
  }
  if (flow.directions[0].waiting || flow.directions[1].waiting) check_losses(flow);
  if ((segment.flags & tcp_rst) != 0) {
    close(flow, Closed::reset);
  } else if ((direction.has_end || ends) && finished(flow)) {
    close(flow, Closed::fin);
  }
  account(flow);
}

/// Only a SYN and payload make a new flow.
Flow* Tcp::flow_of(const Segment& segment, Side& side) {
  const bool reversed = segment.from != segment.to ? segment.to < segment.from : segment.to_port < segment.from_port;
  side = reversed ? 1 : 0;
  const std::uint32_t from_port = segment.from_port;
  const std::uint32_t to_port = segment.to_port;
  const FlowKey key = reversed ? FlowKey{segment.to, segment.from, to_port << 16 | from_port}
                               : FlowKey{segment.from, segment.to, from_port << 16 | to_port};
  if (Flow* flow = flows_.find(key)) return flow;
  if (segment.payload.empty() && (segment.flags & tcp_syn) == 0) return nullptr;
  while (flows_.size(FlowList::idle) >= context_.options.limits.idle_connections) evict(FlowList::idle);
  return &flows_.add(key);
}

/// SYN: either the beginning, or its retransmission, or the beginning of another connection with the same ends.
void Tcp::open(Flow& flow, Side side, const Segment& segment) {
  const std::uint32_t first = segment.sequence + 1;
  const bool answer = (segment.flags & tcp_ack) != 0;
  const bool started = flow.directions[side].started;
  if (started ? flow.directions[side].first != first : flow.conversation && !answer) renew(flow);
  Direction& direction = flow.directions[side];
  if (!direction.started) {
    direction.started = true;
    direction.first = direction.next = first;
    if (!flow.conversation) {
      flow.opening.from_start = true;
      flow.opening.initiator = answer ? other(side) : side;
    }
  }
  Direction& peer = flow.directions[other(side)];
  if (answer && !peer.started) {
    peer.started = true;
    peer.first = peer.next = segment.acknowledged;
  }
}

void Tcp::acknowledge(Flow& flow, Side side, std::uint32_t number) noexcept {
  Direction& peer = flow.directions[other(side)];
  if (peer.has_acknowledged && distance(peer.acknowledged, number) <= 0) return;
  peer.has_acknowledged = true;
  peer.acknowledged = number;
}

void Tcp::take(Flow& flow, Side side, std::uint32_t sequence, base::Bytes payload) {
  if (flow.ignored && !flow.closed) return;
  if (is_foreign(flow, flow.directions[side], sequence)) renew(flow);
  if (flow.closed) return;
  Direction& direction = flow.directions[side];
  if (!direction.started) {
    direction.started = true;
    direction.first = direction.next = sequence;
  }
  const std::int32_t ahead = distance(direction.next, sequence);
  if (ahead > 0) return hold(flow, side, sequence, payload);
  const auto known = static_cast<std::size_t>(-std::int64_t{ahead});
  if (known >= payload.size()) return;  // seen before: a retransmission, or a probe of a silent connection
  deliver(flow, side, payload.subspan(known));
  if (direction.waiting) drain(flow, side);
}

void Tcp::hold(Flow& flow, Side side, std::uint32_t sequence, base::Bytes payload) {
  Direction& direction = flow.directions[side];
  if (!direction.waiting) direction.waiting = std::make_unique<Waiting>();
  activate(flow);
  direction.waiting->add(sequence, payload);
  while (direction.waiting && direction.waiting->held() > context_.options.limits.out_of_order) give_up(flow, side);
}

void Tcp::deliver(Flow& flow, Side side, base::Bytes payload) {
  flow.directions[side].next += length(payload);
  if (flow.ignored) return;
  if (!flow.conversation) {
    const std::array<Address, 2> ends{address_of(flow.key.low, static_cast<std::uint16_t>(flow.key.ports >> 16)),
                                      address_of(flow.key.high, static_cast<std::uint16_t>(flow.key.ports))};
    activate(flow);
    flow.conversation = std::make_unique<Conversation>(context_, ends, flow.opening);
  }
  flow.conversation->receive(side, payload);
  if (flow.conversation->ignored()) ignore(flow);
}

/// From now on it holds memory.
void Tcp::activate(Flow& flow) {
  if (flow.list == FlowList::active) return;
  if (flows_.size(FlowList::active) >= context_.options.limits.connections) evict(FlowList::active);
  flows_.move(flow, FlowList::active);
}

/// Hands on what the last segment has made whole.
void Tcp::drain(Flow& flow, Side side) {
  Direction& direction = flow.directions[side];
  while (direction.waiting && !direction.waiting->empty()) {
    if (distance(direction.next, direction.waiting->first()) > 0) return;
    const Waiting::Piece piece = direction.waiting->take();
    const auto known = static_cast<std::size_t>(distance(piece.sequence, direction.next));
    if (known < piece.bytes.size()) deliver(flow, side, base::Bytes(piece.bytes).subspan(known));
  }
  direction.waiting.reset();
}

void Tcp::check_losses(Flow& flow) {
  for (const Side side : {0U, 1U}) {
    Direction& direction = flow.directions[side];
    if (!direction.waiting || !direction.has_acknowledged) continue;
    Waiting& waiting = *direction.waiting;
    if (distance(waiting.first(), direction.acknowledged) < 0) continue;
    if (waiting.segments_since_acknowledged++ == 0) waiting.acknowledged_ns = context_.time_ns;
    const bool late = context_.time_ns - waiting.acknowledged_ns > patience_ns;
    if (late || waiting.segments_since_acknowledged > patience_segments) give_up(flow, side);
  }
}

/// The first hole will not be filled.
void Tcp::give_up(Flow& flow, Side side) {
  Direction& direction = flow.directions[side];
  const std::int32_t missing = distance(direction.next, direction.waiting->first());
  if (flow.conversation && missing > 0) flow.conversation->gap(side, static_cast<std::uint64_t>(missing));
  if (!flow.conversation) flow.opening.from_start = false;
  direction.next = direction.waiting->first();
  direction.waiting->segments_since_acknowledged = 0;
  drain(flow, side);
}

void Tcp::give_up_all(Flow& flow) {
  for (const Side side : {0U, 1U}) {
    while (flow.directions[side].waiting) give_up(flow, side);
  }
}

/// Both sides have sent all they had, and nothing of it is missing.
bool Tcp::finished(const Flow& flow) const noexcept {
  return std::all_of(flow.directions.begin(), flow.directions.end(), [](const Direction& direction) {
    return direction.has_end && distance(direction.next, direction.end) <= 0;
  });
}

void Tcp::close(Flow& flow, Closed how) {
  if (flow.closed) return;
  give_up_all(flow);
  flow.closed = true;
  if (flow.conversation) flow.conversation->finish(how);
  ignore(flow);
}

void Tcp::renew(Flow& flow) {
  close(flow, Closed::reused);
  flow.directions = {};
  flow.opening = {};
  flow.ignored = flow.closed = false;
}

void Tcp::ignore(Flow& flow) {
  flow.ignored = true;
  flow.conversation.reset();
  for (Direction& direction : flow.directions) direction.waiting.reset();
  held_ -= flow.held;
  flow.held = 0;
  if (flow.list == FlowList::active) flows_.move(flow, FlowList::idle);
}

void Tcp::account(Flow& flow) {
  std::size_t held = flow.conversation ? flow.conversation->held() : 0;
  for (const Direction& direction : flow.directions) {
    if (direction.waiting) held += direction.waiting->held();
  }
  if (held == flow.held) return;
  held_ = held_ - flow.held + held;
  flow.held = held;
  while (held_ > context_.options.limits.all && flows_.size(FlowList::active) != 0) evict(FlowList::active);
  context_.summary.most_held = std::max(context_.summary.most_held, held_);
}

void Tcp::evict(FlowList list) {
  Flow* flow = flows_.oldest(list);
  close(*flow, Closed::evicted);
  flows_.remove(*flow);
}

void Tcp::finish() {
  for (Flow& flow : flows_.all()) {
    if (flow.index == Flow::none) continue;
    give_up_all(flow);
    close(flow, finished(flow) ? Closed::fin : Closed::open);
  }
}

}  // namespace capture
