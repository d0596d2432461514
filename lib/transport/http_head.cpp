// The head of an HTTP/1.1 message: collected from any segmentation, bounded, and read without copies.
#include "transport/http_head.h"

#include <algorithm>

#include "base/format.h"
#include "base/hex.h"
#include "transport/peer_bytes.h"

namespace transport {
namespace {

char lower(char character) noexcept {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character | 0x20) : character;
}

bool same(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char one, char other) { return lower(one) == lower(other); });
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes a line off the front, without its end: CR LF, or LF alone as RFC 9112 allows a receiver.
std::string_view take_line(std::string_view& text) noexcept {
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool is_http_version(std::string_view text) noexcept {
  return text.size() == 8 && text.substr(0, 7) == "HTTP/1." && text[7] >= '0' && text[7] <= '9';
}

bool is_printable(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char character) { return character >= 0x20 && character < 0x7f; });
}

/// "HTTP/1.1 …" or "… HTTP/1.1".
bool is_start_line(std::string_view line) noexcept {
  if (line.size() < 9) return false;
  if (line.starts_with("HTTP/1.")) return is_http_version(line.substr(0, 8)) && line[8] == ' ';
  return is_printable(line) && is_http_version(line.substr(line.size() - 8)) && line[line.size() - 9] == ' ';
}

}  // namespace

HttpHeadReader::State HttpHeadReader::take(base::Bytes& bytes) {
  while (!bytes.empty()) {
    // The end can only stand right behind a line feed.
    const std::string_view text = base::as_text(bytes);
    const std::size_t line_end = std::min(text.find('\n'), text.size() - 1) + 1;
    if (head_.size() + line_end > limit) {
      head_.append(bytes.first(limit - head_.size()));
      return State::too_large;
    }
    head_.append(bytes.first(line_end));
    bytes = bytes.subspan(line_end);
    const std::string_view head = head_.text();
    if (head.ends_with("\r\n\r\n") || head.ends_with("\n\n")) return State::complete;
  }
  return State::incomplete;
}

bool may_become_http(std::string_view text) noexcept {
  if (text.find('\n') != std::string_view::npos) return is_start_line(take_line(text));
  if (text.starts_with("HTTP/1.")) return true;
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return is_printable(text);
}

std::optional<HttpHead> parse_http_head(std::string_view text) {
  HttpHead head;
  head.start_line = take_line(text);
  if (!is_start_line(head.start_line)) return std::nullopt;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.empty()) break;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    head.headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
  return head;
}

std::optional<std::string_view> HttpHead::find(std::string_view header) const noexcept {
  for (const auto& [name, value] : headers) {
    if (same(name, header)) return value;
  }
  return std::nullopt;
}

bool HttpHead::has_token(std::string_view header, std::string_view token) const noexcept {
  for (auto [name, values] : headers) {
    if (!same(name, header)) continue;
    while (!values.empty()) {
      const std::size_t comma = values.find(',');
      if (same(trimmed(values.substr(0, comma)), token)) return true;
      values.remove_prefix(comma == std::string_view::npos ? values.size() : comma + 1);
    }
  }
  return false;
}

bool HttpHead::offers_basic(std::string_view header) const noexcept {
  return std::any_of(headers.begin(), headers.end(), [header](const auto& line) {
    const std::string_view scheme = line.second.substr(0, line.second.find(' '));
    return same(line.first, header) && same(scheme, "Basic");
  });
}

int HttpHead::status() const noexcept {
  if (start_line.size() < 12 || !is_http_version(start_line.substr(0, 8))) return 0;
  int status = 0;
  for (const char digit : start_line.substr(9, 3)) {
    if (digit < '0' || digit > '9') return 0;
    status = status * 10 + (digit - '0');
  }
  return status;
}

Error http_refusal(const HttpHead& head, Stage stage, Kind kind) {
  std::string message = escaped(head.start_line);
  const int status = head.status();
  const auto location = head.find("Location");
  if (status >= 300 && status < 400 && location) message += base::format(" to {}", escaped(*location));
  return {stage, kind, {}, std::move(message)};
}

bool fits_http_line(std::string_view text) noexcept {
  using namespace std::string_view_literals;
  return text.find_first_of("\r\n\0"sv) == std::string_view::npos;
}

std::string basic_authorization(std::string_view user, std::string_view password) {
  return "Basic " + base::to_base64(base::as_bytes(base::format("{}:{}", user, password)));
}

}  // namespace transport
