// Lines from pipes and files: whole, in pieces, without an end.
#include "net/lines.h"

#include <array>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <vector>

#include "catch.h"

namespace {

struct Pipe {
  Pipe() { REQUIRE(::pipe(ends) == 0); }
  ~Pipe() {
    ::close(ends[0]);
    finish();
  }
  void write(std::string_view text) {
    REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void finish() {
    if (ends[1] >= 0) ::close(ends[1]);
    ends[1] = -1;
  }
  int ends[2];
};

/// What `next` gives until it says something other than `line`.
net::Lines::Next drain(net::Lines& lines, std::vector<std::string>& into) {
  std::string_view line;
  for (;;) {
    const auto next = lines.next(line);
    if (next != net::Lines::Next::line) return next;
    into.emplace_back(line);
  }
}

}  // namespace

TEST_CASE("lines of a pipe that is closed end with the input") {
  net::Worker worker;
  Pipe pipe;
  pipe.write("one\n\ntwo\nlast");
  pipe.finish();
  net::Lines lines(worker, pipe.ends[0], [] {});
  std::vector<std::string> got;
  CHECK(drain(lines, got) == net::Lines::Next::end);
  CHECK(got == std::vector<std::string>{"one", "", "two", "last"});
  CHECK(lines.count() == 4);
}

TEST_CASE("a pipe without input is waited for, not read") {
  net::Worker worker;
  Pipe pipe;
  std::vector<std::string> got;
  net::Lines::Next last = net::Lines::Next::line;
  net::Lines lines(worker, pipe.ends[0], [&] { last = drain(lines, got); });
  CHECK(drain(lines, got) == net::Lines::Next::wait);
  for (const char byte : std::string_view("ab\ncd\n")) {
    pipe.write({&byte, 1});
    worker.io().restart();
    worker.io().run_one();
    CHECK(last == net::Lines::Next::wait);
  }
  CHECK(got == std::vector<std::string>{"ab", "cd"});
  pipe.finish();
  worker.io().restart();
  worker.io().run_one();
  CHECK(last == net::Lines::Next::end);
}

TEST_CASE("bytes of every value pass, and lines longer than one read") {
  net::Worker worker;
  const std::string path = "/tmp/mqtt-lines-test-" + std::to_string(::getpid());
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  REQUIRE(file >= 0);
  ::unlink(path.c_str());
  std::string every;
  for (int i = 0; i < 256; ++i) {
    if (i != '\n') every.push_back(static_cast<char>(i));
  }
  const std::string text = every + "\n" + std::string(1'000'000, 'x') + "\n" + every;
  REQUIRE(::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::lseek(file, 0, SEEK_SET);
  net::Lines lines(worker, file, [] {});
  std::vector<std::string> got;
  CHECK(drain(lines, got) == net::Lines::Next::end);
  CHECK(got == std::vector<std::string>{every, std::string(1'000'000, 'x'), every});
  ::close(file);
}

TEST_CASE("a directory is reported as not readable") {
  net::Worker worker;
  const int directory = ::open("/tmp", O_RDONLY | O_DIRECTORY);
  net::Lines lines(worker, directory, [] {});
  std::vector<std::string> got;
  CHECK(drain(lines, got) == net::Lines::Next::failed);
  CHECK(lines.error() == std::errc::is_a_directory);
  ::close(directory);
}

TEST_CASE("the lines behind one are given together, as far as they are in memory") {
  net::Worker worker;
  Pipe pipe;
  pipe.write("one\ntwo\n\nfour\nfive\nsi");
  net::Lines lines(worker, pipe.ends[0], [] {});
  std::string_view line;
  std::array<base::Bytes, 2> more;
  CHECK(lines.more(more) == 0);
  REQUIRE(lines.next(line) == net::Lines::Next::line);
  REQUIRE(lines.more(more) == 2);
  CHECK(line == "one");
  CHECK(base::as_text(more[0]) == "two");
  CHECK(base::as_text(more[1]).empty());
  REQUIRE(lines.more(more) == 2);
  CHECK(base::as_text(more[1]) == "five");
  CHECK(lines.more(more) == 0);
  CHECK(lines.count() == 5);
  CHECK(lines.next(line) == net::Lines::Next::wait);
  pipe.write("x\nend");
  pipe.finish();
  worker.io().run();
  REQUIRE(lines.next(line) == net::Lines::Next::line);
  CHECK(line == "six");
  CHECK(lines.more(more) == 0);
  REQUIRE(lines.next(line) == net::Lines::Next::line);
  CHECK(line == "end");
  CHECK(lines.more(more) == 0);
  CHECK(lines.next(line) == net::Lines::Next::end);
  CHECK(lines.count() == 7);
}
