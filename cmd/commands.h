// The subcommands: each takes its own words, its name first, and returns the exit code.
#pragma once

namespace cmd {

int run_pub(int argc, char** argv);
int run_sub(int argc, char** argv);
int run_rr(int argc, char** argv);
int run_broker(int argc, char** argv);
int run_decode(int argc, char** argv);
int run_bench(int argc, char** argv);
int run_check(int argc, char** argv);
int run_will_test(int argc, char** argv);

}  // namespace cmd
