// --lint: what the packets of each connection break together, and of sessions that go on in a later connection.
#include "decode_lint.h"

#include <algorithm>
#include <utility>

namespace cmd {
namespace {

/// What lists and maps need beside the connection itself.
constexpr std::size_t overhead = 256;

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

/// Two brokers may know clients of the same identifier.
std::string session_name(const capture::Address& broker, std::string_view client_identifier) {
  if (client_identifier.empty()) return {};
  std::string name(base::as_text(broker.bytes));
  name += static_cast<char>(broker.port >> 8);
  name += static_cast<char>(broker.port & 0xFF);
  name += client_identifier;
  return name;
}

}  // namespace

/// Bytes without a network around them are no connection: nobody knows who sent them.
LintBook::Followed* LintBook::follow(const capture::Where& where, wire::Version version, bool is_connect) {
  findings_.clear();
  if (where.connection == 0) return nullptr;
  const auto found = places_.find(where.connection);
  if (found != places_.end()) {
    open_.splice(open_.end(), open_, found->second);
    return &open_.back();
  }
  const bool first = where.from_start && where.offset == 0 && where.connection > last_forgotten_;
  open_.push_back({.connection = where.connection,
                   .lint = session::Lint(is_connect || first, version, &wills_),
                   .version = version});
  places_[where.connection] = std::prev(open_.end());
  return &open_.back();
}

void LintBook::begin(Followed& followed, const capture::Where& where, const wire::Connect& connect) {
  followed.session = session_name(where.to, connect.client_identifier);
  const auto earlier = sessions_.find(followed.session);
  if (earlier == sessions_.end()) return;
  followed.lint.resume(std::move(earlier->second->lint));
  forget_session(earlier->second);
}

/// The server has let the client in: an older connection of it must end.
void LintBook::accept(Followed& followed, const capture::Where& where) {
  if (followed.session.empty()) return;
  const auto [place, is_first] = connected_.try_emplace(followed.session, followed.connection);
  if (is_first || place->second == followed.connection) return;
  const auto older = places_.find(std::exchange(place->second, followed.connection));
  if (older != places_.end()) older->second->lint.handle_takeover(time_of(where));
}

void LintBook::account(Followed& followed) {
  const std::size_t held = followed.lint.held() + 2 * followed.session.size() + overhead;
  held_ += held - followed.held;
  followed.held = held;
  if (held_ > most_held_) shrink(&followed);
}

void LintBook::shrink(const Followed* spared) {
  while (held_ > most_held_ && !closed_.empty()) forget_session(closed_.begin());
  while (held_ > most_held_ && !open_.empty() && &open_.front() != spared) forget_oldest_connection();
}

void LintBook::forget_session(Place place) {
  held_ -= place->held;
  sessions_.erase(place->session);
  closed_.erase(place);
}

void LintBook::forget_oldest_connection() {
  const Followed& oldest = open_.front();
  last_forgotten_ = std::max(last_forgotten_, oldest.connection);
  held_ -= oldest.held;
  leave(oldest);
  open_.pop_front();
}

/// It is no longer one of those that are open.
void LintBook::leave(const Followed& followed) {
  places_.erase(followed.connection);
  const auto place = connected_.find(followed.session);
  if (place != connected_.end() && place->second == followed.connection) connected_.erase(place);
}

const session::Findings& LintBook::packet(const capture::Where& where, const wire::Frame& frame,
                                          const wire::Packet& packet, wire::Version version) {
  const auto* connect = std::get_if<wire::Connect>(&packet);
  const std::size_t known = places_.size();
  Followed* const followed = follow(where, version, connect != nullptr);
  if (followed == nullptr) return findings_;
  const bool is_new = places_.size() != known;
  if (is_new && connect != nullptr) begin(*followed, where, *connect);
  const auto* connack = std::get_if<wire::Connack>(&packet);
  if (connack != nullptr && connack->reason_code == wire::ReasonCode::success) accept(*followed, where);
  followed->version = version;
  followed->lint.handle(where.sender, time_of(where), packet, frame, findings_);
  account(*followed);
  return findings_;
}

const session::Findings& LintBook::fault(const capture::Where& where, wire::Version version) {
  if (Followed* const followed = follow(where, version, false)) {
    followed->lint.handle_fault(where.sender, time_of(where), findings_);
    account(*followed);
  }
  return findings_;
}

const session::Findings& LintBook::closed(const capture::Where& where, capture::Closed how) {
  findings_.clear();
  const auto found = places_.find(where.connection);
  if (found == places_.end()) return findings_;
  const Place place = found->second;
  place->lint.handle_closed(ending(how), time_of(where), findings_);
  leave(*place);
  if (place->session.empty()) {
    held_ -= place->held;
    open_.erase(place);
    return findings_;
  }
  const auto older = sessions_.find(place->session);
  if (older != sessions_.end()) forget_session(older->second);
  closed_.splice(closed_.end(), open_, place);
  sessions_[place->session] = place;
  account(*place);
  return findings_;
}

wire::Version LintBook::version(std::uint64_t connection) const {
  const auto found = places_.find(connection);
  return found == places_.end() ? wire::Version::v3_1_1 : found->second->version;
}

/// Where nothing was seen before the loss, the beginning is what is missing.
void LintBook::gap(const capture::Where& where) {
  if (Followed* const followed = follow(where, wire::Version::v3_1_1, false)) {
    followed->lint.handle_gap();
    account(*followed);
  }
}

}  // namespace cmd
