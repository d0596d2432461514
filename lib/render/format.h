// mosquitto_sub's -F format: compiled once into a flat list of operations, then run for each message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/buffer.h"
#include "base/result.h"
#include "render/moment.h"
#include "wire/packets.h"
#include "wire/version.h"

namespace render {

/// One message and what is known about its arrival. Refers to the packet, which must live as long.
struct MessageContext {
  const wire::Publish& publish;
  Moment received{};
  wire::Version version = wire::Version::v3_1_1;
};

/// Why a format was refused.
struct FormatError {
  enum class Kind : std::uint8_t {
    incomplete_format_specifier,
    incomplete_escape_specifier,
    invalid_format_specifier,
    invalid_escape_specifier,
    number_too_large,  ///< a width or precision above 65,535
  };
  Kind kind;
  std::uint32_t offset;  ///< of the offending character in the format; its length where that is missing
  char character = 0;    ///< the invalid one
  friend bool operator==(const FormatError&, const FormatError&) = default;
};

/// In mosquitto's words where it has them: "Invalid format specifier 'y'.".
std::string describe(const FormatError& error);

struct FormatOptions {
  bool end_of_line = true;  ///< false: -N
  bool pretty = false;      ///< --pretty: %j and %J indented
  bool terminal = false;    ///< control characters of the message are made visible; the format's own stay
};

/// What a message could not give; its line was written without it.
enum class Rendered : std::uint8_t { whole, payload_is_not_json, payload_is_not_float, payload_is_not_double };

/// In mosquitto's words, for stderr: "Message payload is not valid JSON on topic T."; "" for `whole`.
std::string describe(Rendered rendered, std::string_view topic);

/// Renders what 2.1's mosquitto_sub prints, byte for byte, but for its defects: %j carries the whole payload, NUL bytes
/// included, and stays valid JSON whatever the bytes; %E is not negative; numbers in %J keep all their digits.
class Format {
 public:
  static base::Result<Format, FormatError> compile(std::string_view text, const FormatOptions& options = {});
  /// Without -F: the payload alone. A message without payload prints nothing at all.
  static Format payload(const FormatOptions& options = {});
  /// -v: topic and payload, "(null)" where that is empty.
  static Format topic_and_payload(const FormatOptions& options = {});

  /// Not const: the calendar of the current second is kept.
  Rendered render(const MessageContext& message, base::Buffer& out);

 private:
  enum class Shape : std::uint8_t { payload, topic_and_payload, list };

  static constexpr char literal = '"';

  struct Operation {
    char code = literal;  ///< the specifier, or `literal`, '@' for strftime, 'N' for nanoseconds
    bool left = false;
    bool zero = false;
    char separator = ' ';  ///< between fields of hexadecimal digits; for '@' the conversion
    std::uint32_t width = 0;
    std::int32_t precision = -1;
    std::uint32_t text = 0;  ///< of a literal: where it starts in `literals_`, and `width` its length
  };
  friend class Compiler;
  friend class Renderer;

  Format(Shape shape, const FormatOptions& options) : options_(options), shape_(shape) {}
  Rendered render_list(const MessageContext& message, base::Buffer& out);

  std::vector<Operation> operations_;
  std::string literals_;
  FormatOptions options_;
  Shape shape_;
  LocalTime local_time_;
};

}  // namespace render
