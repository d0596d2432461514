// Rendering a message allocates nothing once its buffer has grown.
#include "allocations.h"

#include <string>

#include "catch.h"
#include "render/format.h"
#include "render/json.h"

namespace {

/// Calls of operator new, and growth of the buffer, while a thousand messages are rendered behind one.
template <class Render>
std::size_t allocations_while(Render render) {
  const std::string payload(64, 'x');
  wire::Properties properties;
  properties.add(wire::PropertyId::content_type, "text/x");
  properties.add(wire::PropertyId::correlation_data, "\xFF");
  properties.add_user_property("k", "v");
  wire::Publish publish{.topic = "plant/1", .payload = base::as_bytes(payload), .properties = properties.view()};
  base::Buffer out;
  render(publish, render::Moment{0}, out);
  const std::size_t capacity = out.capacity();
  const std::size_t before = allocations();
  for (std::int64_t i = 0; i < 1000; ++i) {
    out.clear();
    render(publish, render::Moment{i * 10'000'000}, out);
  }
  return allocations() - before + (out.capacity() - capacity);
}

std::size_t allocations_of(render::Format format) {
  return allocations_while([&format](const wire::Publish& publish, render::Moment moment, base::Buffer& out) {
    format.render({publish, moment, wire::Version::v5_0}, out);
  });
}

render::Format compiled(std::string_view text) {
  auto format = render::Format::compile(text);
  REQUIRE(format);
  return *std::move(format);
}

}  // namespace

TEST_CASE("No format allocates in the steady state") {
  CHECK(allocations_of(render::Format::payload()) == 0);
  CHECK(allocations_of(render::Format::topic_and_payload()) == 0);
  CHECK(allocations_of(compiled("%j")) == 0);
  CHECK(allocations_of(compiled("%t %p %x %I %U @H @N %C %P %5l")) == 0);
}

TEST_CASE("JSON lines allocate nothing in the steady state") {
  CHECK(allocations_while([](const wire::Publish& publish, render::Moment moment, base::Buffer& out) {
          render::append_message(out, publish, moment, render::Precision::microseconds);
        }) == 0);
}
