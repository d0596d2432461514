// What will-test found, in the format that was asked for.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "scenario/will_test.h"
#include "will_test_options.h"

namespace cmd {

/// One broker's verdicts.
struct WillReport {
  std::string broker;
  std::vector<scenario::Result> results;
  session::Duration took{};
};

/// What is shown of a result: a failure that was expected is none.
enum class Shown : std::uint8_t { pass, warn, skip, known, fail };
Shown shown(const scenario::Result& result, const WillTestOptions& options);
std::string_view name(Shown shown) noexcept;

struct Tally {
  std::size_t counts[5] = {};
  std::size_t operator[](Shown shown) const noexcept { return counts[static_cast<std::size_t>(shown)]; }
};
Tally count(const WillReport& report, const WillTestOptions& options);
/// "88 passed, 1 failed, 12 skipped in 7.1 s".
std::string summary(const WillReport& report, const WillTestOptions& options);

/// "delay 5.0".
std::string title(const scenario::Result& result);
/// "leaves a will with a delay: it comes after the delay [MQTT-3.1.2-8]".
std::string promise(const scenario::Result& result);

/// The packets with times since the beginning of the case, a line each behind `indent`.
void append_transcript(base::Buffer& out, const scenario::Result& result, std::string_view indent);

/// `list` of --list.
void append_list(base::Buffer& out);
/// One broker or, side by side, several.
void append_report(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options, bool colour);

// The formats in their files.

void append_tap(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options);
void append_junit(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options);
void append_will_json(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options);
void append_markdown(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options);

/// One result in each report, or nullptr, for each case and version that any of them has: the matrix.
struct MatrixRow {
  const scenario::WillCase* row;
  wire::Version version;
  std::vector<const scenario::Result*> results;
};
std::vector<MatrixRow> matrix(std::span<const WillReport> reports);

}  // namespace cmd
