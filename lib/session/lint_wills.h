// What became of the wills of all connections of a capture, to know one that should not have come.
#pragma once

#include <bitset>
#include <cstdint>
#include <unordered_map>

namespace session {

/// Wills and messages are told apart by a number for topic and payload. A will counts as discarded where each
/// connection that announced it ended with DISCONNECT and no client published the same: other clients may have, beside
/// the capture.
class LintWills {
 public:
  using Content = std::uint32_t;

  /// CONNECT came with it: `discard` or `release` must follow for it to be judged.
  void announce(Content will);
  /// DISCONNECT came, with which the server has to forget it.
  void discard(Content will);
  /// The connection ended otherwise: the server publishes it, now or later.
  void release(Content will);
  /// A client published something that is not known: from then on nothing can be said.
  void lose_sight() noexcept { lost_sight_ = true; }
  void published(Content message) { published_.set(place(message)); }
  bool discarded(Content message) const;

 private:
  static constexpr std::size_t most_wills = 65'536;
  static constexpr std::size_t places = 65'536;

  struct Will {
    std::uint32_t announced = 0;
    bool discarded = false;
    bool may_come = false;
  };
  static std::size_t place(Content message) noexcept { return (message ^ message >> 16) % places; }

  std::unordered_map<Content, Will> wills_;  ///< as many as are let in: of others nothing is said
  bool lost_sight_ = false;
  std::bitset<places> published_;  ///< two messages may share a place
};

}  // namespace session
