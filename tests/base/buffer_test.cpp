// The buffer that is appended at the end and consumed from the front.
#include "base/buffer.h"

#include <string>

#include "catch.h"

TEST_CASE("bytes leave a buffer as they came") {
  base::Buffer buffer;
  CHECK(buffer.empty());
  buffer.append("abc");
  buffer.push('d');
  buffer.push(std::uint8_t{'e'});
  buffer.append("");
  CHECK(buffer.text() == "abcde");
  buffer.consume(2);
  CHECK(buffer.text() == "cde");
  buffer.append("f");
  CHECK(buffer.text() == "cdef");
  buffer.truncate(1);
  CHECK(buffer.text() == "c");
  buffer.consume(1);
  CHECK(buffer.empty());
  CHECK(buffer.size() == 0);
}

TEST_CASE("reserved bytes count once they are committed") {
  base::Buffer buffer;
  std::uint8_t* out = buffer.reserve(10);
  out[0] = 'x';
  CHECK(buffer.empty());
  buffer.commit(1);
  CHECK(buffer.text() == "x");
}

TEST_CASE("a loop of appending and consuming stops allocating") {
  base::Buffer buffer;
  const std::string chunk(1000, 'x');
  for (int i = 0; i < 10; ++i) buffer.append(chunk);
  for (int i = 0; i < 10; ++i) {
    buffer.consume(1000);
    buffer.append(chunk);
  }
  const std::size_t capacity = buffer.capacity();
  for (int i = 0; i < 10'000; ++i) {
    buffer.consume(1000);
    buffer.append(chunk);
  }
  CHECK(buffer.size() == 10'000);
  CHECK(buffer.capacity() <= 2 * capacity + 1000);
}

TEST_CASE("what was not consumed survives growth and moving") {
  base::Buffer buffer;
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    const std::string word = std::to_string(i) + ",";
    buffer.append(word);
    expected += word;
    if (i % 3 == 0 && expected.size() > 7) {
      buffer.consume(7);
      expected.erase(0, 7);
    }
  }
  CHECK(buffer.text() == expected);
}

TEST_CASE("clear keeps the memory, release gives it back") {
  base::Buffer buffer;
  buffer.append("abc");
  const std::size_t capacity = buffer.capacity();
  buffer.clear();
  CHECK(buffer.empty());
  CHECK(buffer.capacity() == capacity);
  buffer.release();
  CHECK(buffer.capacity() == 0);
  buffer.append("d");
  CHECK(buffer.text() == "d");
}
