// What the subscribers of one group should have heard of the publishers of others, and what of it they did.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "bench/audience.h"
#include "bench/group.h"

namespace bench {

class Hearing {
 public:
  Hearing(const Plan& plan, std::span<const std::unique_ptr<Group>> groups) : audience_(plan), groups_(groups) {}

  /// Messages that a group's subscribers should have between them, once all is sent; nothing where that can't be known.
  std::optional<std::uint64_t> owed(Group& group);
  /// Adds what they should have had and what is lost of it, once the threads have ended.
  void count(Group& group, Record& record);

 private:
  /// Calls `visit(inbox, publishers)` for each inbox of the group, with those that it should hear.
  template <class Visit>
  void each_inbox(Group& group, Visit visit);
  std::uint64_t sent_by(std::uint32_t publisher) const;

  Audience audience_;
  std::span<const std::unique_ptr<Group>> groups_;
};

}  // namespace bench
