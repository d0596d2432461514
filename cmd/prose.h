// What the manual says besides the options: descriptions, tables, examples, in mdoc.
#pragma once

#include <span>
#include <string_view>

namespace cmd {

struct Section {
  std::string_view title;  ///< of .Sh
  std::string_view text;   ///< lines of mdoc
};

struct Page {
  std::string_view name;            ///< "mqtt-pub"
  std::string_view summary;         ///< of .Nd
  std::span<const Section> before;  ///< in front of the options
  std::span<const Section> after;
};

std::span<const Page> pages() noexcept;

// The pages in their files.
const Page& main_page() noexcept;
const Page& pub_page() noexcept;
const Page& sub_page() noexcept;
const Page& rr_page() noexcept;
const Page& broker_page() noexcept;
const Page& decode_page() noexcept;
const Page& bench_page() noexcept;
const Page& check_page() noexcept;
const Page& will_test_page() noexcept;

}  // namespace cmd
