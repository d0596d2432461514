// How the parts of a connection tell the handler what they found, with the place filled in.
#pragma once

#include <array>

#include "capture/read.h"

namespace capture {

/// What all connections share: options, counts, and the captured frame at hand.
struct Context {
  Context(const Options& the_options, Handler& the_handler) : options(the_options), handler(the_handler) {}

  const Options& options;
  Handler& handler;
  Summary summary{};
  std::int64_t time_ns = 0;
  bool has_time = false;
  std::uint8_t time_digits = 6;
};

/// One of the two ends of a connection: 0 or 1, by which address is the lower.
using Side = unsigned;
constexpr Side other(Side side) noexcept { return 1 - side; }

/// The place of what a connection tells. A number is given with the first thing told.
class Report {
 public:
  Report(Context& context, const std::array<Address, 2>& ends) : context_(context) {
    for (const Side side : {0U, 1U}) {
      where_[side].has_addresses = true;
      where_[side].from = ends[side];
      where_[side].to = ends[other(side)];
    }
  }

  Context& context() noexcept { return context_; }
  const Options& options() const noexcept { return context_.options; }

  /// What `side` sent at `offset` of its MQTT bytes.
  const Where& at(Side side, std::uint64_t offset) {
    Where& where = where_[side];
    if (where.connection == 0) number();
    where.time_ns = context_.time_ns;
    where.has_time = context_.has_time;
    where.time_digits = context_.time_digits;
    where.offset = offset;
    return where;
  }
  void note(Side side, std::uint64_t offset, Note kind, std::string_view text) {
    context_.handler.on_note(at(side, offset), kind, text);
  }
  void violation(Side side, std::uint64_t offset, wire::Clause clause) {
    context_.handler.on_violation(at(side, offset), clause);
  }
  void set_client(Side client) noexcept {
    for (const Side side : {0U, 1U}) {
      where_[side].sender_known = true;
      where_[side].sender = side == client ? wire::Sender::client : wire::Sender::server;
    }
  }
  /// The first bytes of both directions are the first that were sent.
  void set_from_start(bool from_start) noexcept {
    for (Where& where : where_) where.from_start = from_start;
  }
  void set_version_guessed(bool guessed) noexcept {
    for (Where& where : where_) where.version_guessed = guessed;
  }
  const Where& ends(Side side) const noexcept { return where_[side]; }

 private:
  void number() { where_[0].connection = where_[1].connection = ++context_.summary.connections; }

  Context& context_;
  std::array<Where, 2> where_{};
};

}  // namespace capture
