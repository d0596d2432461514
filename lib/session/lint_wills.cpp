// What became of the wills of all connections of a capture, to know one that should not have come.
#include "session/lint_wills.h"

namespace session {

void LintWills::announce(Content will) {
  if (wills_.size() < most_wills || wills_.contains(will)) ++wills_[will].announced;
}

void LintWills::discard(Content will) {
  const auto found = wills_.find(will);
  if (found == wills_.end()) return;
  --found->second.announced;
  found->second.discarded = true;
}

void LintWills::release(Content will) {
  const auto found = wills_.find(will);
  if (found == wills_.end()) return;
  --found->second.announced;
  found->second.may_come = true;
}

bool LintWills::discarded(Content message) const {
  const auto found = wills_.find(message);
  if (lost_sight_ || found == wills_.end() || published_[place(message)]) return false;
  const Will& will = found->second;
  return will.discarded && will.announced == 0 && !will.may_come;
}

}  // namespace session
