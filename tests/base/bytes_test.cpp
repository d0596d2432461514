// The cursor over big-endian fields.
#include "base/bytes.h"

#include "catch.h"

TEST_CASE("a cursor reads big-endian fields in order") {
  const std::uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 'a', 'b', 'c'};
  base::Cursor cursor(bytes);
  CHECK(cursor.left() == 10);
  CHECK(cursor.peek() == 1);
  CHECK(cursor.u8() == 1);
  CHECK(cursor.u16() == 0x0203);
  CHECK(cursor.u32() == 0x04050607);
  CHECK(cursor.position() == 7);
  CHECK(base::as_text(cursor.take(2)) == "ab");
  CHECK(base::as_text(cursor.rest()) == "c");
  CHECK_FALSE(cursor.empty());
  CHECK(cursor.u8() == 'c');
  CHECK(cursor.empty());
}

TEST_CASE("the high bit is no sign") {
  const std::uint8_t bytes[] = {0xFF, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF};
  base::Cursor cursor(bytes);
  CHECK(cursor.u16() == 0xFFFE);
  CHECK(cursor.u32() == 0xFFFF'FFFF);
}

TEST_CASE("text and bytes are views of each other") {
  const std::string_view text("a\0b", 3);
  CHECK(base::as_text(base::as_bytes(text)) == text);
  CHECK(base::as_bytes(text).data() == reinterpret_cast<const std::uint8_t*>(text.data()));
}
