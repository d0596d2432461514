// A pasted text without what editors, terminals and shells put around and between its characters.
#pragma once

#include <string>
#include <string_view>

namespace capture {

/// Without a byte order mark and colours, as UTF-8, with lines that end in line feeds, and the lines that some tools
/// draw between columns as plain characters.
class PlainText {
 public:
  /// `text` must outlive this.
  explicit PlainText(std::string_view text);
  PlainText(const PlainText&) = delete;
  PlainText& operator=(const PlainText&) = delete;

  std::string_view text() const noexcept { return text_; }

 private:
  std::string_view text_;
  std::string changed_;  ///< what `text_` points to where anything had to go
};

/// As PowerShell writes what `>` redirects, by its byte order mark. No packet begins like this: it would be an AUTH
/// with flags.
bool is_utf_16(std::string_view text) noexcept;

}  // namespace capture
