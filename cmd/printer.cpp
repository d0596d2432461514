// Prints messages: by a format, or as JSON lines.
#include "output_sink.h"
#include "render/escape.h"
#include "render/format.h"
#include "render/json.h"
#include "render/json_text.h"

namespace cmd {
namespace {

class FormatPrinter final : public OutputSink {
 public:
  FormatPrinter(render::Format format, const SinkContext& context)
      : OutputSink(context), format_(std::move(format)), version_(context.version), complain_(context.complain) {}

  void take(const wire::Publish& publish, render::Moment received) override {
    const auto rendered = format_.render({publish, received, version_}, output_.buffer());
    if (rendered != render::Rendered::whole) complain_(describe(rendered, publish.topic));
    end_record();
  }

 private:
  render::Format format_;
  wire::Version version_;
  std::function<void(std::string_view)> complain_;
};

class JsonPrinter final : public OutputSink {
 public:
  JsonPrinter(bool pretty, const SinkContext& context) : OutputSink(context), pretty_(pretty) {}

  void take(const wire::Publish& publish, render::Moment received) override {
    const std::size_t start = output_.buffer().size();
    if (pretty_) {
      append_indented(publish, received);
    } else {
      render::append_message(output_.buffer(), publish, received, render::Precision::microseconds);
    }
    if (output_.is_terminal()) render::make_visible(output_.buffer(), start, render::Layout::keep);
    end_record();
  }

 private:
  /// For people, so that it may be written twice.
  void append_indented(const wire::Publish& publish, render::Moment received) {
    line_.clear();
    render::append_message(line_, publish, received, render::Precision::microseconds);
    line_.truncate(line_.size() - 1);
    render::JsonWriter writer(output_.buffer(), true);
    render::append_json_text(writer, line_.view());
    output_.buffer().push('\n');
  }

  base::Buffer line_;
  bool pretty_;
};

std::unique_ptr<Sink> print_by(render::Format format, const SinkContext& context) {
  return std::make_unique<FormatPrinter>(std::move(format), context);
}

}  // namespace

MadeSink make_printer(const OutputOptions& options, const SinkContext& context) {
  using Style = OutputOptions::Style;
  const render::FormatOptions details{options.end_of_line, options.pretty, context.output.is_terminal()};
  switch (options.style) {
    case Style::json:
      return std::make_unique<JsonPrinter>(options.pretty, context);
    case Style::payload:
      return print_by(render::Format::payload(details), context);
    case Style::verbose: {
      const bool colored = wants_color(options.color, context.output);
      const bool for_people = colored || context.output.is_terminal();
      if (for_people && options.end_of_line && context.manners == Manners::ours) {
        return make_column_printer(colored, context);
      }
      return print_by(render::Format::topic_and_payload(details), context);
    }
    case Style::format:
      break;
  }
  auto format = render::Format::compile(options.format, details);
  if (format) return print_by(std::move(*format), context);
  return base::unexpected<Failure>(Failure{exit_code(ExitCode::usage, context.manners), describe(format.error())});
}

}  // namespace cmd
