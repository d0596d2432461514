#include "will_test_report.h"

#include <algorithm>

#include "base/format.h"
#include "render/colours.h"
#include "render/escape.h"
#include "render/text.h"
#include "render/violation.h"
#include "report_text.h"
#include "will_test_selection.h"
#include "wire/decode.h"

namespace cmd {
namespace {

using scenario::Outcome;
using scenario::Result;
using scenario::Transcript;
using Format = WillTestOptions::Format;

void append_visible(base::Buffer& out, std::string_view text) {
  render::append_visible(out, base::as_bytes(text), render::Layout::escape);
}

void append_packet(base::Buffer& out, const Transcript::Entry& entry, wire::Version version) {
  const wire::Sender sender = entry.kind == Transcript::Kind::sent ? wire::Sender::client : wire::Sender::server;
  const auto front = wire::split(entry.packet, version);
  if (front.kind != wire::Split::Kind::frame) {
    return out.append(base::format("{} bytes of a packet", entry.packet.size()));
  }
  if (const auto packet = wire::decode(front.frame, {version, sender})) {
    return render::append_summary(out, *packet, version);
  } else {
    out.append(wire::name(front.frame.type()));
    out.append(": ");
    render::append_rule(out, packet.error().clause, version);
  }
}

void colour_for(const render::Colours& colours, Shown shown) {
  if (shown == Shown::fail) colours.red();
  if (shown == Shown::warn || shown == Shown::known) colours.yellow();
  if (shown == Shown::skip) colours.dim();
}

void append_cell(base::Buffer& out, Shown verdict, std::size_t width, bool colour) {
  const render::Colours colours(out, colour);
  colour_for(colours, verdict);
  out.append(name(verdict));
  colours.plain();
  out.append(base::format("{:{}}", "", width - name(verdict).size()));
}

/// The reasons of a row, each once, with what they are of where that is not all.
std::string reasons(std::span<const Result* const> results, std::span<const std::string> names) {
  std::string text, first;
  bool alike = true;
  for (const Result* result : results) {
    const std::string_view reason = result == nullptr ? std::string_view() : result->verdict.reason;
    if (result != results.front() && reason != first) alike = false;
    if (result == results.front()) first = reason;
  }
  if (alike) return first;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i] == nullptr || results[i]->verdict.reason.empty()) continue;
    text += base::format("{}{}: {}", text.empty() ? "" : "; ", names[i], results[i]->verdict.reason);
  }
  return text;
}

/// Cases downwards; `names` of the columns.
struct Table {
  struct Row {
    std::string name;
    std::vector<const Result*> results;
  };
  std::vector<std::string> names;
  std::vector<Row> rows;
};

/// One broker: a column for each version that there are results of.
Table by_version(const WillReport& report, const WillTestOptions& options) {
  std::vector<wire::Version> versions;
  for (const wire::Version version : options.versions) {
    const auto of_version = [version](const Result& result) { return result.version == version; };
    if (std::any_of(report.results.begin(), report.results.end(), of_version)) versions.push_back(version);
  }
  Table table;
  for (const wire::Version version : versions) table.names.emplace_back(wire::name(version));
  for (const Result& result : report.results) {
    if (table.rows.empty() || table.rows.back().name != result.row->name) {
      table.rows.push_back({std::string(result.row->name), std::vector<const Result*>(versions.size())});
    }
    const auto column = std::find(versions.begin(), versions.end(), result.version);
    table.rows.back().results[static_cast<std::size_t>(column - versions.begin())] = &result;
  }
  return table;
}

/// Several: a column each, and a row for each version of a case.
Table by_broker(std::span<const WillReport> reports) {
  Table table;
  for (const WillReport& report : reports) table.names.push_back(report.broker);
  for (MatrixRow& row : matrix(reports)) {
    table.rows.push_back({base::format("{} {}", row.row->name, wire::name(row.version)), std::move(row.results)});
  }
  return table;
}

void append_table(base::Buffer& out, const Table& table, const WillTestOptions& options, bool colour) {
  std::size_t longest = 0;
  for (const auto& row : table.rows) longest = std::max(longest, row.name.size());
  std::vector<std::size_t> widths;
  for (const auto& name : table.names) widths.push_back(std::max<std::size_t>(name.size(), 5) + 2);
  out.append(base::format("{:{}}  ", "", longest));
  for (std::size_t i = 0; i < widths.size(); ++i) out.append(base::format("{:{}}", table.names[i], widths[i]));
  end_line(out);
  for (const auto& row : table.rows) {
    out.append(base::format("{:{}}  ", row.name, longest));
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (row.results[i] == nullptr) {
        out.append(base::format("{:{}}", "-", widths[i]));
      } else {
        append_cell(out, shown(*row.results[i], options), widths[i], colour);
      }
    }
    append_visible(out, reasons(row.results, table.names));
    end_line(out);
  }
}

void append_failures(base::Buffer& out, const WillReport& report, const WillTestOptions& options, bool several,
                     bool colour) {
  const render::Colours colours(out, colour);
  for (const Result& result : report.results) {
    if (shown(result, options) != Shown::fail) continue;
    out.push('\n');
    colours.red();
    out.append(several ? base::format("{}: {}", report.broker, title(result)) : title(result));
    colours.plain();
    out.append(base::format(": {}\n  ", promise(result)));
    append_visible(out, result.verdict.reason);
    out.push('\n');
    append_transcript(out, result, "  ");
  }
}

}  // namespace

Shown shown(const Result& result, const WillTestOptions& options) {
  switch (result.verdict.outcome) {
    case Outcome::pass:
      return Shown::pass;
    case Outcome::warn:
      return Shown::warn;
    case Outcome::skip:
      return Shown::skip;
    case Outcome::fail:
      break;
  }
  return matches_any(options.expect_fail, result.row->name) ? Shown::known : Shown::fail;
}

std::string_view name(Shown shown) noexcept {
  constexpr std::string_view names[] = {"pass", "warn", "skip", "known", "fail"};
  return names[static_cast<std::size_t>(shown)];
}

Tally count(const WillReport& report, const WillTestOptions& options) {
  Tally tally;
  for (const Result& result : report.results) ++tally.counts[static_cast<std::size_t>(shown(result, options))];
  return tally;
}

std::string summary(const WillReport& report, const WillTestOptions& options) {
  constexpr std::pair<Shown, std::string_view> parts[] = {{Shown::warn, "with a warning"},
                                                          {Shown::fail, "failed"},
                                                          {Shown::known, "failed as expected"},
                                                          {Shown::skip, "skipped"}};
  const Tally tally = count(report, options);
  std::string text = base::format("{} passed", tally[Shown::pass]);
  for (const auto& [part, words] : parts) {
    if (tally[part] != 0) text += base::format(", {} {}", tally[part], words);
  }
  return text + base::format(" in {:.1f} s", seconds(report.took));
}

std::string title(const Result& result) { return base::format("{} {}", result.row->name, wire::name(result.version)); }

std::string promise(const Result& result) {
  return base::format("a client {}: {} [{}]", result.row->deed, result.row->promise,
                      result.row->clause(result.version));
}

void append_transcript(base::Buffer& out, const Result& result, std::string_view indent) {
  for (const Transcript::Entry& entry : result.transcript.entries()) {
    const char* const directions[] = {"c>s ", "s>c ", ""};
    out.append(base::format("{}{:10.6f} {} {}", indent, seconds(entry.at - result.started), entry.role,
                            directions[static_cast<std::size_t>(entry.kind)]));
    if (entry.kind == Transcript::Kind::note) {
      append_visible(out, entry.text);
    } else {
      append_packet(out, entry, result.version);
    }
    out.push('\n');
  }
  if (const auto more = result.transcript.left_out(); more != 0) {
    out.append(base::format("{}... and {} more\n", indent, more));
  }
}

void append_list(base::Buffer& out) {
  for (const auto& row : scenario::will_cases()) {
    const auto place = [](std::string_view clause) { return clause.empty() ? "-" : clause; };
    out.append(base::format("{:<22} {:<16} {:<16} a client {}: {}\n", row.name, place(row.v3_1_1), place(row.v5_0),
                            row.deed, row.promise));
  }
}

std::vector<MatrixRow> matrix(std::span<const WillReport> reports) {
  std::vector<MatrixRow> rows;
  for (const auto& row : scenario::will_cases()) {
    for (const wire::Version version : {wire::Version::v3_1_1, wire::Version::v5_0}) {
      MatrixRow all{&row, version, {}};
      for (const WillReport& report : reports) {
        const auto found = std::find_if(report.results.begin(), report.results.end(), [&](const Result& result) {
          return result.row == &row && result.version == version;
        });
        all.results.push_back(found == report.results.end() ? nullptr : &*found);
      }
      const auto there = [](const Result* result) { return result != nullptr; };
      if (std::any_of(all.results.begin(), all.results.end(), there)) rows.push_back(std::move(all));
    }
  }
  return rows;
}

void append_report(base::Buffer& out, std::span<const WillReport> reports, const WillTestOptions& options,
                   bool colour) {
  switch (options.format) {
    case Format::tap:
      return append_tap(out, reports, options);
    case Format::junit:
      return append_junit(out, reports, options);
    case Format::json:
      return append_will_json(out, reports, options);
    case Format::markdown:
      return append_markdown(out, reports, options);
    case Format::table:
      break;
  }
  const bool several = reports.size() > 1;
  append_table(out, several ? by_broker(reports) : by_version(reports[0], options), options, colour);
  for (const WillReport& report : reports) append_failures(out, report, options, several, colour);
  out.push('\n');
  for (const WillReport& report : reports) {
    out.append(base::format("{}: {}\n", report.broker, summary(report, options)));
  }
}

}  // namespace cmd
