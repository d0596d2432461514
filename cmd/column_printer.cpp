// -v for people: topics coloured and, on a terminal, in a column as wide as the widest so far.
#include <algorithm>
#include <cstdlib>

#include "output_sink.h"
#include "render/escape.h"
#include "screen.h"

namespace cmd {
namespace {

/// A longer topic pushes its own payload to the right, not those of all others.
constexpr std::size_t widest_column = 40;

class ColumnPrinter final : public OutputSink {
 public:
  ColumnPrinter(bool colored, const SinkContext& context) : OutputSink(context), colored_(colored) {}

  void take(const wire::Publish& publish, render::Moment) override {
    put_topic(publish.topic);
    base::Buffer& out = output_.buffer();
    if (publish.payload.empty()) {
      out.append("(null)");
    } else if (output_.is_terminal()) {
      render::append_visible(out, publish.payload, render::Layout::keep);
    } else {
      out.append(publish.payload);
    }
    out.push('\n');
    end_record();
  }

 private:
  void put_topic(std::string_view topic) {
    base::Buffer& out = output_.buffer();
    if (colored_) out.append(topic_color);
    const std::size_t start = out.size();
    if (output_.is_terminal()) {
      render::append_visible(out, base::as_bytes(topic), render::Layout::escape);
    } else {
      out.append(topic);
    }
    const std::size_t columns = columns_of(out.text().substr(start));
    if (colored_) out.append(plain_color);
    if (output_.is_terminal()) {
      width_ = std::max(width_, std::min(columns, widest_column));
      append_blanks(out, columns < width_ ? width_ - columns : 0);
    }
    out.push(' ');
  }

  std::size_t width_ = 0;
  bool colored_;
};

}  // namespace

std::unique_ptr<Sink> make_column_printer(bool colored, const SinkContext& context) {
  return std::make_unique<ColumnPrinter>(colored, context);
}

bool wants_color(When when, const render::Output& output) {
  if (when != When::automatic) return when == When::always;
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal == nullptr || std::string_view(terminal) == "dumb";
  return output.is_terminal() && !dumb && (no_color == nullptr || *no_color == '\0');
}

}  // namespace cmd
