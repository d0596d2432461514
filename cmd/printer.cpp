// Prints messages: by a format, or as JSON lines.
#include "render/format.h"
#include "render/json.h"
#include "sink.h"

namespace cmd {
namespace {

class FormatPrinter final : public Sink {
 public:
  FormatPrinter(render::Format format, wire::Version version, render::Output& output, Complain complain)
      : format_(std::move(format)), version_(version), output_(output), complain_(std::move(complain)) {}

  void take(const wire::Publish& publish, render::Moment received) override {
    const auto rendered = format_.render({publish, received, version_}, output_.buffer());
    if (rendered != render::Rendered::whole) complain_(describe(rendered, publish.topic));
    output_.end_record();
  }
  void flush() override { output_.flush(); }

 private:
  render::Format format_;
  wire::Version version_;
  render::Output& output_;
  Complain complain_;
};

class JsonPrinter final : public Sink {
 public:
  explicit JsonPrinter(render::Output& output) : output_(output) {}

  void take(const wire::Publish& publish, render::Moment received) override {
    render::append_message(output_.buffer(), publish, received, render::Precision::microseconds);
    output_.end_record();
  }
  void flush() override { output_.flush(); }

 private:
  render::Output& output_;
};

}  // namespace

base::Result<std::unique_ptr<Sink>, Failure> make_printer(const OutputOptions& options, wire::Version version,
                                                          Manners manners, render::Output& output, Complain complain) {
  if (options.style == OutputOptions::Style::json) return std::make_unique<JsonPrinter>(output);
  const render::FormatOptions details{options.end_of_line, options.pretty, output.is_terminal()};
  if (options.style == OutputOptions::Style::payload) {
    return std::make_unique<FormatPrinter>(render::Format::payload(details), version, output, std::move(complain));
  }
  if (options.style == OutputOptions::Style::verbose) {
    return std::make_unique<FormatPrinter>(render::Format::topic_and_payload(details), version, output,
                                           std::move(complain));
  }
  auto format = render::Format::compile(options.format, details);
  if (!format) return base::unexpected<Failure>(Failure{exit_code(ExitCode::usage, manners), describe(format.error())});
  return std::make_unique<FormatPrinter>(std::move(*format), version, output, std::move(complain));
}

}  // namespace cmd
