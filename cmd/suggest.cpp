#include "suggest.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/format.h"

namespace cmd {
namespace {

/// No word is longer than this, so that the work is bounded whatever was typed.
constexpr std::size_t longest = 40;

/// How many letters have to be inserted, left out, replaced, or exchanged with their neighbour.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      const bool exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (exchanged) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = std::exchange(last, std::move(row));
  }
  return last.back();
}

}  // namespace

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  if (word.size() < 2 || word.size() > longest) return {};
  const auto begun = [word](std::string_view candidate) { return candidate.starts_with(word); };
  if (std::count_if(candidates.begin(), candidates.end(), begun) == 1) {
    return *std::find_if(candidates.begin(), candidates.end(), begun);
  }
  std::string_view best;
  std::size_t least = 1 + std::min<std::size_t>(2, word.size() / 3 + (word.size() == 2 ? 1 : 0));
  for (const auto candidate : candidates) {
    if (const auto letters = distance(word, candidate); letters < least) {
      least = letters;
      best = candidate;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates,
                         std::string_view before) {
  const auto best = nearest(word, candidates);
  return best.empty() ? std::string() : base::format("; did you mean {}{}?", before, best);
}

}  // namespace cmd
