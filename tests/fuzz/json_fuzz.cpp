// Any bytes as the input of `pub --jsonl --replay`, whose messages must be such as a broker takes, and as the payload
// that `sub --expect` looks into.
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "expect.h"
#include "json_source.h"
#include "wire/encode.h"
#include "wire/topic.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

/// The bytes as standard input.
void set_input(base::Bytes bytes) {
  const int file = ::memfd_create("input", 0);
  demand(file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  demand(::lseek(file, 0, SEEK_SET) == 0 && ::dup2(file, STDIN_FILENO) == STDIN_FILENO);
  ::close(file);
}

void publish_all() {
  static net::Worker worker;
  cmd::PubOptions options;
  options.replay = true;
  options.speed = 1e-6;
  const auto source = cmd::make_json_source(options, worker, [] {});
  wire::Publish publish;
  cmd::Source::Next next = source->next(publish);
  for (; next == cmd::Source::Next::message; next = source->next(publish)) {
    demand(!wire::check_topic_name(publish.topic) && publish.qos <= 2);
    demand(source->due() >= session::Duration::zero());
    (void)wire::encoded_size(publish, wire::Version::v5_0);
    publish = {};
  }
  demand(next == cmd::Source::Next::end || !source->failure().text.empty());
}

void expect(base::Bytes payload) {
  static const cmd::ExpectOptions options = [] {
    cmd::ExpectOptions all;
    all.payload_regex = "^on|o.*n$";
    all.fields = {{"/a/0/b", "1"}, {"", "x"}};
    return all;
  }();
  static const cmd::Expectation expectation(options);
  (void)expectation.met_by({.topic = "t", .payload = payload});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  expect({data, size});
  if (size != 0) set_input({data, size});
  if (size != 0) publish_all();
  return 0;
}
