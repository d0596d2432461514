// Packets by a stencil are those of the encoder.
#include "wire/publish_stencil.h"

#include <string>

#include "base/hex.h"
#include "catch.h"

namespace {

std::string encoded(const wire::Publish& publish, wire::Version version) {
  base::Buffer buffer;
  REQUIRE(wire::append(buffer, publish, version));
  return base::to_hex(buffer.view());
}

std::string stencilled(const wire::PublishStencil& stencil, base::Bytes payload) {
  base::Buffer buffer;
  std::uint8_t* begin = buffer.reserve(stencil.size(payload));
  const std::uint8_t* end = stencil.encode_with(payload, begin);
  REQUIRE(static_cast<std::size_t>(end - begin) == stencil.size(payload));
  buffer.commit(stencil.size(payload));
  return base::to_hex(buffer.view());
}

}  // namespace

TEST_CASE("a stencil makes the packets that the encoder makes, at each size of the Remaining Length") {
  wire::Properties properties;
  properties.add(wire::PropertyId::content_type, "text/plain");
  const std::string text(2'097'160, 'x');
  wire::PublishStencil stencil;
  for (const wire::Version version : {wire::Version::v3_1_1, wire::Version::v5_0}) {
    for (const std::string& topic : {std::string("a"), std::string(200, 't')}) {
      wire::Publish publish{.topic = topic, .payload = {}, .properties = properties.view(), .retain = topic.size() == 1};
      publish.payload = base::as_bytes("not of the shape");
      REQUIRE(stencil.set(publish, version));
      for (const std::size_t size : {0, 1, 100, 121, 122, 123, 124, 125, 16'370, 16'383, 2'097'140, 2'097'160}) {
        publish.payload = base::as_bytes(text).first(size);
        CHECK(stencilled(stencil, publish.payload) == encoded(publish, version));
      }
    }
  }
}

TEST_CASE("a stencil refuses what cannot be encoded") {
  wire::PublishStencil stencil;
  const std::string topic(65'536, 't');
  CHECK_FALSE(stencil.set({.topic = topic, .payload = {}}, wire::Version::v3_1_1));
  REQUIRE(stencil.set({.topic = "a", .payload = {}}, wire::Version::v3_1_1));
  const std::uint8_t byte = 0;
  CHECK(stencil.size({&byte, 268'435'452}) == 268'435'460);
  CHECK(stencil.size({&byte, 268'435'453}) == 0);
}
