#include "bench/hearing.h"

#include <algorithm>

namespace bench {

template <class Visit>
void Hearing::each_inbox(Group& group, Visit visit) {
  const Plan& plan = group.plan();
  if (plan.mode != Mode::sub || plan.own_subscribers() == 0 || plan.shares_with_shards()) return;
  if (group.common().shared_inbox) return visit(group.inbox_of(0), audience_.heard_by_all(plan));
  std::string before;
  std::vector<std::uint32_t> heard;
  for (std::uint32_t place = 0; place < plan.own_subscribers(); ++place) {
    // Often all subscribe to the same.
    std::string filter = plan.filter_of(plan.number_of(plan.own_publishers() + place));
    if (filter != before) heard = audience_.heard_with(plan, filter);
    before.swap(filter);
    visit(group.inbox_of(place), heard);
  }
}

std::uint64_t Hearing::sent_by(std::uint32_t publisher) const {
  const auto& [topic, load, number] = audience_.publishers()[publisher];
  return groups_[load]->sent_by(number);
}

std::optional<std::uint64_t> Hearing::owed(Group& group) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (groups_[i]->plan().publishes() && (!group.common().traced[i] || !groups_[i]->all_sent())) return std::nullopt;
  }
  std::uint64_t sum = 0;
  each_inbox(group, [&](const Inbox&, const std::vector<std::uint32_t>& heard) {
    for (const std::uint32_t publisher : heard) sum += sent_by(publisher);
  });
  return sum;
}

void Hearing::count(Group& group, Record& record) {
  each_inbox(group, [&](const Inbox& inbox, const std::vector<std::uint32_t>& heard) {
    for (const std::uint32_t publisher : heard) {
      const auto& [topic, load, number] = audience_.publishers()[publisher];
      const std::uint64_t sent = sent_by(publisher);
      const Sequence* came = inbox.find(groups_[load]->common().run, number);
      record.expected += sent;
      record.lost += sent - std::min(sent, came == nullptr ? 0 : came->distinct());
    }
  });
}

}  // namespace bench
