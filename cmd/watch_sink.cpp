// --watch: the last message of each topic, on a line of the screen that stays where it is.
#include <iterator>
#include <unordered_map>

#include "base/format.h"
#include "output_sink.h"
#include "render/format.h"
#include "screen.h"

namespace cmd {
namespace {

constexpr std::string_view clear_screen = "\x1b[2J";
constexpr std::string_view clear_line = "\x1b[K";

class Watcher final : public OutputSink {
 public:
  Watcher(render::Format format, const SinkContext& context)
      : OutputSink(context), format_(std::move(format)), version_(context.version) {
    output_.buffer().append(clear_screen);
  }
  ~Watcher() override {
    go_to_row(std::min(lines_.size() + 1, last_row()));
    output_.buffer().push('\n');
    output_.flush();
  }

  /// Topics beyond the screen's rows are only counted: what is kept is bounded by the screen.
  void take(const wire::Publish& publish, render::Moment received) override {
    const std::string topic(publish.topic);
    auto line = row_of_.find(topic);
    if (line == row_of_.end()) {
      if (lines_.size() + 1 >= last_row()) {
        ++elsewhere_;
        return;
      }
      line = row_of_.emplace(topic, lines_.size()).first;
      lines_.emplace_back();
    }
    Line& shown = lines_[line->second];
    shown.text.clear();
    format_.render({publish, received, version_}, shown.text);
    shown.changed = true;
  }

  void flush() override {
    // The last column stays free: with it a terminal is about to wrap, and clearing would take its character.
    const std::size_t columns = screen_size(output_.descriptor()).columns - 1;
    for (std::size_t row = 0; row < lines_.size(); ++row) {
      if (!std::exchange(lines_[row].changed, false)) continue;
      const std::string_view text = lines_[row].text.text();
      put(row + 1, first_columns(text.substr(0, text.find('\n')), columns));
    }
    if (elsewhere_ != 0) put(lines_.size() + 1, base::format("and {} messages on other topics", elsewhere_));
    OutputSink::flush();
  }

 private:
  struct Line {
    base::Buffer text;
    bool changed = false;
  };

  std::size_t last_row() const { return screen_size(output_.descriptor()).rows; }

  /// Rows count from 1.
  void go_to_row(std::size_t row) { output_.buffer().append(base::format("\x1b[{};1H", row)); }

  void put(std::size_t row, std::string_view text) {
    go_to_row(row);
    output_.buffer().append(text);
    output_.buffer().append(clear_line);
  }

  render::Format format_;
  wire::Version version_;
  std::unordered_map<std::string, std::size_t> row_of_;
  std::vector<Line> lines_;
  std::uint64_t elsewhere_ = 0;
};

}  // namespace

MadeSink make_watcher(const OutputOptions& options, const SinkContext& context) {
  const render::FormatOptions details{false, false, true};
  if (options.style != OutputOptions::Style::format) {
    // -v and nothing else show the same: without its topic a line would say nothing.
    auto format = render::Format::compile("%t %p", details);
    return std::make_unique<Watcher>(std::move(*format), context);
  }
  auto format = render::Format::compile(options.format, details);
  if (format) return std::make_unique<Watcher>(std::move(*format), context);
  return base::unexpected<Failure>(Failure{exit_code(ExitCode::usage, context.manners), describe(format.error())});
}

}  // namespace cmd
