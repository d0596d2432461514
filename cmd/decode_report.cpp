// Takes what a reader finds, decodes it once, and hands it to all that was asked for.
#include "decode_report.h"

#include <utility>

#include "base/format.h"
#include "capture/packets_in.h"
#include "decode_stats.h"

namespace cmd {

DecodeReport::DecodeReport(const DecodeOptions& options, render::Output& output)
    : options_(options),
      output_(output),
      printer_(options, output),
      selection_(options),
      prints_all_(shows_all(options)) {}

void DecodeReport::count(const session::Findings& findings) noexcept {
  for (const session::Finding& finding : findings) {
    violations_ += finding.level == session::Finding::Level::violation ? 1U : 0U;
  }
}

void DecodeReport::on_packet(const capture::Where& place, const wire::Frame& frame, wire::Version version,
                             bool version_known) {
  saw_any_ = true;
  if (output_.reader_gone()) return;
  capture::Where where = place;
  const auto packet = where.sender_known ? wire::decode(frame, {version, where.sender})
                                         : capture::decode_from_anybody(frame, version, where.sender);
  if (!packet) return fault(where, frame.packet, version, version_known, packet.error());
  static const session::Findings none;
  const session::Findings& findings = options_.lint ? lint_.packet(where, frame, *packet, version) : none;
  tell_limit(where);
  // All connections of a client are to be known, whatever types were asked for.
  const bool wanted = selection_.wants(where, *packet, aliases_);
  ++packets_;
  if (!selection_.wants(where, frame.type()) || !wanted) return;
  ++wanted_;
  count(findings);
  const auto broken = wire::find_tolerated(*packet, frame);
  const auto* publish = std::get_if<wire::Publish>(&*packet);
  if (publish != nullptr && (options_.stats || sink_ != nullptr)) {
    wire::Publish message = *publish;
    message.topic = aliases_.topic_of(where, *publish);
    if (sink_ != nullptr) sink_->take(message, {where.time_ns});
    if (options_.stats) table_.add(where, frame, *packet, version, version_known, message.topic);
  } else if (options_.stats) {
    table_.add(where, frame, *packet, version, version_known, {});
  }
  if (broken) {
    ++violations_;
    if (options_.stats) table_.add_violation(where, version);
    if (!prints_all_ && !options_.lint) return;
    const auto* connect = std::get_if<wire::Connect>(&*packet);
    if (connect != nullptr) version = connect->version;
    printer_.violation(where, frame.packet, version, version_known, *broken, findings, &*packet);
  } else if (prints_all_ || !findings.empty()) {
    printer_.packet(where, frame, *packet, version, version_known, findings);
  }
}

void DecodeReport::tell_limit(const capture::Where& where) {
  if (!lint_.forgot() || std::exchange(told_limit_, true)) return;
  printer_.note(where, capture::Note::limit,
                base::format("--lint keeps {} MiB of all connections: those silent for longest are judged as if the "
                             "capture began later",
                             LintBook::usual_bound >> 20));
}

void DecodeReport::on_fault(const capture::Where& where, base::Bytes bytes, wire::Version version,
                            const wire::Fault& found) {
  saw_any_ = true;
  fault(where, bytes, version, !where.version_guessed, found);
}

void DecodeReport::on_violation(const capture::Where& where, wire::Clause clause) {
  saw_any_ = true;
  if (output_.reader_gone() || !selection_.wants_connection(where.connection)) return;
  ++violations_;
  if (options_.stats) table_.add_violation(where, wire::Version::v3_1_1);
  const session::Finding finding{clause, session::Finding::Level::violation, where.sender, 0, {}};
  // The versions that speak of WebSocket give these rules the same identifiers.
  if (prints_all_ || options_.lint) printer_.finding(where, wire::Version::v5_0, finding);
}

void DecodeReport::fault(const capture::Where& where, base::Bytes bytes, wire::Version version, bool version_known,
                         const wire::Fault& found) {
  if (output_.reader_gone()) return;
  static const session::Findings none;
  const session::Findings& findings = options_.lint ? lint_.fault(where, version) : none;
  const auto type = static_cast<wire::PacketType>(bytes.empty() ? 0 : bytes[0] >> 4);
  // What cannot be read has no topic.
  ++packets_;
  if (!selection_.wants(where, type) || !selection_.wants_connection(where.connection) || options_.topic) return;
  ++wanted_;
  ++violations_;
  count(findings);
  if (type == wire::PacketType::connect) {  // which says its version itself, if that is there
    render::Anatomy anatomy;
    anatomy.dissect(bytes, {version, where.sender});
    version = anatomy.version();
    constexpr std::size_t flags_at = 9;
    version_known = version_known || bytes.size() >= flags_at;
  }
  if (options_.stats) table_.add_violation(where, version);
  if (prints_all_ || options_.lint) printer_.violation(where, bytes, version, version_known, found, findings);
}

void DecodeReport::on_note(const capture::Where& where, capture::Note note, std::string_view text) {
  if (options_.lint && note == capture::Note::gap) lint_.gap(where);
  if (muted_ || (where.connection != 0 && !selection_.wants_connection(where.connection))) return;
  printer_.note(where, note, text);
}

void DecodeReport::on_closed(const capture::Where& where, capture::Closed how) {
  if (options_.stats) table_.close(where, how);
  const bool wanted = selection_.wants_connection(where.connection) && !output_.reader_gone();
  if (wanted && prints_all_) printer_.closed(where, how);
  if (options_.lint) {
    const wire::Version version = lint_.version(where.connection);
    const session::Findings& findings = lint_.closed(where, how);
    if (wanted) {
      count(findings);
      for (const session::Finding& finding : findings) printer_.finding(where, version, finding);
    }
  }
  selection_.forget(where.connection);
  aliases_.forget(where.connection);
}

void DecodeReport::finish() {
  if (packets_ != 0 && wanted_ == 0 && !muted_) {
    base::print(stderr, "{}: {}\n", options_.program,
                packets_ == 1 ? std::string("the packet that was read is not one that was asked for")
                              : base::format("none of the {} packets is one that was asked for", packets_));
  }
  if (!options_.stats) return;
  if (prints_all_ && saw_any_) output_.buffer().push('\n');
  append_stats(output_.buffer(), table_);
}

}  // namespace cmd
