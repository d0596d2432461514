// The QoS 1 and 2 messages that one side of a captured connection has sent and that are not finished.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace session::lint {

/// Found by packet identifier in constant time, and chained by what they wait for, in the order in which they began to.
class Exchange {
 public:
  enum class Stage : std::uint8_t { puback, pubrec, pubrel, pubcomp };
  static constexpr std::size_t stages = 4;
  static constexpr std::size_t most = 4096;
  static constexpr std::uint16_t none = 0xFFFF;

  struct Entry {
    std::int64_t since;     ///< when it began to wait
    std::uint32_t content;  ///< `content_of` of the message; 0 where it is not known
    std::uint32_t order;    ///< of its first sending
    std::uint16_t identifier;
    std::uint16_t before;  ///< in its stage
    std::uint16_t after;
    Stage stage;
    std::uint8_t qos;
    std::uint16_t resends;
    bool passed;     ///< a later one went on before it, or its place is not known
    bool counts;     ///< against Receive Maximum
    bool inherited;  ///< from an earlier connection, and not sent again on this one
  };

  /// A message that was finished lately; what the peer had under way for it may still come.
  struct Finished {
    std::uint16_t identifier = 0;  ///< 0: none
    bool refused = false;
    std::uint16_t resends = 0;
    std::uint32_t content = 0;
  };

  const Entry* find(std::uint16_t identifier) const noexcept;
  /// Nothing, and `overflowed` from now on, where there are too many.
  Entry* open(std::uint16_t identifier, Stage stage, std::int64_t now);
  Entry* find(std::uint16_t identifier) noexcept;
  void move(Entry& entry, Stage stage, std::int64_t now) noexcept;
  void close(Entry& entry, bool refused) noexcept;
  /// Those that have waited longer than `entry` in its stage are passed.
  void pass(const Entry& entry) noexcept;
  /// It has no known place among the others.
  void set_aside(Entry& entry) noexcept;
  /// Its PUBLISH or PUBREL is sent again: it counts from now on, if it did not.
  void resend(Entry& entry, std::int64_t now) noexcept;

  const Finished* finished(std::uint16_t identifier) const noexcept;
  /// The one that has waited longest for `stage` of those that were passed, or else of the others.
  const Entry* oldest(Stage stage) const noexcept;
  /// Nothing is passed when it goes on.
  bool is_next(const Entry& entry) const noexcept { return entry.before == none || entry.passed; }
  /// The one whose turn it is.
  const Entry* next(Stage stage) const noexcept;
  /// Those that count against Receive Maximum.
  std::uint32_t outstanding() const noexcept { return outstanding_; }
  /// Whether `entry` is sent again though one that came after it was already.
  bool overtaken(const Entry& entry) const noexcept;
  bool overflowed() const noexcept { return overflowed_; }
  /// Bytes outside of this object.
  std::size_t held() const noexcept {
    return entries_.capacity() * sizeof(Entry) + (free_.capacity() + index_.capacity()) * sizeof(std::uint16_t);
  }

  /// A new message counts.
  void count(Entry& entry) noexcept;
  /// For a new connection of the session: nothing was sent on it yet.
  void inherit() noexcept;
  /// The session turned out to be a new one.
  void drop_inherited() noexcept;
  /// The first, by order of sending, that was inherited and not sent again.
  const Entry* not_resent() const noexcept;

 private:
  std::size_t home(std::uint16_t identifier) const noexcept { return identifier & (index_.size() - 1); }
  std::size_t position(std::uint16_t identifier) const noexcept;
  void grow();
  void unindex(std::uint16_t identifier) noexcept;
  void link(std::uint16_t slot, Stage stage, bool passed) noexcept;
  void unlink(std::uint16_t slot) noexcept;

  std::vector<Entry> entries_;
  std::vector<std::uint16_t> free_;   ///< slots of `entries_`
  std::vector<std::uint16_t> index_;  ///< open addressing by identifier: slots, a power of two of them, half empty
  /// A chain for each stage, and one more for those that were passed in it.
  static constexpr std::size_t chains = 2 * stages;
  static constexpr std::array<std::uint16_t, chains> empty{none, none, none, none, none, none, none, none};
  std::array<std::uint16_t, chains> first_ = empty;
  std::array<std::uint16_t, chains> last_ = empty;
  std::array<Finished, 16> finished_{};
  std::uint32_t finished_count_ = 0;
  std::uint32_t order_ = 0;
  std::uint32_t outstanding_ = 0;
  std::uint32_t last_resent_order_ = 0;
  std::uint16_t last_resent_times_ = 0;
  bool overflowed_ = false;
};

}  // namespace session::lint
