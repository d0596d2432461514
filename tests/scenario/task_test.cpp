// Tasks: values pass, nested ones end with the outermost, and destroying it destroys all where they stand.
#include "scenario/task.h"

#include <string>
#include <vector>

#include "catch.h"

using scenario::Task;

namespace {

using Log = std::vector<std::string>;

struct Guard {
  Log& log;
  std::string name;
  ~Guard() { log.push_back("end of " + name); }
};

/// Suspends until somebody resumes the handle.
struct Gate {
  std::coroutine_handle<> waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) noexcept { waiting = handle; }
  void await_resume() const noexcept {}
};

Task<std::string> inner(Log& log, Gate& gate) {
  const Guard guard{log, "inner"};
  co_await gate;
  co_return "value";
}

Task<> outer(Log& log, Gate& gate) {
  const Guard guard{log, "outer"};
  log.push_back(co_await inner(log, gate));
}

}  // namespace

TEST_CASE("a task starts when it is told, waits, and hands its value on") {
  Log log;
  Gate gate;
  Task<> task = outer(log, gate);
  CHECK(!gate.waiting);
  task.start();
  CHECK(log.empty());
  gate.waiting.resume();
  CHECK(log == Log{"end of inner", "value", "end of outer"});
}

TEST_CASE("a task that is destroyed takes those with it that it awaits") {
  Log log;
  Gate gate;
  Task<> task = outer(log, gate);
  task.start();
  task = {};
  CHECK(log == Log{"end of inner", "end of outer"});
}
