// What one subscriber heard of each publisher.
#pragma once

#include <cstdint>
#include <vector>

#include "bench/sequence.h"

namespace bench {

/// A table by run and publisher's number; the publisher that was heard last is found at once.
class Inbox {
 public:
  struct Source {
    std::uint64_t key = 0;
    bool used = false;
    Sequence sequence;
  };

  /// Whose messages `sequence` counts; made where it is new, with `fresh` set.
  Sequence& of(std::uint32_t run, std::uint32_t publisher, bool& fresh);
  const Sequence* find(std::uint32_t run, std::uint32_t publisher) const noexcept;
  const std::vector<Source>& sources() const noexcept { return table_; }

 private:
  std::size_t place(std::uint64_t key) const noexcept;
  void grow();

  std::vector<Source> table_;  ///< a power of two, at most three quarters full
  std::size_t used_ = 0;
  std::size_t last_ = 0;
};

}  // namespace bench
