// A program that runs beside us: started without a shell, heard of when it ends, never left behind.
#pragma once

#include <asio/signal_set.hpp>
#include <functional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cmd {

/// One program at a time, one after the other where wanted.
class Child {
 public:
  explicit Child(asio::io_context& io);
  /// Ends a program that still runs: SIGTERM, and SIGKILL to one that does not heed it.
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Called once from the event loop (or from `wait`) with the exit code, 128 + n for signal n.
  using Ended = std::function<void(int exit_code)>;
  /// Starts `words[0]`, found as a shell finds it, with our environment and `variables` ("NAME=value") on top. `input`
  /// becomes its standard input unless negative; output and errors are ours. Returns 0 or an errno.
  int start(const std::vector<std::string>& words, std::span<const std::string> variables, int input, Ended ended);
  bool running() const noexcept { return process_ > 0; }
  /// Blocks until the program has ended and been reported.
  void wait();

 private:
  void listen();
  void collect();
  void report(int status);

  asio::signal_set signals_;
  pid_t process_ = 0;
  Ended ended_;
};

/// What a shell would return for a program that could not be started: 127 not found, 126 otherwise.
int exit_code_of_failed_start(int number) noexcept;

}  // namespace cmd
