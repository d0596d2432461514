// Where `mqtt pub` gets its messages from: one that repeats, lines, or JSON lines.
#pragma once

#include <memory>
#include <string>

#include "exit_code.h"
#include "net/lines.h"
#include "pub_options.h"
#include "wire/packets.h"

namespace cmd {

/// Messages, pulled one at a time.
class Source {
 public:
  virtual ~Source() = default;

  enum class Next : std::uint8_t {
    message,
    wait,  ///< the source calls back when there may be one
    end,
    failed,  ///< `failure` says why
  };
  /// Fills topic (empty: one of the options'), payload, QoS, Retain and properties; the views live until the next call.
  virtual Next next(wire::Publish& publish) = 0;
  /// Payloads of the messages that follow at once and are in all else as the one that `next` gave last, which live as
  /// long as its views; none where that is not known.
  virtual std::span<const base::Bytes> alike() { return {}; }
  /// When the message that `next` gave last is due, counted from the first one; zero: at once.
  virtual session::Duration due() const { return {}; }
  const Failure& failure() const noexcept { return failure_; }
  /// The line of standard input that the message came from which `next` gave last; 0: from none.
  virtual std::uint64_t line() const { return 0; }
  /// What a message is here, in the plural: "lines" or "messages".
  virtual std::string_view unit() const { return "messages"; }

 protected:
  Failure failure_;
};

/// Where a message came from, by its `line`: "standard input, line 7".
std::string place_of_line(std::uint64_t line);

/// `more` is called from the event loop after `wait`.
std::unique_ptr<Source> make_source(const PubOptions& options, std::string payload, net::Worker& worker,
                                    std::function<void()> more);

}  // namespace cmd
