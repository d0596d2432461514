#include "source.h"

#include <array>
#include <unistd.h>

#include "base/format.h"
#include "json_source.h"

namespace cmd {
namespace {

/// One payload, as often as --repeat says, --repeat-delay apart.
class Repeated final : public Source {
 public:
  Repeated(const PubOptions& options, std::string payload) : options_(options), payload_(std::move(payload)) {}

  Next next(wire::Publish& publish) override {
    if (given_ == options_.repeat) return Next::end;
    ++given_;
    publish.payload = base::as_bytes(payload_);
    return Next::message;
  }
  session::Duration due() const override { return options_.repeat_delay * (given_ - 1); }

 private:
  const PubOptions& options_;
  std::string payload_;
  std::uint64_t given_ = 0;
};

/// A message a line of standard input; with a separator the topic stands in front of it.
class LineSource final : public Source {
 public:
  LineSource(const PubOptions& options, net::Worker& worker, std::function<void()> more)
      : options_(options), lines_(worker, STDIN_FILENO, std::move(more)) {}

  Next next(wire::Publish& publish) override {
    std::string_view line;
    switch (lines_.next(line)) {
      case net::Lines::Next::line:
        break;
      case net::Lines::Next::wait:
        return Next::wait;
      case net::Lines::Next::end:
        return Next::end;
      case net::Lines::Next::failed:
        return fail_reading();
    }
    if (!options_.topic_separator.empty() && !take_topic(line, publish)) return Next::failed;
    publish.payload = base::as_bytes(line);
    return Next::message;
  }
  std::span<const base::Bytes> alike() override {
    if (!options_.topic_separator.empty()) return {};
    return std::span(alike_).first(lines_.more(alike_));
  }
  std::string_view unit() const override { return "lines"; }
  std::uint64_t line() const override { return lines_.count(); }

 private:
  bool take_topic(std::string_view& line, wire::Publish& publish) {
    const std::size_t at = line.find(options_.topic_separator);
    if (at == std::string_view::npos) return bad_line("no separator between topic and payload");
    if (at == 0) return bad_line("no topic in front of the separator");
    publish.topic = line.substr(0, at);
    line.remove_prefix(at + options_.topic_separator.size());
    return true;
  }

  bool bad_line(std::string_view what) {
    failure_ = {exit_code(ExitCode::bad_data, options_.connection.manners),
                base::format("standard input, line {}: {}", lines_.count(), what)};
    return false;
  }

  Next fail_reading() {
    const bool too_long = lines_.error() == std::errc::message_size;
    failure_ = {exit_code(too_long ? ExitCode::bad_data : ExitCode::no_input, options_.connection.manners),
                base::format("standard input, line {}: {}", lines_.count() + 1,
                             too_long ? "longer than an MQTT packet can be" : lines_.error().message())};
    return Next::failed;
  }

  const PubOptions& options_;
  net::Lines lines_;
  std::array<base::Bytes, 256> alike_;
};

}  // namespace

std::string place_of_line(std::uint64_t line) {
  return line == 0 ? "the message" : base::format("standard input, line {}", line);
}

std::unique_ptr<Source> make_source(const PubOptions& options, std::string payload, net::Worker& worker,
                                    std::function<void()> more) {
  switch (options.payload.source) {
    case PayloadOptions::Source::lines:
      return std::make_unique<LineSource>(options, worker, std::move(more));
    case PayloadOptions::Source::jsonl:
      return make_json_source(options, worker, std::move(more));
    default:
      return std::make_unique<Repeated>(options, std::move(payload));
  }
}

}  // namespace cmd
