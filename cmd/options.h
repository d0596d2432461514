// The way in: a command's words, the environment and the configuration files become its options.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "bench_options.h"
#include "broker_options.h"
#include "check_options.h"
#include "decode_options.h"
#include "pub_options.h"
#include "rr_options.h"
#include "sub_options.h"
#include "will_test_options.h"

namespace cmd {

/// Nothing is left to do: --help, --version, or a line that says what is wrong.
struct Finished {
  int exit_code = 0;
  std::string out;  ///< for stdout
  std::string err;  ///< for stderr
};
/// Writes the texts and returns the code.
int finish(const Finished& finished);

template <class Options>
using Parsed = base::Result<Options, Finished>;

/// Gives a variable's value or nullptr, as getenv does.
using Environment = std::function<const char*(const char* name)>;
const Environment& process_environment();

// argv[0] is the command's name ("pub") or, by a path or alone, one of mosquitto_pub, mosquitto_sub and mosquitto_rr,
// whose manners and configuration file then apply. Passwords in argv are overwritten.
Parsed<PubOptions> parse_pub(int argc, char** argv, const Environment& environment = process_environment());
Parsed<SubOptions> parse_sub(int argc, char** argv, const Environment& environment = process_environment());
Parsed<RrOptions> parse_rr(int argc, char** argv, const Environment& environment = process_environment());
Parsed<DecodeOptions> parse_decode(int argc, char** argv, const Environment& environment = process_environment());
Parsed<BenchOptions> parse_bench(int argc, char** argv, const Environment& environment = process_environment());
Parsed<BrokerOptions> parse_broker(int argc, char** argv, const Environment& environment = process_environment());
Parsed<CheckOptions> parse_check(int argc, char** argv, const Environment& environment = process_environment());
Parsed<WillTestOptions> parse_will_test(int argc, char** argv, const Environment& environment = process_environment());

}  // namespace cmd
