// Runs the operations of a compiled -F format for one message.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "render/escape.h"
#include "render/format.h"
#include "render/message_json.h"

namespace render {
namespace {

using wire::PropertyId;

void fill(base::Buffer& out, char pad, std::int64_t count) {
  if (count <= 0) return;
  std::memset(out.reserve(static_cast<std::size_t>(count)), pad, static_cast<std::size_t>(count));
  out.commit(static_cast<std::size_t>(count));
}

}  // namespace

/// One message on its way through the operations.
class Renderer {
 public:
  using Operation = Format::Operation;

  Renderer(const MessageContext& message, LocalTime& local_time, const FormatOptions& options, base::Buffer& out)
      : publish_(message.publish), message_(message), local_time_(local_time), options_(options), out_(out) {}

  Rendered status() const noexcept { return status_; }

  void run(const Operation& operation) {
    switch (operation.code) {
      case 'A':
        return property_number(operation, PropertyId::topic_alias);
      case 'C':
        return property_text(operation, PropertyId::content_type, true);
      case 'D':
        return out_.append(publish_.properties.text(PropertyId::correlation_data));
      case 'E':
        return property_number(operation, PropertyId::message_expiry_interval);
      case 'F':
        return property_number(operation, PropertyId::payload_format_indicator);
      case 'I':
        return iso_8601(operation);
      case 'J':
        return json(PayloadAs::json);
      case 'N':
        return append_digits(out_, message_.received.fraction(), 9);
      case 'P':
        return user_properties();
      case 'R':
        return property_text(operation, PropertyId::response_topic, false);
      case 'S':
        return property_number(operation, PropertyId::subscription_identifier);
      case 'U':
        return unix_time();
      case 'X':
        return hex(operation, "0123456789ABCDEF");
      case 'd':
        return real<double>(operation, Rendered::payload_is_not_double);
      case 'f':
        return real<float>(operation, Rendered::payload_is_not_float);
      case 'j':
        return json(PayloadAs::string);
      case 'l':
        return number(operation, publish_.payload.size());
      case 'm':
        return number(operation, publish_.packet_identifier);
      case 'p':
        return payload(operation);
      case 'q':
        return append_number(out_, publish_.qos);
      case 'r':
        return out_.push(publish_.retain ? '1' : '0');
      case 't':
        return text(operation, publish_.topic);
      case 'x':
        return hex(operation, "0123456789abcdef");
      case '@':
        return local_time_.append_strftime(out_, operation.separator, message_.received);
      default:
        return;
    }
  }

 private:
  void number(const Operation& operation, std::uint64_t value) {
    char text[20];
    const std::string_view decimal(text, std::to_chars(text, text + sizeof text, value).ptr);
    padded(decimal, operation.width, operation.left, operation.zero);
  }

  void padded(std::string_view text, std::uint32_t width, bool left, bool zero) {
    const std::int64_t padding = std::int64_t{width} - static_cast<std::int64_t>(text.size());
    if (!left) fill(out_, zero ? '0' : ' ', padding);
    out_.append(text);
    if (left) fill(out_, ' ', padding);
  }

  /// Width is the least, precision the most of the bytes.
  void text(const Operation& operation, std::string_view value) {
    if (operation.precision >= 0) value = value.substr(0, static_cast<std::size_t>(operation.precision));
    padded(value, operation.width, operation.left, false);
  }

  void absent(const Operation& operation) { fill(out_, operation.zero ? '0' : ' ', operation.width); }

  void property_number(const Operation& operation, PropertyId id) {
    const auto property = publish_.properties.find(id);
    property ? number(operation, property->number) : absent(operation);
  }

  void property_text(const Operation& operation, PropertyId id, bool pad_where_absent) {
    if (const auto property = publish_.properties.find(id)) {
      text(operation, property->text());
    } else if (pad_where_absent) {
      absent(operation);
    }
  }

  void user_properties() {
    bool first = true;
    for (const wire::Property& property : publish_.properties) {
      if (property.id != PropertyId::user_property) continue;
      if (!first) out_.push(' ');
      first = false;
      out_.append(property.name);
      out_.push(':');
      out_.append(property.value);
    }
  }

  void iso_8601(const Operation& operation) {
    char buffer[100];
    const std::size_t size = std::strftime(buffer, sizeof buffer, "%FT%T%z", &local_time_.calendar(message_.received));
    text(operation, {buffer, size});
  }

  void unix_time() {
    const std::int64_t seconds = message_.received.seconds();
    if (seconds < 0) out_.push('-');
    append_number(out_, static_cast<std::uint64_t>(std::abs(seconds)));
    out_.push('.');
    append_digits(out_, message_.received.fraction(), 9);
  }

  /// A width is also the most bytes of payload that are shown.
  base::Bytes shown_payload(const Operation& operation) const noexcept {
    const std::size_t size = publish_.payload.size();
    return operation.width == 0 ? publish_.payload
                                : publish_.payload.first(std::min<std::size_t>(size, operation.width));
  }

  /// On the left mosquitto pads as it should; on the right by as many blanks as the content is too wide, too.
  void payload(const Operation& operation) {
    const base::Bytes shown = shown_payload(operation);
    const std::int64_t padding = std::int64_t{operation.width} - static_cast<std::int64_t>(shown.size());
    if (!operation.left) fill(out_, operation.zero ? '0' : ' ', padding);
    out_.append(shown);
    if (operation.left) fill(out_, ' ', std::abs(padding));
  }

  void hex(const Operation& operation, const char* digits) {
    const base::Bytes shown = shown_payload(operation);
    const auto count = static_cast<std::int64_t>(shown.size());
    const std::int64_t padding = operation.width == 0 ? -count : std::int64_t{operation.width} - 2 * count;
    const std::size_t start = out_.size();
    if (!operation.left) fill(out_, operation.zero ? '0' : ' ', padding);
    std::uint8_t* at = out_.reserve(2 * shown.size());
    for (const std::uint8_t byte : shown) {
      *at++ = static_cast<std::uint8_t>(digits[byte >> 4]);
      *at++ = static_cast<std::uint8_t>(digits[byte & 0x0F]);
    }
    out_.commit(2 * shown.size());
    if (operation.precision > 0) separate(start, static_cast<std::size_t>(operation.precision), operation.separator);
    if (operation.left) fill(out_, ' ', std::abs(padding));
  }

  /// Puts separators between fields of `size` characters, from `start` of the output on; none behind
  /// the last field, unless that is padding.
  void separate(std::size_t start, std::size_t size, char separator) {
    const std::size_t length = out_.size() - start;
    if (length == 0) return;
    const std::size_t added = (publish_.payload.empty() ? length : length - 1) / size;
    std::uint8_t* const begin = out_.reserve(added) - length;
    out_.commit(added);
    std::size_t from = length;
    for (std::size_t to = length + added; to != from;) {
      if (from % size == 0 && to - from == from / size) {
        begin[--to] = static_cast<std::uint8_t>(separator);
      } else {
        begin[--to] = begin[--from];
      }
    }
  }

  /// The payload as a number in the byte order of this machine.
  template <class Real>
  void real(const Operation& operation, Rendered otherwise) {
    Real value;
    if (publish_.payload.size() != sizeof value) {
      status_ = otherwise;
      return;
    }
    std::memcpy(&value, publish_.payload.data(), sizeof value);
    decimal(operation, static_cast<double>(value));
  }

  void decimal(const Operation& operation, double value) {
    constexpr int most_decimals = 1074;  // that any double has; what follows are zeroes
    const bool finite = std::isfinite(value);
    const int precision = operation.precision < 0 ? 6 : operation.precision;
    const int exact = std::min(precision, most_decimals);
    char buffer[most_decimals + 320];
    std::string_view text(buffer,
                          std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed, exact).ptr);
    const std::int64_t zeroes = finite ? precision - exact : 0;
    const std::int64_t padding = std::int64_t{operation.width} - static_cast<std::int64_t>(text.size()) - zeroes;
    const bool fill_zeroes = operation.zero && finite;
    if (!operation.left && !fill_zeroes) fill(out_, ' ', padding);
    if (text.front() == '-') {
      out_.push('-');
      text.remove_prefix(1);
    }
    if (!operation.left && fill_zeroes) fill(out_, '0', padding);
    out_.append(text);
    fill(out_, '0', zeroes);
    if (operation.left) fill(out_, ' ', padding);
  }

  void json(PayloadAs payload_as) {
    const std::size_t start = out_.size();
    JsonWriter writer(out_, options_.pretty);
    if (append_message_json(writer, message_, local_time_, payload_as)) return;
    out_.truncate(start);
    status_ = Rendered::payload_is_not_json;
  }

  const wire::Publish& publish_;
  const MessageContext& message_;
  LocalTime& local_time_;
  const FormatOptions& options_;
  base::Buffer& out_;
  Rendered status_ = Rendered::whole;
};

namespace {

/// Layout stays where the sender may have laid out text: in payloads and in indented JSON.
Layout layout_of(char code) noexcept {
  return code == 'p' || code == 'j' || code == 'J' ? Layout::keep : Layout::escape;
}

}  // namespace

Rendered Format::render(const MessageContext& message, base::Buffer& out) {
  if (shape_ == Shape::list) return render_list(message, out);
  const std::string_view topic = message.publish.topic;
  const base::Bytes payload = message.publish.payload;
  const bool with_topic = shape_ == Shape::topic_and_payload;
  // As mosquitto: without -v nothing at all, with -v and -N neither.
  if (payload.empty() && !(with_topic && options_.end_of_line)) return Rendered::whole;

  if (with_topic) {
    const std::size_t start = out.size();
    out.reserve(topic.size() + payload.size() + 8);
    out.append(topic);
    if (options_.terminal) make_visible(out, start, Layout::escape);
    out.push(' ');
    if (payload.empty()) out.append("(null)");
  }
  if (options_.terminal) {
    append_visible(out, payload, Layout::keep);
  } else {
    out.append(payload);
  }
  if (options_.end_of_line) out.push('\n');
  return Rendered::whole;
}

Rendered Format::render_list(const MessageContext& message, base::Buffer& out) {
  Renderer renderer(message, local_time_, options_, out);
  for (const Operation& operation : operations_) {
    if (operation.code == literal) {
      out.append(std::string_view(literals_).substr(operation.text, operation.width));
      continue;
    }
    const std::size_t start = out.size();
    renderer.run(operation);
    if (options_.terminal) make_visible(out, start, layout_of(operation.code));
  }
  return renderer.status();
}

}  // namespace render
