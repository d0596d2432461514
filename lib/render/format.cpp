// Compiles -F formats: checks them as mosquitto_sub does and cuts them into operations.
#include "render/format.h"

#include "base/format.h"
#include "render/escape.h"

namespace render {
namespace {

constexpr std::string_view specifiers = "ACDEFIJPRSUXdfjlmpqrtx";
constexpr std::string_view separators = "!\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~ ";
constexpr std::uint32_t largest_number = 65'535;

struct Escape {
  char letter;
  char meaning;
};

constexpr Escape escapes[] = {{'\\', '\\'}, {'0', '\0'}, {'a', '\a'}, {'e', '\033'},
                              {'n', '\n'},  {'r', '\r'}, {'t', '\t'}, {'v', '\v'}};

}  // namespace

/// Reads the text once, front to back. Each step gives false where it fails, and then `error` tells why.
class Compiler {
 public:
  Compiler(std::string_view text, Format& format) noexcept : text_(text), format_(format) {}

  bool run() {
    while (at_ != text_.size()) {
      if (!step(text_[at_++])) return false;
    }
    if (format_.options_.end_of_line) literal('\n');
    return true;
  }
  const FormatError& error() const noexcept { return error_; }

 private:
  using Kind = FormatError::Kind;

  bool step(char character) {
    switch (character) {
      case '%':
        return specifier();
      case '@':
        return time();
      case '\\':
        return escape();
      default:
        return literal(character);
    }
  }

  bool specifier() {
    Format::Operation operation{};
    operation.left = accept('-');
    operation.zero = accept('0');
    if (!number(operation.width)) return false;
    if (accept('.')) {
      std::uint32_t precision = 0;
      if (!number(precision)) return false;
      operation.precision = static_cast<std::int32_t>(precision);
    }
    if (!at_end() && separators.find(text_[at_]) != std::string_view::npos) operation.separator = text_[at_++];
    if (at_end()) return fail(Kind::incomplete_format_specifier);
    operation.code = text_[at_];
    const bool percent = operation.code == '%';
    if (!percent && specifiers.find(operation.code) == std::string_view::npos) {
      return fail(Kind::invalid_format_specifier);
    }
    ++at_;
    return percent ? literal('%') : add(operation);
  }

  bool time() {
    if (at_end()) return fail(Kind::incomplete_format_specifier);
    const char conversion = text_[at_++];
    if (conversion == '@') return literal('@');
    Format::Operation operation{};
    operation.code = conversion == 'N' ? 'N' : '@';
    operation.separator = conversion;
    return add(operation);
  }

  bool escape() {
    if (at_end()) return fail(Kind::incomplete_escape_specifier);
    for (const Escape& known : escapes) {
      if (known.letter != text_[at_]) continue;
      ++at_;
      return literal(known.meaning);
    }
    return fail(Kind::invalid_escape_specifier);
  }

  /// Extends the literal that stands last, or begins one.
  bool literal(char character) {
    auto& operations = format_.operations_;
    if (operations.empty() || operations.back().code != Format::literal) {
      Format::Operation operation{};
      operation.text = static_cast<std::uint32_t>(format_.literals_.size());
      operations.push_back(operation);
    }
    format_.literals_.push_back(character);
    ++operations.back().width;
    return true;
  }

  bool add(const Format::Operation& operation) {
    format_.operations_.push_back(operation);
    return true;
  }

  bool accept(char expected) {
    if (at_end() || text_[at_] != expected) return false;
    ++at_;
    return true;
  }

  /// Digits, or none for 0.
  bool number(std::uint32_t& value) {
    for (; !at_end() && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      value = value * 10 + static_cast<std::uint32_t>(text_[at_] - '0');
      if (value > largest_number) return fail(Kind::number_too_large);
    }
    return true;
  }

  bool at_end() const noexcept { return at_ == text_.size(); }

  bool fail(Kind kind) {
    error_ = {kind, static_cast<std::uint32_t>(at_), at_end() ? '\0' : text_[at_]};
    return false;
  }

  std::string_view text_;
  Format& format_;
  std::size_t at_ = 0;
  FormatError error_{};
};

base::Result<Format, FormatError> Format::compile(std::string_view text, const FormatOptions& options) {
  Format format(Shape::list, options);
  Compiler compiler(text, format);
  if (!compiler.run()) return base::unexpected(compiler.error());
  return format;
}

Format Format::payload(const FormatOptions& options) { return {Shape::payload, options}; }

Format Format::topic_and_payload(const FormatOptions& options) { return {Shape::topic_and_payload, options}; }

std::string describe(const FormatError& error) {
  base::Buffer character;
  append_visible(character, base::as_bytes({&error.character, 1}), Layout::escape);
  switch (error.kind) {
    case FormatError::Kind::incomplete_format_specifier:
      return "Incomplete format specifier.";
    case FormatError::Kind::incomplete_escape_specifier:
      return "Incomplete escape specifier.";
    case FormatError::Kind::invalid_format_specifier:
      return base::format("Invalid format specifier '{}'.", character.text());
    case FormatError::Kind::invalid_escape_specifier:
      return base::format("Invalid escape specifier '{}'.", character.text());
    case FormatError::Kind::number_too_large:
      break;
  }
  return base::format("A width or precision is above {}.", largest_number);
}

std::string describe(Rendered rendered, std::string_view topic) {
  base::Buffer shown;
  switch (rendered) {
    case Rendered::whole:
      return {};
    case Rendered::payload_is_not_json:
      append_visible(shown, base::as_bytes(topic), Layout::escape);
      return base::format("Message payload is not valid JSON on topic {}.", shown.text());
    case Rendered::payload_is_not_float:
      return "requested float printing, but non-float data received";
    case Rendered::payload_is_not_double:
      break;
  }
  return "requested double printing, but non-double data received";
}

}  // namespace render
