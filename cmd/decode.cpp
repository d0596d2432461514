// `mqtt decode`: says what MQTT packets are in bytes, dumps and captures.
#include <algorithm>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <unistd.h>

#include "base/format.h"
#include "capture/bytes_reader.h"
#include "capture/keylog.h"
#include "capture/live.h"
#include "capture/read.h"
#include "commands.h"
#include "decode_report.h"
#include "exit_code.h"
#include "options.h"
#include "session/clause_list.h"
#include "standard_output.h"

namespace cmd {
namespace {

using capture::InputKind;
using capture::Source;

/// How reading ended: nothing where it went well.
using Ended = base::Result<void, Failure>;

base::unexpected<Failure> failed(ExitCode code, std::string text) {
  return base::unexpected<Failure>(Failure{static_cast<int>(code), std::move(text)});
}

/// Whether nobody reads what is written any more, also where nothing is written for now.
bool reader_left(int descriptor) {
  pollfd output{descriptor, 0, 0};
  return ::poll(&output, 1, 0) == 1 && (output.revents & (POLLERR | POLLHUP)) != 0;
}

/// Formats in which captures are kept, by how they begin; no packet of MQTT does so.
struct Packer {
  std::string_view magic;
  std::string_view command;
};
constexpr Packer packers[] = {{"\x1F\x8B", "gzip -dc"},
                              {"\x28\xB5\x2F\xFD", "zstd -dc"},
                              {"\xFD"
                               "7zX",
                               "xz -dc"},
                              {"BZh", "bzip2 -dc"},
                              {"PK\x03\x04", "unzip -p"}};

const Packer* packed(base::Bytes start) noexcept {
  for (const Packer& one : packers) {
    if (base::as_text(start).starts_with(one.magic)) return &one;
  }
  return nullptr;
}

volatile std::sig_atomic_t interrupted = 0;

/// The first Ctrl-C ends reading, so that what was asked for is still printed; the second one ends the program.
void end_reading_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);  // and not SA_RESTART: a read that waits gives up
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// Reads one input to its end.
class Decoding {
 public:
  Decoding(const DecodeOptions& options, render::Output& output, DecodeReport& report)
      : options_(options), output_(output), report_(report) {}

  Ended run() {
    if (!options_.words.empty()) return read_words();
    if (!options_.interface.empty()) return listen();
    if (!options_.file && ::isatty(STDIN_FILENO) == 1) {
      base::print(stderr, "{}: paste bytes in any form, then Ctrl-D on a line of its own\n", options_.program);
    }
    auto source = Source::open(options_.file.value_or("-"));
    if (!source) return failed(ExitCode::no_input, source.error().message);
    source->on_wait = [this] { return pause(); };
    return read_source(*source);
  }

 private:
  Ended read_words() {
    if (options_.keylog) return failed(ExitCode::usage, "--keylog is for captures, and the input is none");
    std::string text;
    for (const std::string& word : options_.words) text += (text.empty() ? "" : " ") + word;
    return read_text(text);
  }

  Ended read_source(Source& source) {
    constexpr std::size_t magic = 4;
    constexpr std::size_t enough = 4096;
    const base::Bytes start = source.peek(magic);  // more, where more is there
    if (start.empty() && !source.error().empty()) return failed(ExitCode::no_input, source.error());
    if (start.empty()) return failed(ExitCode::bad_data, "the input is empty");
    InputKind kind = options_.input;
    if (kind == InputKind::automatic) {
      if (const Packer* packer = packed(start)) {
        return failed(ExitCode::bad_data,
                      base::format("the input is packed; unpack it first: {} | {}", packer->command, options_.program));
      }
      kind = capture::recognise(start.first(std::min(start.size(), enough)));
    }
    if (kind == InputKind::pcap) return read_pcap(source);
    if (options_.keylog) return failed(ExitCode::usage, "--keylog is for captures, and the input is none");
    if (kind == InputKind::raw) return read_raw(source);
    const base::Bytes text = source.peek(capture::largest_text + 1);
    if (text.size() > capture::largest_text) {
      return failed(ExitCode::bad_data,
                    base::format("a text of more than {} MiB is no dump that can be read; --input says what it is",
                                 capture::largest_text >> 20));
    }
    if (!source.error().empty()) return failed(ExitCode::no_input, source.error());
    return read_text(base::as_text(text));
  }

  base::Result<capture::Options, Failure> capture_options(std::optional<capture::Keylog>& keylog) const {
    capture::Options options{options_.version};
    if (!options_.keylog) return options;
    auto opened = capture::Keylog::open(*options_.keylog);
    if (!opened) return failed(ExitCode::no_input, opened.error().message);
    options.keylog = &keylog.emplace(*std::move(opened));
    return options;
  }

  /// Shows what has come, and says whether to go on.
  bool pause() {
    const bool go_on = output_.flush() && interrupted == 0 && !reader_left(output_.descriptor());
    if (!go_on) report_.mute();
    return go_on;
  }

  Ended listen() {
    std::optional<capture::Keylog> keylog;
    const auto options = capture_options(keylog);
    if (!options) return base::unexpected(options.error());
    if (::isatty(STDERR_FILENO) == 1) {
      base::print(stderr, "{}: listening on {}, until Ctrl-C\n", options_.program, options_.interface);
    }
    const auto summary =
        capture::read_interface({options_.interface, options_.filter}, *options, report_, [this] { return pause(); });
    return summary ? Ended() : cannot_listen(summary.error());
  }

  Ended cannot_listen(const capture::LiveError& error) const {
    using Kind = capture::LiveError::Kind;
    if (error.kind == Kind::filter) return failed(ExitCode::usage, error.message);
    if (error.kind != Kind::no_permission) return failed(ExitCode::no_input, error.message);
    return failed(ExitCode::no_input,
                  base::format("{}; it takes root or CAP_NET_RAW, or: sudo tcpdump -i {} -U -w - tcp | {}",
                               error.message, options_.interface, options_.program));
  }

  Ended read_pcap(Source& source) {
    std::optional<capture::Keylog> keylog;
    const auto options = capture_options(keylog);
    if (!options) return base::unexpected(options.error());
    const auto summary = capture::read_capture(source, *options, report_);
    if (!summary) return failed(ExitCode::bad_data, summary.error().message);
    if (report_.saw_any()) return {};
    std::string why = "no MQTT packet was found";
    if (summary->encrypted != 0) {
      why += summary->encrypted == 1 ? "; one connection is encrypted"
                                     : base::format("; {} connections are encrypted", summary->encrypted);
      why += options_.keylog ? ": " + summary->why_encrypted : ", which --keylog can read";
    } else if (summary->records == 0) {
      why += "; the capture has no frames";
    } else if (summary->segments == 0) {
      why += base::format("; there are {} frames in the capture, none of TCP", summary->records);
    }
    return failed(ExitCode::bad_data, why);
  }

  Ended read_raw(Source& source) {
    capture::BytesReader reader(report_, {options_.version});
    for (base::Bytes bytes = source.peek(1); !bytes.empty(); bytes = source.peek(1)) {
      reader.feed(bytes);
      source.consume(bytes.size());
    }
    reader.finish();
    if (!source.error().empty()) return failed(ExitCode::no_input, source.error());
    return {};
  }

  Ended read_text(std::string_view text) {
    const auto chosen = options_.input == InputKind::hex      ? capture::choose_hex(text)
                        : options_.input == InputKind::base64 ? capture::choose_base64(text)
                                                              : capture::choose(text);
    if (!chosen)
      return failed(ExitCode::bad_data, "there are no bytes in this text: neither hexadecimal in any form nor Base64");
    if (!chosen->also.empty()) {
      report_.on_note({}, capture::Note::reading,
                      base::format("read as {}; it would also be MQTT as {}", chosen->dress, chosen->also));
    } else if (!chosen->fit.whole) {
      report_.on_note({}, capture::Note::reading, base::format("read as {}", chosen->dress));
    }
    capture::BytesReader reader(report_, {options_.version});
    reader.feed(chosen->bytes);
    reader.finish();
    return {};
  }

  const DecodeOptions& options_;
  render::Output& output_;
  DecodeReport& report_;
};

int complain(const DecodeOptions& options, const Failure& failure) {
  base::print(stderr, "{}: {}\n", options.program, failure.text);
  return failure.exit_code;
}

/// The code for what was found, once everything is written.
int verdict(const DecodeOptions& options, render::Output& output, DecodeReport& report, const Ended& ended) {
  report.finish();
  output.flush();
  if (const auto unwritten = failure_of(output)) return complain(options, *unwritten);
  if (report.sink() != nullptr && report.sink()->failure()) return complain(options, *report.sink()->failure());
  if (output.reader_gone()) return 0;
  if (!ended && interrupted == 0) return complain(options, ended.error());
  return report.violations() == 0 ? 0 : static_cast<int>(ExitCode::check_failed);
}

}  // namespace

int run_decode(int argc, char** argv) {
  const auto options = parse_decode(argc, argv);
  if (!options) return finish(options.error());
  if (options->list_clauses) {
    base::Buffer list;
    session::append_clause_list(list);
    return finish({0, std::string(list.text()), {}});
  }
  end_reading_on_signals();
  render::Output output(STDOUT_FILENO);
  DecodeReport report(*options, output);
  if (options->extract) {
    auto sink = make_directory_sink(*options->extract, Manners::ours);
    if (!sink) return complain(*options, sink.error());
    report.extract_to(std::move(*sink));
  }
  const auto ended = Decoding(*options, output, report).run();
  return verdict(*options, output, report, ended);
}

}  // namespace cmd
