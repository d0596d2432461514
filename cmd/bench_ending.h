// How a load test ends: its reports are written, its requirements checked, and the exit code found.
#pragma once

#include <string>
#include <string_view>

#include "bench_options.h"
#include "bench_report.h"

namespace cmd {

/// A line on stderr, behind the program's name.
void say(const BenchOptions& options, std::string_view line);
/// Once the words have been read, and secrets among them overwritten: as it could be typed in a shell.
std::string command_line(int argc, char** argv);
/// Checks --require, writes all reports, and returns the exit code.
int end_bench(const BenchOptions& options, BenchReport report);

}  // namespace cmd
