// Hexadecimal digits and Base64, both ways and strictly.
#include "base/hex.h"

#include "catch.h"

TEST_CASE("bytes as hexadecimal digits") {
  const std::uint8_t bytes[] = {0x00, 0x1F, 0xA0, 0xFF};
  CHECK(base::to_hex(bytes) == "001fa0ff");
  CHECK(base::to_hex({}).empty());
  base::Buffer buffer;
  buffer.append(">");
  base::append_hex(buffer, bytes);
  CHECK(buffer.text() == ">001fa0ff");
}

TEST_CASE("hexadecimal digits of either case as bytes") {
  CHECK(base::from_hex("001FaFff") == std::string("\x00\x1F\xAF\xFF", 4));
  CHECK(base::from_hex("") == "");
}

TEST_CASE("what is no pair of hexadecimal digits is refused") {
  for (const std::string_view text : {"0", "0g", "g0", " 00", "0 0", "0x00", "00\n", "@0", "`0", "/0", ":0"}) {
    CAPTURE(text);
    CHECK_FALSE(base::from_hex(text));
  }
}

TEST_CASE("the values of hexadecimal digits") {
  for (int character = -128; character < 128; ++character) {
    const auto found = std::string_view("0123456789abcdef0123456789ABCDEF").find(static_cast<char>(character));
    const int value = found == std::string_view::npos ? -1 : static_cast<int>(found % 16);
    CHECK(base::hex_digit(static_cast<char>(character)) == value);
  }
}

TEST_CASE("Base64 of RFC 4648 section 10, both ways") {
  const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                {"f", "Zg=="},
                                                                {"fo", "Zm8="},
                                                                {"foo", "Zm9v"},
                                                                {"foob", "Zm9vYg=="},
                                                                {"fooba", "Zm9vYmE="},
                                                                {"foobar", "Zm9vYmFy"},
                                                                {"\xFB\xFF\xBF", "+/+/"}};
  for (const auto& [bytes, text] : rows) {
    CHECK(base::to_base64(base::as_bytes(bytes)) == text);
    CHECK(base::from_base64(text) == bytes);
    base::Buffer buffer;
    buffer.append("\"");
    base::append_base64(buffer, base::as_bytes(bytes));
    CHECK(buffer.text() == "\"" + std::string(text));
  }
}

TEST_CASE("Base64 that is not strict is refused") {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zg===", "====", "=", "Z===", "Zg==Zg==", "Zm8=\n", "Zm 8",
                                      "Zm-_", "Zh==", "Zm9=", "Zm=v", "Z=g="}) {
    CAPTURE(text);
    CHECK_FALSE(base::from_base64(text));
  }
}

TEST_CASE("every byte survives both encodings") {
  for (std::size_t size = 0; size < 300; ++size) {
    std::string bytes;
    for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(i * 7);
    CHECK(base::from_hex(base::to_hex(base::as_bytes(bytes))) == bytes);
    CHECK(base::from_base64(base::to_base64(base::as_bytes(bytes))) == bytes);
  }
}
