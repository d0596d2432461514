// Tells from sequence numbers which messages were lost, came twice or came late, exactly.
#pragma once

#include <cstdint>
#include <vector>

namespace bench {

/// The messages of one publisher at one subscriber. Memory grows with the gaps, not with the messages.
class Sequence {
 public:
  enum class Arrival : std::uint8_t {
    in_order,
    reordered,   ///< for the first time, but a later one had come before
    duplicated,  ///< again
  };

  Arrival arrive(std::uint64_t number) {
    if (number == next_) [[likely]] {
      ++next_;
      ++distinct_;
      return Arrival::in_order;
    }
    return arrive_elsewhere(number);
  }

  /// Different ones that came.
  std::uint64_t distinct() const noexcept { return distinct_; }
  /// One behind the highest that came.
  std::uint64_t next() const noexcept { return next_; }
  /// Those between the ones that came; what is missing at the end only the publisher knows.
  std::uint64_t missing() const noexcept { return next_ - first_ - distinct_; }
  /// What comes first may be any number: the publisher had begun before the subscriber.
  void begin_at(std::uint64_t number) noexcept { first_ = next_ = number; }

 private:
  struct Gap {
    std::uint64_t begin;
    std::uint64_t end;
  };

  Arrival arrive_elsewhere(std::uint64_t number);

  std::uint64_t first_ = 0;
  std::uint64_t next_ = 0;
  std::uint64_t distinct_ = 0;
  std::vector<Gap> gaps_;  ///< in order
};

}  // namespace bench
