// The rules of the specification that a packet or a connection can break: one row a rule.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "wire/reason_codes.h"
#include "wire/version.h"

namespace wire {

/// One normative rule, the same for all versions; the table says where each version states it.
enum class Clause : std::uint16_t {
#define MQTT_CLAUSE(name, v3_1, v3_1_1, v5_0, reason_code, sentence) name,
#include "wire/clauses.inc"
#undef MQTT_CLAUSE
};

struct ClauseRow {
  Clause clause;
  std::string_view name;    ///< snake_case, stable: usable in --only lists and tests
  std::string_view v3_1;    ///< a section ("2.1 section 3.1"), or empty where the version has no such rule
  std::string_view v3_1_1;  ///< "MQTT-2.3.1-1", or "section 4.7.3" where the rule has no number, or empty
  std::string_view v5_0;    ///< likewise
  ReasonCode reason_code;   ///< what a 5.0 peer answers with
  std::string_view sentence;
};

const ClauseRow& row(Clause clause) noexcept;
std::span<const ClauseRow> clauses() noexcept;
/// Where `version` states the rule; the nearest version that does where it does not.
std::string_view identifier(Clause clause, Version version) noexcept;

/// Why bytes were refused: eight bytes, no text. `offset` counts from the first byte of the packet.
struct Fault {
  Clause clause;
  std::uint32_t offset;
  friend bool operator==(const Fault&, const Fault&) = default;
};

template <class T>
using Decoded = base::Result<T, Fault>;

}  // namespace wire
