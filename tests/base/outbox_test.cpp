// The queue of bytes that wait to be sent.
#include "base/outbox.h"

#include <algorithm>
#include <array>
#include <string>

#include "catch.h"

namespace {

std::string text(const base::Outbox& outbox) {
  std::array<base::Bytes, 64> views;
  std::string result;
  const std::size_t count = outbox.gather(views);
  for (std::size_t i = 0; i < count; ++i) result += base::as_text(views[i]);
  return result;
}

void write(std::uint8_t* out, std::string_view text) { std::copy(text.begin(), text.end(), out); }

}  // namespace

TEST_CASE("what is appended one after the other is one piece") {
  base::Pool pool;
  base::Outbox outbox(pool);
  CHECK(outbox.empty());
  outbox.append(base::as_bytes("ab"));
  write(outbox.reserve(3), "cde");
  outbox.commit(3);
  std::array<base::Bytes, 4> views;
  REQUIRE(outbox.gather(views) == 1);
  CHECK(base::as_text(views[0]) == "abcde");
  CHECK(outbox.size() == 5);
}

TEST_CASE("fewer bytes than were reserved may be committed") {
  base::Pool pool;
  base::Outbox outbox(pool);
  write(outbox.reserve(100), "abc");
  outbox.commit(3);
  outbox.commit(0);
  outbox.append(base::as_bytes("d"));
  CHECK(text(outbox) == "abcd");
}

TEST_CASE("bytes are consumed across pieces") {
  base::Pool pool;
  base::Outbox outbox(pool);
  const std::string large(base::Pool::block_size, 'x');
  outbox.append(base::as_bytes("abc"));
  outbox.append(base::as_bytes(large));
  outbox.append(base::as_bytes("def"));
  CHECK(outbox.size() == large.size() + 6);
  outbox.consume(2);
  CHECK(text(outbox) == "c" + large + "def");
  outbox.consume(large.size() + 2);
  CHECK(text(outbox) == "ef");
  outbox.consume(2);
  CHECK(outbox.empty());
  CHECK(outbox.consumed() == large.size() + 6);
  CHECK(text(outbox).empty());
}

TEST_CASE("an empty outbox holds no block") {
  base::Pool pool;
  base::Outbox outbox(pool);
  outbox.append(base::as_bytes("abc"));
  std::array<base::Bytes, 1> views;
  outbox.gather(views);
  const std::uint8_t* data = views[0].data();
  outbox.consume(3);
  CHECK(pool.take()->data() == data);
}

TEST_CASE("held bytes outlive their sending and are sent again") {
  base::Pool pool;
  base::Outbox outbox(pool);
  outbox.append(base::as_bytes("ab"));
  write(outbox.reserve(3), "cde");
  base::Place place = outbox.commit_and_hold(3);
  outbox.append(base::as_bytes("f"));
  outbox.consume(6);
  outbox.append(base::as_bytes("gh"));
  CHECK(base::as_text(place.bytes()) == "cde");
  place.data()[0] = 'C';
  outbox.append(place);
  outbox.append(base::as_bytes("i"));
  CHECK(text(outbox) == "ghCdei");
  CHECK(outbox.size() == 6);
  outbox.consume(6);
  const base::Block* held = place.block.get();
  place = {};
  outbox.trim();
  CHECK(pool.take().get() == held);
}

TEST_CASE("views stay valid while more is appended") {
  base::Pool pool;
  base::Outbox outbox(pool);
  outbox.append(base::as_bytes("abc"));
  std::array<base::Bytes, 1> views;
  outbox.gather(views);
  const std::string large(3 * base::Pool::block_size, 'x');
  for (int i = 0; i < 20; ++i) outbox.append(base::as_bytes(large));
  CHECK(base::as_text(views[0]) == "abc");
  outbox.clear();
  CHECK(outbox.empty());
  CHECK(text(outbox).empty());
}

TEST_CASE("any pattern of appending and consuming keeps the order") {
  base::Pool pool;
  base::Outbox outbox(pool);
  std::string expected;
  for (std::size_t i = 0; i < 3000; ++i) {
    const std::string word(i * 37 % 911, static_cast<char>('a' + i % 26));
    outbox.append(base::as_bytes(word));
    expected += word;
    const std::size_t sent = std::min<std::size_t>(expected.size(), i * 53 % 1024);
    outbox.consume(sent);
    expected.erase(0, sent);
    REQUIRE(outbox.size() == expected.size());
  }
  CHECK(text(outbox) == expected);
}
