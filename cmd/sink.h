// Where received messages go: one shape for printing, files, programs and counts.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "exit_code.h"
#include "net/worker.h"
#include "render/moment.h"
#include "render/output.h"
#include "sub_options.h"
#include "wire/packets.h"

namespace cmd {

class Sink {
 public:
  virtual ~Sink() = default;
  /// The views in `publish` live until the call returns.
  virtual void take(const wire::Publish& publish, render::Moment received) = 0;
  /// A batch of messages is over.
  virtual void flush() {}
  /// How many of the messages taken, the last ones, are not dealt with after `flush`: not to be acknowledged yet.
  virtual std::size_t pending() const { return 0; }
  /// What the command ends with when all else went well: not 0 where something was done but failed.
  virtual int exit_code() const { return 0; }

  /// From here on nothing is dealt with.
  const std::optional<Failure>& failure() const noexcept { return failure_; }
  /// The reader of standard output went away: the same, but an orderly end.
  virtual bool reader_gone() const { return false; }

 protected:
  std::optional<Failure> failure_;
};

/// What a sink needs from its command.
struct SinkContext {
  Manners manners;
  wire::Version version;
  render::Output& output;  ///< standard output
  net::Worker& worker;
  std::function<void(std::string_view text)> complain;  ///< a line on stderr
  std::function<void()> progressed;                     ///< from the event loop: `pending`, or `failure`, has changed
};

using MadeSink = base::Result<std::unique_ptr<Sink>, Failure>;

/// The one that the options ask for.
MadeSink make_sink(const SubOptions& options, const SinkContext& context);

/// Prints each message to the output as the options say.
MadeSink make_printer(const OutputOptions& options, const SinkContext& context);
/// -v for people: topics coloured and, on a terminal, in a column.
std::unique_ptr<Sink> make_column_printer(bool colored, const SinkContext& context);
/// Keeps one line of the terminal for each topic.
MadeSink make_watcher(const OutputOptions& options, const SinkContext& context);
/// Prints how many messages came, once a second.
std::unique_ptr<Sink> make_rate_counter(const SinkContext& context);
/// Writes each payload to a file of its own in `directory`, which is made if need be.
MadeSink make_directory_sink(const std::string& directory, Manners manners);
/// Runs a program for each message, one after the other.
std::unique_ptr<Sink> make_exec_sink(const std::vector<std::string>& words, const SinkContext& context);

/// Whether to colour what goes to `output`. NO_COLOR and a dumb terminal speak against it.
bool wants_color(When when, const render::Output& output);

}  // namespace cmd
