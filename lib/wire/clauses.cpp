// The clause table in memory, and what each version calls a rule.
#include "wire/clauses.h"

#include <array>

namespace wire {
namespace {

constexpr auto table = std::to_array<ClauseRow>({
#define MQTT_CLAUSE(name, v3_1, v3_1_1, v5_0, reason_code, sentence) \
  {Clause::name, #name, v3_1, v3_1_1, v5_0, ReasonCode::reason_code, sentence},
#include "wire/clauses.inc"
#undef MQTT_CLAUSE
});

/// The first of three that is stated at all.
std::string_view first_stated(std::string_view first, std::string_view second, std::string_view third) noexcept {
  if (!first.empty()) return first;
  return second.empty() ? third : second;
}

}  // namespace

const ClauseRow& row(Clause clause) noexcept { return table[static_cast<std::size_t>(clause)]; }

std::span<const ClauseRow> clauses() noexcept { return table; }

std::string_view identifier(Clause clause, Version version) noexcept {
  const ClauseRow& rule = row(clause);
  switch (version) {
    case Version::v3_1:
      return first_stated(rule.v3_1, rule.v3_1_1, rule.v5_0);
    case Version::v3_1_1:
      return first_stated(rule.v3_1_1, rule.v5_0, rule.v3_1);
    case Version::v5_0:
      break;
  }
  return first_stated(rule.v5_0, rule.v3_1_1, rule.v3_1);
}

}  // namespace wire
