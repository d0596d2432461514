// Where received messages go: one shape for printing, files, programs and counts.
#pragma once

#include <memory>

#include "exit_code.h"
#include "output_options.h"
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
  /// A batch of messages is over; when this returns they may be acknowledged.
  virtual void flush() {}
};

/// Prints each message to `output` as the options say. `complain` hears of payloads that the format cannot show.
using Complain = std::function<void(std::string_view text)>;
base::Result<std::unique_ptr<Sink>, Failure> make_printer(const OutputOptions& options, wire::Version version,
                                                          Manners manners, render::Output& output, Complain complain);

}  // namespace cmd
