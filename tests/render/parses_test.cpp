// Whatever bytes a message has, a JSON parser that is not ours reads back what the lines are to say.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <sys/wait.h>
#include <vector>

#include "base/hex.h"
#include "catch.h"
#include "render/format.h"
#include "render/json.h"

namespace {

/// Reads pairs of lines from the file named first: the topic and payload in hexadecimal, and JSON that has both.
constexpr const char* reader = R"(
import base64, json, sys
def text(data): return data.decode('utf-8')
def is_text(data):
    try: data.decode('utf-8'); return True
    except UnicodeDecodeError: return False
with open(sys.argv[1], encoding='utf-8', newline='\n') as lines:
    for kind, topic, payload, line in zip(lines, lines, lines, lines):
        topic, payload, value = bytes.fromhex(topic), bytes.fromhex(payload), json.loads(line)
        if is_text(topic): assert value['topic'] == text(topic), line
        if kind == 'line\n':
            expected = ('payload', text(payload)) if is_text(payload) else ('payload_base64', base64.b64encode(payload).decode())
            assert value[expected[0]] == expected[1], line
            assert ('payload' in value) != ('payload_base64' in value), line
        else:
            assert value['payloadlen'] == len(payload), line
            if not payload: assert value['payload'] is None, line
            elif is_text(payload): assert value['payload'] == text(payload), line
            else: assert value['payload'].count('\ufffd') > 0, line
)";

/// Bytes that are often text, often nearly text, and sometimes neither.
std::string random_bytes(std::mt19937& random) {
  static const char* const pieces[] = {"a",        "{\"k\":1}", "\"",       "\\", "\n",        "\x01",
                                       "\x7f",     "é",         "€",        "😀",  "\xC3",      "\xED\xA0\x80",
                                       "\xF4\x90", "\xFF",      "\xC2\x85", "/",  "plain text"};
  std::string bytes;
  const auto count = random() % 12;
  const bool only_valid = random() % 2 == 0;
  for (unsigned i = 0; i < count; ++i) {
    const std::string piece = pieces[random() % std::size(pieces)];
    const bool valid = piece != "\xC3" && piece != "\xED\xA0\x80" && piece != "\xF4\x90" && piece != "\xFF";
    if (valid || !only_valid) bytes += piece;
    if (random() % 8 == 0) bytes.push_back('\0');
    if (!only_valid && random() % 8 == 0) bytes.push_back(static_cast<char>(random()));
  }
  return bytes;
}

void append_case(base::Buffer& out, std::string_view kind, std::string_view topic, std::string_view payload) {
  out.append(kind);
  out.push('\n');
  base::append_hex(out, base::as_bytes(topic));
  out.push('\n');
  base::append_hex(out, base::as_bytes(payload));
  out.push('\n');
}

}  // namespace

TEST_CASE("Every line of JSON parses and says what was received") {
  std::mt19937 random(20'261'121);
  base::Buffer out;
  auto format = render::Format::compile("%j");
  REQUIRE(format);
  for (int i = 0; i < 5000; ++i) {
    const std::string topic = random_bytes(random);
    const std::string payload = random_bytes(random);
    wire::Properties properties;
    if (i % 3 == 0) properties.add(wire::PropertyId::correlation_data, payload);
    if (i % 4 == 0) properties.add_user_property(topic, payload);
    const wire::Publish publish{.topic = topic, .payload = base::as_bytes(payload), .properties = properties.view()};
    append_case(out, "line", topic, payload);
    render::append_message(out, publish, render::Moment{static_cast<std::int64_t>(random())},
                           render::Precision::microseconds);
    append_case(out, "message", topic, payload);
    CHECK(format->render({publish, render::Moment{static_cast<std::int64_t>(random())}, wire::Version::v5_0}, out) ==
          render::Rendered::whole);
  }
  char name[] = "/tmp/mqtt_parses_XXXXXX";
  const int descriptor = ::mkstemp(name);
  REQUIRE(descriptor >= 0);
  std::FILE* const file = ::fdopen(descriptor, "wb");
  REQUIRE(std::fwrite(out.view().data(), 1, out.size(), file) == out.size());
  REQUIRE(std::fclose(file) == 0);
  ::setenv("READER", reader, 1);
  const int status = std::system(("python3 -c \"$READER\" " + std::string(name)).c_str());
  std::remove(name);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
    WARN("skipped: there is no python3");
    return;
  }
  CHECK(status == 0);
}
