// Takes what a reader finds, decodes it once, and hands it to all that was asked for.
#pragma once

#include <memory>

#include "capture/connection_table.h"
#include "decode_lint.h"
#include "decode_printer.h"
#include "decode_selection.h"
#include "sink.h"

namespace cmd {

class DecodeReport final : public capture::Handler {
 public:
  DecodeReport(const DecodeOptions& options, render::Output& output);

  void on_packet(const capture::Where& where, const wire::Frame& frame, wire::Version version,
                 bool version_known) override;
  void on_fault(const capture::Where& where, base::Bytes bytes, wire::Version version,
                const wire::Fault& fault) override;
  void on_violation(const capture::Where& where, wire::Clause clause) override;
  void on_note(const capture::Where& where, capture::Note note, std::string_view text) override;
  void on_closed(const capture::Where& where, capture::Closed how) override;

  /// Where payloads go; without one they go nowhere.
  void extract_to(std::unique_ptr<Sink> sink) { sink_ = std::move(sink); }
  Sink* sink() noexcept { return sink_.get(); }
  /// Appends the tables of --stats.
  void finish();

  /// Reading was broken off: what the readers say about that is no news.
  void mute() noexcept { muted_ = true; }

  /// Whether there was anything of MQTT, wanted or not.
  bool saw_any() const noexcept { return saw_any_; }
  std::uint64_t violations() const noexcept { return violations_; }

 private:
  void tell_limit(const capture::Where& where);
  /// Those of lint that are violations.
  void count(const session::Findings& findings) noexcept;
  void fault(const capture::Where& where, base::Bytes bytes, wire::Version version, bool version_known,
             const wire::Fault& fault);

  const DecodeOptions& options_;
  render::Output& output_;
  DecodePrinter printer_;
  Selection selection_;
  TopicAliases aliases_;
  capture::ConnectionTable table_;
  LintBook lint_;
  std::unique_ptr<Sink> sink_;
  bool prints_all_;  ///< packets that break no rule, too
  bool muted_ = false;
  bool told_limit_ = false;
  bool saw_any_ = false;
  std::uint64_t packets_ = 0;
  std::uint64_t wanted_ = 0;  ///< of them, those that were asked for
  std::uint64_t violations_ = 0;
};

}  // namespace cmd
