// Reports of will-test for machines: TAP 14, JUnit's XML and JSON, and for pages: Markdown.
#include "base/format.h"
#include "markup.h"
#include "render/json_writer.h"
#include "report_text.h"
#include "will_test_report.h"

namespace cmd {
namespace {

using scenario::Result;

std::string transcript(const Result& result, std::string_view indent) {
  base::Buffer out;
  append_transcript(out, result, indent);
  return std::string(out.text());
}

void append_yaml(base::Buffer& out, const Result& result) {
  base::Buffer message;
  render::append_json_string(message, result.verdict.reason);
  out.append(base::format("  ---\n  message: {}\n  clause: {}\n  transcript: |\n", message.text(),
                          result.row->clause(result.version)));
  out.append(transcript(result, "    "));
  out.append("  ...\n");
}

void append_case(base::Buffer& out, const WillReport& report, const Result& result, const WillTestOptions& options) {
  out.append(base::format("    <testcase classname=\"{}.MQTT {}\" name=\"{}\" time=\"{:.3f}\"", markup(report.broker),
                          wire::name(result.version), markup(result.row->name), seconds(result.took)));
  const std::string reason = markup(result.verdict.reason);
  switch (shown(result, options)) {
    case Shown::pass:
      return out.append("/>\n");
    case Shown::warn:
      return out.append(base::format(">\n      <system-out>{}</system-out>\n    </testcase>\n", reason));
    case Shown::skip:
      return out.append(base::format(">\n      <skipped message=\"{}\"/>\n    </testcase>\n", reason));
    case Shown::known:
      return out.append(base::format(">\n      <skipped message=\"known: {}\"/>\n    </testcase>\n", reason));
    case Shown::fail:
      return out.append(base::format(">\n      <failure message=\"{}\" type=\"{}\">{}\n{}</failure>\n    </testcase>\n",
                                     reason, result.row->clause(result.version), markup(promise(result)),
                                     markup(transcript(result, ""))));
  }
}

void append_result(render::JsonWriter& json, const WillReport& report, const Result& result,
                   const WillTestOptions& options) {
  json.open_object();
  json.key("broker"), json.string(report.broker);
  json.key("case"), json.string(result.row->name);
  json.key("version"), json.string(wire::name(result.version));
  json.key("verdict"), json.string(name(shown(result, options)));
  if (!result.verdict.reason.empty()) json.key("reason"), json.string(result.verdict.reason);
  json.key("clause"), json.string(result.row->clause(result.version));
  json.key("deed"), json.string(result.row->deed);
  json.key("promise"), json.string(result.row->promise);
  json.key("milliseconds"), json.number(static_cast<std::uint64_t>(seconds(result.took) * 1000));
  if (result.verdict.outcome == scenario::Outcome::fail) {
    json.key("transcript"), json.string(transcript(result, ""));
  }
  json.close_object();
}

}  // namespace

void append_tap(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options) {
  std::size_t total = 0, number = 0;
  for (const WillReport& report : reports) total += report.results.size();
  out.append(base::format("TAP version 14\n1..{}\n", total));
  for (const WillReport& report : reports) {
    for (const Result& result : report.results) {
      const Shown verdict = shown(result, options);
      const bool bad = verdict == Shown::fail || verdict == Shown::known;
      out.append(base::format("{} {} - {}{}", bad ? "not ok" : "ok", ++number,
                              reports.size() > 1 ? base::format("{}: ", visible(report.broker)) : "", title(result)));
      const std::string reason = visible(result.verdict.reason);
      if (verdict == Shown::skip) out.append(base::format(" # SKIP {}", reason));
      if (verdict == Shown::known) out.append(base::format(" # TODO known: {}", reason));
      out.push('\n');
      if (verdict == Shown::warn) out.append(base::format("# {}: {}\n", title(result), reason));
      if (verdict == Shown::fail) append_yaml(out, result);
    }
  }
}

void append_junit(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options) {
  out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"mqtt will-test\">\n");
  for (const WillReport& report : reports) {
    const Tally tally = count(report, options);
    out.append(base::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{}\" time=\"{:.3f}\">\n",
        markup(report.broker), report.results.size(), tally[Shown::fail], tally[Shown::skip] + tally[Shown::known],
        seconds(report.took)));
    for (const Result& result : report.results) append_case(out, report, result, options);
    out.append("  </testsuite>\n");
  }
  out.append("</testsuites>\n");
}

/// A line a verdict, so that jq and grep need not wait for the end.
void append_will_json(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options) {
  for (const WillReport& report : reports) {
    for (const Result& result : report.results) {
      render::JsonWriter json(out);
      append_result(json, report, result, options);
      out.push('\n');
    }
  }
}

void append_markdown(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options) {
  out.append("| Case | Version | Clause |");
  for (const WillReport& report : reports) out.append(base::format(" {} |", cell(report.broker)));
  out.append("\n| --- | --- | --- |");
  for (std::size_t i = 0; i < reports.size(); ++i) out.append(" --- |");
  out.push('\n');
  for (const MatrixRow& row : matrix(reports)) {
    out.append(base::format("| {} | {} | {} |", row.row->name, wire::name(row.version), row.row->clause(row.version)));
    for (const Result* result : row.results) {
      if (result == nullptr) {
        out.append(" |");
        continue;
      }
      const std::string reason = cell(result->verdict.reason);
      out.append(base::format(" {}{}{} |", name(shown(*result, options)), reason.empty() ? "" : ": ", reason));
    }
    out.push('\n');
  }
}

}  // namespace cmd
