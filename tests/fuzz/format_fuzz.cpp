// Compiles the first line of the input as an -F format and renders the rest as a message, plain and for a terminal.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/utf8.h"
#include "render/format.h"
#include "render/json.h"

namespace {

/// What a terminal must never be sent by a message.
bool harmless(std::string_view text) noexcept {
  for (const char byte : text) {
    const auto code = static_cast<unsigned char>(byte);
    if ((code < 0x20 && code != '\n' && code != '\t') || code == 0x7F) return false;
  }
  return base::is_utf8(text);
}

/// Payloads are cut and topics shortened in the middle of characters, so only whole ones are held to it.
constexpr std::string_view whole = "%t %p %j %J %C %P";

void run(std::string_view text, const render::FormatOptions& options, const wire::Publish& publish, base::Buffer& out) {
  auto format = render::Format::compile(text, options);
  if (format) format->render({publish, render::Moment{1'795'231'879'407'759'021}, wire::Version::v5_0}, out);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t line = std::min(input.find('\n'), size);
  const std::string_view format = input.substr(0, line);
  const std::string_view payload = input.substr(std::min(line + 1, size));
  wire::Properties properties;
  properties.add(wire::PropertyId::content_type, payload.substr(0, 100));
  properties.add_user_property(payload.substr(0, 10), format.substr(0, 100));
  const wire::Publish publish{.topic = payload.substr(0, 100),
                              .payload = base::as_bytes(payload),
                              .properties = properties.view(),
                              .qos = static_cast<std::uint8_t>(size % 3)};
  base::Buffer out;
  if (format.size() < 32) {  // each specifier can ask for 65,535 bytes
    run(format, {}, publish, out);
    run(format, {.pretty = true}, publish, out);
  }
  out.clear();
  run(whole, {.terminal = true}, publish, out);
  if (!harmless(out.text())) std::abort();
  out.clear();
  render::append_message(out, publish, render::Moment{}, render::Precision::nanoseconds);
  if (!base::is_utf8(out.text())) std::abort();
  return 0;
}
