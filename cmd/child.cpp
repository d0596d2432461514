#include "child.h"

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

extern char** environ;

namespace cmd {
namespace {

constexpr int milliseconds_to_obey = 5000;

std::string_view name_of(std::string_view variable) { return variable.substr(0, variable.find('=') + 1); }

/// Our environment with `variables` in place of those of their names. The pointers are theirs and environ's.
std::vector<char*> join_environment(std::span<const std::string> variables) {
  std::vector<char*> joined;
  for (char** inherited = environ; *inherited != nullptr; ++inherited) {
    bool replaced = false;
    for (const std::string& variable : variables) replaced |= name_of(variable) == name_of(*inherited);
    if (!replaced) joined.push_back(*inherited);
  }
  for (const std::string& variable : variables) joined.push_back(const_cast<char*>(variable.c_str()));
  joined.push_back(nullptr);
  return joined;
}

/// The attributes and file actions of a start, which C wants destroyed.
struct Preparation {
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_t files;

  explicit Preparation(int input) {
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_init(&files);
    // We ignore SIGPIPE; programs rely on its default.
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    if (input >= 0) posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  }
  ~Preparation() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  Preparation(const Preparation&) = delete;
  Preparation& operator=(const Preparation&) = delete;
};

/// Whether the process ends within the time.
bool ends_within(pid_t process, int milliseconds) {
  const int descriptor = static_cast<int>(::syscall(SYS_pidfd_open, process, 0));
  if (descriptor < 0) return false;
  pollfd waiting{descriptor, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, milliseconds);
  } while (ready < 0 && errno == EINTR);
  ::close(descriptor);
  return ready > 0;
}

int wait_for(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

Child::Child(asio::io_context& io) : signals_(io) {}

Child::~Child() {
  if (!running()) return;
  ::kill(process_, SIGTERM);
  if (!ends_within(process_, milliseconds_to_obey)) ::kill(process_, SIGKILL);
  wait_for(process_);
}

int Child::start(const std::vector<std::string>& words, std::span<const std::string> variables, int input,
                 Ended ended) {
  listen();
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::vector<char*> environment = join_environment(variables);
  const Preparation preparation(input);
  const int error = ::posix_spawnp(&process_, arguments[0], &preparation.files, &preparation.attributes,
                                   arguments.data(), environment.data());
  if (error != 0) process_ = 0;
  if (error == 0) ended_ = std::move(ended);
  return error;
}

/// Signals of the past are told, too, so that a program may end before we listen again.
void Child::listen() {
  asio::error_code already_added;
  signals_.add(SIGCHLD, already_added);
  signals_.cancel();
  signals_.async_wait([this](asio::error_code cancelled, int) {
    if (cancelled) return;
    listen();
    collect();
  });
}

void Child::collect() {
  int status = 0;
  if (running() && ::waitpid(process_, &status, WNOHANG) == process_) report(status);
}

void Child::wait() {
  if (running()) report(wait_for(process_));
}

void Child::report(int status) {
  process_ = 0;
  const Ended ended = std::exchange(ended_, nullptr);
  ended(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

int exit_code_of_failed_start(int number) noexcept { return number == ENOENT || number == ENOTDIR ? 127 : 126; }

}  // namespace cmd
