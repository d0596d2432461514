// Reads a line from the controlling terminal with echo off.
#include "terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

namespace cmd {
namespace {

/// The terminal with echo off, as it was before when this ends.
class Quiet {
 public:
  explicit Quiet(int terminal) : terminal_(terminal) {
    if (tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    changed_ = tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  Quiet(const Quiet&) = delete;
  Quiet& operator=(const Quiet&) = delete;
  ~Quiet() {
    if (changed_) tcsetattr(terminal_, TCSAFLUSH, &before_);
    ::close(terminal_);
  }
  bool changed() const noexcept { return changed_; }

 private:
  int terminal_;
  termios before_{};
  bool changed_ = false;
};

bool write_all(int terminal, const std::string& text) {
  return ::write(terminal, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

base::Result<std::string, std::string> ask_secret(const std::string& prompt) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) return base::unexpected<std::string>("there is no terminal to ask on");
  const Quiet quiet(terminal);
  if (!quiet.changed() || !write_all(terminal, prompt)) {
    return base::unexpected<std::string>("the terminal cannot be used");
  }
  std::string line;
  char c = 0;
  while (::read(terminal, &c, 1) == 1 && c != '\n') line.push_back(c);
  if (!write_all(terminal, "\n") || c != '\n') return base::unexpected<std::string>("nothing was typed");
  return line;
}

}  // namespace cmd
