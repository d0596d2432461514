// What people and files hand to the options: URLs, profiles, lines of options, keylogs and values. Each is taken or
// refused with a reason.
#include <cstdint>
#include <cstdlib>

#include "capture/keylog.h"
#include "net/url.h"
#include "option_file.h"
#include "shell_words.h"
#include "values.h"

namespace {

void read_urls(std::string_view text) {
  const auto url = net::parse_url(text);
  if (url ? url->host.empty() && url->unix_path.empty() : url.error().empty()) std::abort();
  const auto proxy = net::parse_proxy_url(text);
  if (!proxy && proxy.error().empty()) std::abort();
  (void)net::percent_decode(text);
}

void read_files(std::string_view text) {
  for (const auto command : {cmd::Command::pub, cmd::Command::sub, cmd::Command::rr, cmd::Command::decode}) {
    for (const auto& read :
         {cmd::read_option_lines(command, text), cmd::read_profile(command, text, "default", true)}) {
      if (!read && read.error().text.empty()) std::abort();
    }
  }
}

void read_values(std::string_view text) {
  (void)cmd::split_words(text, true);
  (void)cmd::read_number(text, 1, 65'535);
  (void)cmd::read_decimal(text, 0, 1e9);
  (void)cmd::read_seconds(text, true);
  (void)cmd::read_version(text);
  (void)cmd::read_hex(text);
  (void)cmd::read_base64(text);
  (void)cmd::read_time_bound(text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      read_urls(text);
      break;
    case 1:
      read_files(text);
      break;
    case 2:
      read_values(text);
      break;
    default:
      (void)capture::Keylog::parse(text);
  }
  return 0;
}
