// What the sinks that write to standard output share.
#pragma once

#include "sink.h"

namespace cmd {

class OutputSink : public Sink {
 public:
  explicit OutputSink(const SinkContext& context) : output_(context.output), manners_(context.manners) {}

  void flush() override {
    if (!output_.flush()) note_failure();
  }
  bool reader_gone() const override { return output_.reader_gone(); }

 protected:
  /// Call behind each message.
  void end_record() {
    if (!output_.end_record()) note_failure();
  }

  render::Output& output_;

 private:
  void note_failure() {
    if (failure_ || output_.reader_gone()) return;
    failure_ = explain_file(ExitCode::io_error, "standard output", output_.error().value(), manners_);
  }

  Manners manners_;
};

}  // namespace cmd
