#include "bench_ending.h"

#include <cerrno>
#include <cstdio>

#include "base/format.h"
#include "bench/figures.h"
#include "exit_code.h"
#include "standard_output.h"

namespace cmd {
namespace {

int tell(const BenchOptions& options, const Failure& failure) {
  say(options, failure.text);
  return failure.exit_code;
}

/// 0, or the exit code once it has been said what is wrong.
int write_file(const BenchOptions& options, const std::string& path, const std::string& text) {
  std::FILE* file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return tell(options, explain_file(ExitCode::cannot_create, path, errno, Manners::ours));
  int number = 0;
  if (std::fwrite(text.data(), 1, text.size(), file) != text.size()) number = errno;
  if (std::fclose(file) != 0 && number == 0) number = errno;
  if (number == 0) return 0;
  return tell(options, explain_file(ExitCode::io_error, path, number, Manners::ours));
}

int write_reports(const BenchOptions& options, const BenchReport& report) {
  base::Buffer out;
  if (options.json) {
    append_bench_json(out, report);
  } else {
    out.append(bench_summary(report));
  }
  int code = 0;
  if (const auto unwritten = print(out.text())) code = tell(options, *unwritten);
  const auto write = [&](const std::string& path, auto make) {
    if (path.empty()) return;
    const int written = write_file(options, path, make(report));
    if (code == 0) code = written;
  };
  write(options.csv_file, bench_csv);
  write(options.hdr_file, bench_hdr);
  write(options.html_file, bench_html);
  write(options.junit_file, bench_junit);
  return code;
}

/// What the run as a whole comes to.
int judge(const BenchOptions& options, const BenchReport& report) {
  for (const std::string& objection : report.objections) say(options, objection);
  for (const std::string& unmet : report.unmet) say(options, "not met: " + unmet);
  if (bench::interrupted_early(report.outcome)) {
    return explain_signal(report.outcome.signal, Manners::ours).exit_code;
  }
  if (report.outcome.ready == 0 && !report.outcome.interrupted) {
    std::string why = "no client could connect";
    for (const auto& [reason, often] : report.outcome.record.failures)
      why += base::format("; {} ({} times)", reason, often);
    say(options, why);
    return exit_code(ExitCode::unavailable, Manners::ours);
  }
  const bool good = report.objections.empty() && report.unmet.empty();
  return exit_code(good ? ExitCode::success : ExitCode::check_failed, Manners::ours);
}

bool needs_quotes(std::string_view word) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=+./:,@%";
  return word.empty() || word.find_first_not_of(plain) != std::string_view::npos;
}

}  // namespace

void say(const BenchOptions& options, std::string_view line) {
  base::print(stderr, "{}: {}\n", options.connection.program, line);
}

std::string command_line(int argc, char** argv) {
  std::string line = "mqtt";
  for (int i = 0; i < argc; ++i) {
    const std::string_view word = argv[i];
    line.push_back(' ');
    if (!needs_quotes(word)) {
      line += word;
    } else {
      line.push_back('\'');
      for (const char c : word) c == '\'' ? line.append("'\\''") : line.append(1, c);
      line.push_back('\'');
    }
  }
  return line;
}

int end_bench(const BenchOptions& options, BenchReport report) {
  const auto figures = bench::all_figures(report.plan, report.outcome);
  for (const stats::Requirement& requirement : options.require) {
    const auto found = stats::check(requirement, figures);
    if (found) report.unmet.push_back(base::format("{}: {}", requirement.text, *found));
    report.checks.emplace_back(requirement.text, found.value_or(""));
  }
  const int written = write_reports(options, report);
  const int judged = judge(options, report);
  return judged != 0 ? judged : written;
}

}  // namespace cmd
