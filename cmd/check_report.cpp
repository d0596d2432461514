#include "check_report.h"

#include <algorithm>
#include <fnmatch.h>

#include "base/format.h"
#include "render/colours.h"
#include "render/escape.h"

namespace cmd {
namespace {

using scenario::Fact;
using scenario::Finding;
using scenario::Measure;

bool matches_any(const std::vector<std::string>& patterns, std::string_view name) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return ::fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
  });
}

std::string one_line(std::string_view text) {
  base::Buffer out;
  render::append_visible(out, base::as_bytes(text), render::Layout::escape);
  return std::string(out.text());
}

stats::Unit unit_of(Measure measure) noexcept {
  switch (measure) {
    case Measure::flag:
    case Measure::text:
      return stats::Unit::flag;
    case Measure::seconds:
      return stats::Unit::seconds;
    default:
      return stats::Unit::none;
  }
}

Demand judge(const stats::Requirement& requirement, const scenario::Findings& findings) {
  const Fact& fact = *scenario::find_fact(requirement.name);
  const Finding* finding = findings.find(fact.name);
  if (finding == nullptr || !finding->value) {
    const std::string_view why = finding == nullptr ? std::string_view("interrupted") : finding->remark;
    return {requirement.text, base::format("{} is not known: {}", fact.name, one_line(why))};
  }
  if (stats::met(requirement, *finding->value)) return {requirement.text, {}};
  const std::string remark = finding->remark.empty() ? std::string() : base::format(" ({})", one_line(finding->remark));
  return {requirement.text, base::format("{} is {}{}", fact.name, one_line(show(fact, *finding)), remark)};
}

/// A column for each broker, as wide as its widest value.
std::vector<std::size_t> widths_of(std::span<const CheckReport> reports) {
  constexpr std::size_t widest = 40;
  std::vector<std::size_t> widths;
  for (const CheckReport& report : reports) {
    std::size_t width = reports.size() > 1 ? report.broker.size() : 0;
    for (const Fact* fact : report.facts) {
      const Finding& finding = *report.findings.find(fact->name);
      if (finding.value) width = std::max(width, std::min(widest, one_line(show(*fact, finding)).size()));
    }
    widths.push_back(width + 2);
  }
  return widths;
}

void append_value(base::Buffer& out, const Fact& fact, const Finding& finding, std::size_t width, bool colour) {
  const render::Colours colours(out, colour);
  if (finding.value) return out.append(base::format("{:{}}", one_line(show(fact, finding)), width));
  colours.dim();
  out.append("-");
  colours.plain();
  out.append(base::format("{:{}}", "", width - 1));
}

/// What is odd, of each broker where there are several.
std::string remarks(std::span<const CheckReport> reports, const Fact& fact) {
  if (reports.size() == 1) return reports[0].findings.find(fact.name)->remark;
  return {};
}

}  // namespace

std::vector<const Fact*> selected_facts(const CheckOptions& options) {
  std::vector<const Fact*> selected;
  for (const Fact& fact : scenario::facts()) {
    const bool wanted = options.only.empty() || matches_any(options.only, fact.name);
    const bool required = std::any_of(options.require.begin(), options.require.end(),
                                      [&](const auto& requirement) { return requirement.name == fact.name; });
    if (required || (wanted && !matches_any(options.skip, fact.name))) selected.push_back(&fact);
  }
  return selected;
}

std::vector<Demand> judge(const scenario::Findings& findings, const std::vector<stats::Requirement>& requirements) {
  std::vector<Demand> demands;
  for (const stats::Requirement& requirement : requirements) demands.push_back(judge(requirement, findings));
  return demands;
}

std::string show(const Fact& fact, const Finding& finding) {
  if (fact.measure == Measure::text || !finding.text.empty()) return finding.text;
  const std::string number = stats::show(*finding.value, unit_of(fact.measure));
  return fact.measure == Measure::bytes ? number + " bytes" : number;
}

void append_fact_list(base::Buffer& out) {
  for (const Fact& fact : scenario::facts()) {
    const std::string_view clause = fact.clause.empty() ? std::string_view("-") : fact.clause;
    out.append(base::format("{:<26} {:<18} {} ({})\n", fact.name, clause, fact.question, fact.found_by));
  }
}

void append_report(base::Buffer& out, std::span<const CheckReport> reports, ReportFormat format, bool colour) {
  switch (format) {
    case ReportFormat::tap:
      return append_tap(out, reports);
    case ReportFormat::junit:
      return append_junit(out, reports);
    case ReportFormat::json:
      return append_json(out, reports);
    case ReportFormat::markdown:
      return append_markdown(out, reports);
    case ReportFormat::table:
      break;
  }
  const std::vector<std::size_t> widths = widths_of(reports);
  std::size_t longest = 0;
  for (const Fact* fact : reports[0].facts) longest = std::max(longest, fact->name.size());
  if (reports.size() > 1) {
    out.append(base::format("{:{}}  ", "", longest));
    for (std::size_t i = 0; i < reports.size(); ++i) out.append(base::format("{:{}}", reports[i].broker, widths[i]));
    end_line(out);
  }
  for (const Fact* fact : reports[0].facts) {
    out.append(base::format("{:{}}  ", fact->name, longest));
    for (std::size_t i = 0; i < reports.size(); ++i) {
      append_value(out, *fact, *reports[i].findings.find(fact->name), widths[i], colour);
    }
    out.append(one_line(remarks(reports, *fact)));
    end_line(out);
  }
  out.push('\n');
  for (const CheckReport& report : reports) {
    out.append(base::format("{}: asked by MQTT {}, in {:.1f} s\n", report.broker, wire::name(report.version),
                            seconds(report.took)));
  }
}

}  // namespace cmd
