// What check found, in the format that was asked for.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/buffer.h"
#include "check_options.h"
#include "scenario/check.h"

namespace cmd {

/// A demand, and what was found where it is not met.
struct Demand {
  std::string text;
  std::string unmet;  ///< "qos is 1", or empty

  bool met() const noexcept { return unmet.empty(); }
};

/// One broker's facts.
struct CheckReport {
  std::string broker;
  wire::Version version = wire::Version::v5_0;  ///< by which was asked
  std::vector<const scenario::Fact*> facts;
  scenario::Findings findings;
  std::vector<Demand> demands;
  session::Duration took{};
};

/// Those of --only and --skip, and those that --require names.
std::vector<const scenario::Fact*> selected_facts(const CheckOptions& options);
std::vector<Demand> judge(const scenario::Findings& findings, const std::vector<stats::Requirement>& requirements);
/// "yes", "2", "65,535 bytes", "1.25 ms"; unescaped.
std::string show(const scenario::Fact& fact, const scenario::Finding& finding);

/// Of --list.
void append_fact_list(base::Buffer& out);
/// One broker or, side by side, several.
void append_report(base::Buffer& out, std::span<const CheckReport> reports, ReportFormat format, bool colour);

// The formats in their file.

void append_tap(base::Buffer& out, std::span<const CheckReport> reports);
void append_junit(base::Buffer& out, std::span<const CheckReport> reports);
void append_json(base::Buffer& out, std::span<const CheckReport> reports);
void append_markdown(base::Buffer& out, std::span<const CheckReport> reports);

}  // namespace cmd
