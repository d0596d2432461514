// Reports of check for machines: TAP 14, JUnit's XML and JSON, and for pages: Markdown.
#include <algorithm>

#include "base/format.h"
#include "check_report.h"
#include "markup.h"
#include "render/json_writer.h"

namespace cmd {
namespace {

using scenario::Fact;
using scenario::Finding;
using scenario::Measure;

/// "2", "2 (QoS 2: SUBACK grants 1)".
std::string told(const Fact& fact, const Finding& finding) {
  const std::string value = show(fact, finding);
  return finding.remark.empty() ? value : base::format("{} ({})", value, finding.remark);
}

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return visible(text);
}

std::size_t unmet(const CheckReport& report) {
  return static_cast<std::size_t>(
      std::count_if(report.demands.begin(), report.demands.end(), [](const Demand& demand) { return !demand.met(); }));
}

std::size_t unknown(const CheckReport& report) {
  return static_cast<std::size_t>(std::count_if(report.facts.begin(), report.facts.end(), [&](const Fact* fact) {
    return !report.findings.find(fact->name)->value;
  }));
}

void append_json_value(render::JsonWriter& json, const Fact& fact, const Finding& finding) {
  json.key("value");
  if (!finding.value) {
    json.null();
  } else if (fact.measure == Measure::flag) {
    json.boolean(*finding.value != 0);
  } else if (fact.measure == Measure::text) {
    json.string(finding.text);
  } else if (fact.measure == Measure::seconds) {
    json.out().append(base::format("{}", *finding.value));
  } else {
    json.number(static_cast<std::uint64_t>(*finding.value));
  }
}

void append_json_fact(base::Buffer& out, const CheckReport& report, const Fact& fact, const Finding& finding) {
  render::JsonWriter json(out);
  json.open_object();
  json.key("broker"), json.string(report.broker);
  json.key("fact"), json.string(fact.name);
  append_json_value(json, fact, finding);
  if (fact.measure == Measure::seconds) json.key("unit"), json.string("seconds");
  if (fact.measure == Measure::bytes) json.key("unit"), json.string("bytes");
  if (!finding.remark.empty()) json.key(finding.value ? "remark" : "reason"), json.string(finding.remark);
  json.key("version"), json.string(wire::name(report.version));
  if (!fact.clause.empty()) json.key("clause"), json.string(fact.clause);
  json.key("found_by"), json.string(fact.found_by);
  json.close_object();
  out.push('\n');
}

void append_json_demand(base::Buffer& out, const CheckReport& report, const Demand& demand) {
  render::JsonWriter json(out);
  json.open_object();
  json.key("broker"), json.string(report.broker);
  json.key("requirement"), json.string(demand.text);
  json.key("verdict"), json.string(demand.met() ? "pass" : "fail");
  if (!demand.met()) json.key("reason"), json.string(demand.unmet);
  json.close_object();
  out.push('\n');
}

void append_testcase(base::Buffer& out, const CheckReport& report, std::string_view name) {
  out.append(base::format("    <testcase classname=\"{}.MQTT {}\" name=\"{}\" time=\"0\"", markup(report.broker),
                          wire::name(report.version), markup(name)));
}

}  // namespace

void append_tap(base::Buffer& out, std::span<const CheckReport> reports) {
  std::size_t total = 0, number = 0;
  for (const CheckReport& report : reports) total += report.facts.size() + report.demands.size();
  out.append(base::format("TAP version 14\n1..{}\n", total));
  for (const CheckReport& report : reports) {
    const std::string broker = reports.size() > 1 ? base::format("{}: ", visible(report.broker)) : std::string();
    for (const Fact* fact : report.facts) {
      const Finding& finding = *report.findings.find(fact->name);
      const std::string what = finding.value ? base::format("{}: {}", fact->name, on_one_line(told(*fact, finding)))
                                             : base::format("{} # SKIP {}", fact->name, on_one_line(finding.remark));
      out.append(base::format("ok {} - {}{}\n", ++number, broker, what));
    }
    for (const Demand& demand : report.demands) {
      out.append(base::format("{} {} - {}require {}\n", demand.met() ? "ok" : "not ok", ++number, broker,
                              visible(demand.text)));
      if (demand.met()) continue;
      base::Buffer message;
      render::append_json_string(message, demand.unmet);
      out.append(base::format("  ---\n  message: {}\n  ...\n", message.text()));
    }
  }
}

/// A fact is a case that passes with what was found; what --require demands is a case too.
void append_junit(base::Buffer& out, std::span<const CheckReport> reports) {
  out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
  for (const CheckReport& report : reports) {
    out.append(base::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n",
        markup(report.broker), report.facts.size() + report.demands.size(), unmet(report), unknown(report),
        seconds(report.took)));
    for (const Fact* fact : report.facts) {
      const Finding& finding = *report.findings.find(fact->name);
      append_testcase(out, report, fact->name);
      out.append(finding.value ? base::format(">\n      <system-out>{}</system-out>\n", markup(told(*fact, finding)))
                               : base::format(">\n      <skipped message=\"{}\"/>\n", markup(finding.remark)));
      out.append("    </testcase>\n");
    }
    for (const Demand& demand : report.demands) {
      append_testcase(out, report, base::format("require {}", demand.text));
      out.append(demand.met() ? std::string("/>\n")
                              : base::format(">\n      <failure message=\"{}\" type=\"require\"/>\n    </testcase>\n",
                                             markup(demand.unmet)));
    }
    out.append("  </testsuite>\n");
  }
  out.append("</testsuites>\n");
}

void append_json(base::Buffer& out, std::span<const CheckReport> reports) {
  for (const CheckReport& report : reports) {
    for (const Fact* fact : report.facts) append_json_fact(out, report, *fact, *report.findings.find(fact->name));
    for (const Demand& demand : report.demands) append_json_demand(out, report, demand);
  }
}

void append_markdown(base::Buffer& out, std::span<const CheckReport> reports) {
  out.append("| Fact |");
  for (const CheckReport& report : reports) out.append(base::format(" {} |", cell(report.broker)));
  out.append("\n| --- |");
  for (std::size_t i = 0; i < reports.size(); ++i) out.append(" --- |");
  out.push('\n');
  for (const Fact* fact : reports[0].facts) {
    out.append(base::format("| {} |", fact->name));
    for (const CheckReport& report : reports) {
      const Finding& finding = *report.findings.find(fact->name);
      out.append(base::format(" {} |", cell(finding.value ? told(*fact, finding) : "- (" + finding.remark + ")")));
    }
    out.push('\n');
  }
}

}  // namespace cmd
