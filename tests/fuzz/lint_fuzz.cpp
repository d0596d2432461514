// Any packets of both sides in any order, with gaps and faults between them: lint survives, and its memory is bounded.
#include <array>
#include <cstdlib>

#include "session/lint.h"

namespace {

using wire::Sender;

/// One connection that is fed from the fuzzer's bytes: a control byte, then a packet.
class Feeder {
 public:
  explicit Feeder(std::uint8_t control)
      : version_(static_cast<wire::Version>(3 + control % 3)), lint_((control & 0x80) != 0, version_) {}

  /// What is left of `input`.
  base::Bytes step(base::Bytes input) {
    const std::uint8_t control = input[0];
    input = input.subspan(1);
    time_ += (control & 0x0E) * std::int64_t{1'000'000'000};
    const Sender sender = (control & 1) == 0 ? Sender::client : Sender::server;
    findings_.clear();
    if ((control & 0xF0) == 0xF0) lint_.handle_gap();
    const wire::Split split = wire::split(input, version_, 4096);
    if (split.kind != wire::Split::Kind::frame) return {};
    const auto packet = wire::decode(split.frame, {version_, sender});
    if (packet) {
      if (const auto* connect = std::get_if<wire::Connect>(&*packet)) version_ = connect->version;
      lint_.handle(sender, time_, *packet, split.frame, findings_);
    } else {
      lint_.handle_fault(sender, time_, findings_);
    }
    for (const session::Finding& finding : findings_) {
      if (finding.offset >= split.frame.packet.size()) std::abort();
    }
    return input.subspan(split.frame.packet.size());
  }

  /// The connection ends and the client comes again.
  void resume() {
    lint_.handle_closed(session::LintEnding::closed, time_, findings_);
    session::Lint next(true, version_);
    next.resume(std::move(lint_));
    lint_ = std::move(next);
  }

 private:
  wire::Version version_;
  session::Lint lint_;
  std::int64_t time_ = 0;
  session::Findings findings_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  base::Bytes input(data, size);
  Feeder feeder(input[0]);
  input = input.subspan(1);
  while (!input.empty()) {
    if (input[0] == 0xEE) {
      feeder.resume();
      input = input.subspan(1);
    } else {
      input = feeder.step(input);
    }
  }
  return 0;
}
