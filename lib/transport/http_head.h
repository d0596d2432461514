// The head of an HTTP/1.1 message: collected from any segmentation, bounded, and read without copies.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "transport/layer.h"

namespace transport {

/// Collects bytes up to the empty line that ends a head.
class HttpHeadReader {
 public:
  static constexpr std::size_t limit = 16 * 1024;

  enum class State : std::uint8_t { incomplete, complete, too_large };
  /// Takes what belongs to the head from the front of `bytes`.
  State take(base::Bytes& bytes);
  /// Valid until `take` or `release`.
  std::string_view text() const noexcept { return head_.text(); }
  void release() noexcept { head_.release(); }

 private:
  base::Buffer head_;
};

/// Views into the text of a head.
struct HttpHead {
  std::string_view start_line;
  std::vector<std::pair<std::string_view, std::string_view>> headers;

  /// The value of the first header of that name, in any case; none: nullopt.
  std::optional<std::string_view> find(std::string_view header) const noexcept;
  /// Whether the comma-separated values of that header, in all its lines, have the token, in any case.
  bool has_token(std::string_view header, std::string_view token) const noexcept;
  /// Whether one of the headers of that name, with a challenge each, offers the scheme Basic.
  bool offers_basic(std::string_view header) const noexcept;
  /// The code of a response's status line, 0 when it is none.
  int status() const noexcept;
};
/// none: it is not HTTP.
std::optional<HttpHead> parse_http_head(std::string_view text);

/// Whether the beginning of a head can still become one: false as soon as it is something else.
bool may_become_http(std::string_view text) noexcept;

/// The error for an answer that refuses: the status line and where a redirection leads.
Error http_refusal(const HttpHead& head, Stage stage, Kind kind);

/// Whether the text can stand in a head without becoming more of it: no CR, LF or NUL.
bool fits_http_line(std::string_view text) noexcept;
/// The value of an Authorization header, by RFC 7617.
std::string basic_authorization(std::string_view user, std::string_view password);

}  // namespace transport
