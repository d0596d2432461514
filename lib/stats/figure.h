// A figure under a name, as reports show it, and what --require demands of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace stats {

enum class Unit : std::uint8_t { none, seconds, per_second, bytes, flag };

struct Figure {
  std::string name;  ///< "rate", "lost", "p99", "connect.p99"
  double value = 0;
  Unit unit = Unit::none;
};

/// "p99<20ms", "lost==0", "rate>=50000", "retain".
struct Requirement {
  enum class Relation : std::uint8_t { present, less, at_most, equal, unequal, at_least, more };

  std::string text;
  std::string name;
  Relation relation = Relation::present;
  double value = 0;
};

/// What is wrong with it is a clause of a sentence. Times take ns, us, ms, s, m or h, and need one; sizes KiB or MiB;
/// what is or is not so, yes or no. A name alone, where `bare_names` allows it, demands that it is so, or not zero.
base::Result<Requirement, std::string> read_requirement(std::string_view text, bool bare_names = false);
bool met(const Requirement& requirement, double value) noexcept;
/// Nothing where it is met; else what was found: "p99 is 31.5 ms".
std::optional<std::string> check(const Requirement& requirement, const std::vector<Figure>& figures);

/// "1.25 ms", "12,345/s", "1.5 MiB", "12,345", "yes".
std::string show(double value, Unit unit);

}  // namespace stats
