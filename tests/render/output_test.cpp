// Output: order and completeness of what is written, and the ways in which writing ends.
#include "render/output.h"

#include <algorithm>
#include <fcntl.h>
#include <signal.h>
#include <string>
#include <thread>
#include <unistd.h>

#include "catch.h"

namespace {

struct Pipe {
  Pipe() {
    REQUIRE(::pipe(ends) == 0);
    ::signal(SIGPIPE, SIG_IGN);
  }
  ~Pipe() {
    close_reader();
    close_writer();
  }
  void close_reader() { close_end(ends[0]); }
  void close_writer() { close_end(ends[1]); }
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
  std::string read_all() {
    std::string all;
    char chunk[65'536];
    for (ssize_t size = 0; (size = ::read(ends[0], chunk, sizeof chunk)) > 0;) {
      all.append(chunk, static_cast<std::size_t>(size));
    }
    return all;
  }

  int ends[2] = {-1, -1};
};

std::string numbered(int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += std::to_string(i) + '\n';
  return all;
}

}  // namespace

TEST_CASE("Records are kept until they are flushed, and then written in order") {
  Pipe pipe;
  render::Output output(pipe.ends[1]);
  output.buffer().append("one\n");
  CHECK(output.end_record());
  output.buffer().append("two\n");
  CHECK(output.end_record());
  CHECK(output.buffer().text() == "one\ntwo\n");
  CHECK(output.flush());
  CHECK(output.buffer().empty());
  CHECK(output.flush());
  pipe.close_writer();
  CHECK(pipe.read_all() == "one\ntwo\n");
  CHECK_FALSE(output.is_terminal());
}

TEST_CASE("A full batch is written at the end of its record, also where the pipe takes only a part at a time") {
  for (const bool blocking : {true, false}) {
    Pipe pipe;
    if (!blocking) REQUIRE(::fcntl(pipe.ends[1], F_SETFL, O_NONBLOCK) == 0);
    const std::string sent = numbered(200'000);
    REQUIRE(sent.size() > 4 * render::Output::batch);
    std::string received;
    std::thread reader([&] { received = pipe.read_all(); });
    render::Output output(pipe.ends[1]);
    std::size_t most = 0;
    for (std::size_t at = 0; at < sent.size(); at += 1000) {
      output.buffer().append(std::string_view(sent).substr(at, 1000));
      REQUIRE(output.end_record());
      most = std::max(most, output.buffer().size());
    }
    REQUIRE(output.flush());
    pipe.close_writer();
    reader.join();
    CHECK(received == sent);
    CHECK(most < render::Output::batch);
  }
}

TEST_CASE("A reader that went away is a state, and what follows is dropped") {
  Pipe pipe;
  render::Output output(pipe.ends[1]);
  pipe.close_reader();
  output.buffer().append("nobody reads this\n");
  CHECK_FALSE(output.flush());
  CHECK(output.reader_gone());
  CHECK(output.error() == std::error_code());
  output.buffer().append("nor this\n");
  CHECK_FALSE(output.flush());
  CHECK(output.buffer().empty());
}

TEST_CASE("A full device and a closed descriptor are errors") {
  const int full = ::open("/dev/full", O_WRONLY);
  REQUIRE(full >= 0);
  render::Output output(full);
  output.buffer().append("x");
  CHECK_FALSE(output.flush());
  CHECK(output.error() == std::errc::no_space_on_device);
  CHECK_FALSE(output.reader_gone());
  ::close(full);

  render::Output closed(-1);
  closed.buffer().append("x");
  CHECK_FALSE(closed.flush());
  CHECK(closed.error() == std::errc::bad_file_descriptor);
}

TEST_CASE("Signals do not cut what is written") {
  Pipe pipe;
  struct sigaction interrupt {};
  struct sigaction before {};
  interrupt.sa_handler = [](int) {};
  REQUIRE(::sigaction(SIGUSR1, &interrupt, &before) == 0);
  const std::string sent = numbered(100'000);
  const pthread_t writer = ::pthread_self();
  std::string received;
  std::thread reader([&] {
    char byte = 0;
    while (received.size() < 100 && ::read(pipe.ends[0], &byte, 1) == 1) {
      received.push_back(byte);
      ::pthread_kill(writer, SIGUSR1);
    }
    received += pipe.read_all();
  });
  render::Output output(pipe.ends[1]);
  output.buffer().append(sent);
  CHECK(output.flush());
  pipe.close_writer();
  reader.join();
  ::sigaction(SIGUSR1, &before, nullptr);
  CHECK(received == sent);
}
