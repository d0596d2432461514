// --lint: what the packets of each connection break together, and of sessions that go on in a later connection.
#include "decode_lint.h"

#include <algorithm>

namespace cmd {
namespace {

std::int64_t time_of(const capture::Where& where) noexcept {
  return where.has_time ? where.time_ns : session::Lint::no_time;
}

session::LintEnding ending(capture::Closed how) noexcept {
  switch (how) {
    case capture::Closed::fin:
      return session::LintEnding::closed;
    case capture::Closed::reset:
      return session::LintEnding::reset;
    case capture::Closed::open:
      return session::LintEnding::open;
    case capture::Closed::reused:
    case capture::Closed::evicted:
      break;
  }
  return session::LintEnding::unknown;
}

}  // namespace

/// Bytes without a network around them are no connection: nobody knows who sent them.
LintBook::Followed* LintBook::follow(const capture::Where& where, wire::Version version, bool from_beginning) {
  findings_.clear();
  if (where.connection == 0) return nullptr;
  const auto found = connections_.find(where.connection);
  if (found != connections_.end()) return &found->second;
  if (connections_.size() >= most_connections) return nullptr;
  Followed followed{session::Lint(from_beginning, version), {}, version};
  return &connections_.emplace(where.connection, std::move(followed)).first->second;
}

void LintBook::resume(Followed& followed, const wire::Connect& connect) {
  followed.client_identifier = connect.client_identifier;
  const auto earlier = std::find_if(sessions_.begin(), sessions_.end(), [&connect](const Session& session) {
    return session.client_identifier == connect.client_identifier;
  });
  if (earlier == sessions_.end()) return;
  followed.lint.resume(std::move(earlier->lint));
  sessions_.erase(earlier);
}

const session::Findings& LintBook::packet(const capture::Where& where, const wire::Frame& frame,
                                          const wire::Packet& packet, wire::Version version) {
  const auto* connect = std::get_if<wire::Connect>(&packet);
  const std::size_t known = connections_.size();
  Followed* const followed = follow(where, version, connect != nullptr);
  if (followed == nullptr) return findings_;
  const bool is_new = connections_.size() != known;
  if (is_new && connect != nullptr && !connect->client_identifier.empty()) resume(*followed, *connect);
  followed->version = version;
  followed->lint.handle(where.sender, time_of(where), packet, frame, findings_);
  return findings_;
}

const session::Findings& LintBook::fault(const capture::Where& where, wire::Version version, const wire::Fault& fault) {
  if (Followed* const followed = follow(where, version, false)) {
    followed->lint.handle_fault(where.sender, time_of(where), fault, findings_);
  }
  return findings_;
}

const session::Findings& LintBook::closed(const capture::Where& where, capture::Closed how) {
  findings_.clear();
  const auto found = connections_.find(where.connection);
  if (found == connections_.end()) return findings_;
  Followed& followed = found->second;
  followed.lint.handle_closed(ending(how), time_of(where), findings_);
  if (!followed.client_identifier.empty()) {
    if (sessions_.size() == most_sessions) sessions_.pop_front();
    sessions_.push_back({std::move(followed.client_identifier), std::move(followed.lint)});
  }
  connections_.erase(found);
  return findings_;
}

wire::Version LintBook::version(std::uint64_t connection) const {
  const auto found = connections_.find(connection);
  return found == connections_.end() ? wire::Version::v3_1_1 : found->second.version;
}

void LintBook::gap(const capture::Where& where) {
  const auto found = connections_.find(where.connection);
  if (found != connections_.end()) found->second.lint.handle_gap();
}

}  // namespace cmd
