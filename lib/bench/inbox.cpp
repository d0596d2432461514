#include "bench/inbox.h"

namespace bench {
namespace {

std::uint64_t key_of(std::uint32_t run, std::uint32_t publisher) noexcept {
  return static_cast<std::uint64_t>(run) << 32 | publisher;
}

}  // namespace

/// Where the key is, or the free place where it would be.
std::size_t Inbox::place(std::uint64_t key) const noexcept {
  const std::size_t mask = table_.size() - 1;
  std::size_t at = (key * 0x9E37'79B9'7F4A'7C15ULL) >> 32 & mask;
  while (table_[at].used && table_[at].key != key) at = (at + 1) & mask;
  return at;
}

Sequence& Inbox::of(std::uint32_t run, std::uint32_t publisher, bool& fresh) {
  const std::uint64_t key = key_of(run, publisher);
  fresh = false;
  if (used_ != 0 && table_[last_].key == key) return table_[last_].sequence;
  if ((used_ + 1) * 4 > table_.size() * 3) grow();
  last_ = place(key);
  if (!table_[last_].used) {
    table_[last_] = {key, true, {}};
    ++used_;
    fresh = true;
  }
  return table_[last_].sequence;
}

const Sequence* Inbox::find(std::uint32_t run, std::uint32_t publisher) const noexcept {
  if (table_.empty()) return nullptr;
  const Source& source = table_[place(key_of(run, publisher))];
  return source.used ? &source.sequence : nullptr;
}

void Inbox::grow() {
  std::vector<Source> old(table_.empty() ? 2 : table_.size() * 2);
  old.swap(table_);
  for (Source& source : old) {
    if (source.used) table_[place(source.key)] = std::move(source);
  }
}

}  // namespace bench
