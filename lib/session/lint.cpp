// Tries the table on each packet and on the end.
#include "session/lint.h"

#include "session/lint_rules.h"

namespace session {
namespace {

using lint::Look;
using lint::Row;
using wire::Sender;

std::vector<Row> all_rows() {
  std::vector<Row> all;
  for (const auto part : {lint::connect_rows(), lint::publish_rows(), lint::subscribe_rows(), lint::delivery_rows(),
                          lint::size_rows(), lint::end_rows()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

/// A row and its place in the whole table.
struct Placed {
  Row row;
  std::size_t place;
};

constexpr std::size_t events = 16;

/// The rows by packet type (0: the end) and sender.
struct Table {
  std::vector<Row> all = all_rows();
  std::array<std::array<std::vector<Placed>, 2>, events> by_event;

  Table() {
    for (std::size_t place = 0; place < all.size(); ++place) {
      for (std::size_t type = 0; type < events; ++type) {
        if ((all[place].types >> type & 1U) == 0) continue;
        if ((all[place].senders & lint::by_client) != 0) by_event[type][0].push_back({all[place], place});
        if ((all[place].senders & lint::by_server) != 0) by_event[type][1].push_back({all[place], place});
      }
    }
  }
};

const Table& table() {
  static const Table built;
  return built;
}

std::uint8_t bit_of(wire::Version version) {
  return static_cast<std::uint8_t>(1U << (static_cast<unsigned>(version) - 3U));
}

}  // namespace

Lint::Lint(bool from_beginning, wire::Version version, LintWills* wills) {
  state_.wills = wills;
  state_.whole = from_beginning;
  state_.version = version;
}

void Lint::try_row(const Row& row, std::size_t place, const Look& look, Findings& findings) {
  if ((row.versions & bit_of(state_.version)) == 0 || (row.often == lint::Often::once && named_[place])) return;
  lint::Answer broken = row.check(look);
  if (!broken) return;
  named_.set(place);
  const Sender by = broken->by.value_or(look.sender);
  // What was left out of a packet stands nowhere in it.
  const bool within = look.frame != nullptr && broken->offset < look.frame->packet.size();
  findings.push_back({row.clause, row.level, by, within ? broken->offset : 0, std::move(broken->detail)});
}

void Lint::judge(const Look& look, Findings& findings) {
  const std::size_t event = look.packet == nullptr ? 0 : static_cast<std::size_t>(look.type());
  for (const Placed& placed : table().by_event[event][static_cast<std::size_t>(look.sender)]) {
    try_row(placed.row, placed.place, look, findings);
    if (!findings.empty() && findings.back().clause == wire::Clause::wrong_direction) return;
  }
}

void Lint::handle(Sender sender, std::int64_t time_ns, const wire::Packet& packet, const wire::Frame& frame,
                  Findings& findings) {
  if (const auto* connect = std::get_if<wire::Connect>(&packet); connect != nullptr && !state_.connected) {
    state_.version = connect->version;
  }
  const Look look = lint::look_at(state_, sender, time_ns, packet, frame);
  const std::size_t before = findings.size();
  judge(look, findings);
  const bool misdirected = findings.size() != before && findings[before].clause == wire::Clause::wrong_direction;
  if (!misdirected) return lint::apply(state_, sender, time_ns, packet, look.verdict);
  // What the wrong side says means nothing.
  state_.side(sender).spoke = true;
  state_.side(sender).last = time_ns;
}

void Lint::handle_fault(Sender sender, std::int64_t time_ns, Findings& findings) {
  const Look look{.state = state_, .sender = sender, .now = time_ns, .packet = nullptr, .frame = nullptr};
  for (const Row& row : lint::end_rows()) {
    const bool at_any_time = row.types == (lint::any_packet | lint::at_end);
    const auto place = static_cast<std::size_t>(&row - lint::end_rows().data());
    const bool of_sender = (row.senders & (sender == Sender::client ? lint::by_client : lint::by_server)) != 0;
    const std::size_t first = table().all.size() - lint::end_rows().size();
    if (at_any_time && of_sender) try_row(row, first + place, look, findings);
  }
  state_.side(sender).spoke = true;
  state_.side(sender).last = time_ns;
  lint::forget(state_);
  const Sender receiver = sender == Sender::client ? Sender::server : Sender::client;
  lint::expect_close(state_, wire::Clause::violation_not_closed, receiver, time_ns);
}

void Lint::handle_takeover(std::int64_t time_ns) {
  lint::expect_close(state_, wire::Clause::existing_client_not_disconnected, Sender::server, time_ns);
}

void Lint::handle_gap() {
  lint::forget(state_);
  if (state_.wills != nullptr) state_.wills->lose_sight();
}

void Lint::handle_closed(LintEnding ending, std::int64_t time_ns, Findings& findings) {
  Look look{.state = state_, .sender = Sender::client, .now = time_ns, .packet = nullptr, .frame = nullptr};
  look.ending = ending;
  judge(look, findings);
  for (const Placed& placed : table().by_event[0][1]) {
    if ((placed.row.senders & lint::by_client) == 0) try_row(placed.row, placed.place, look, findings);
  }
  state_.client.last = time_ns;
  lint::release_will(state_);
}

void Lint::resume(Lint&& earlier) {
  const lint::State& old = earlier.state_;
  if (!old.whole || !old.connected || !old.accepted || !state_.whole || state_.connected) return;
  if (!old.past && !old.new_session()) return;
  lint::Past& past = state_.past.emplace();
  past.closed = old.client.last;
  const bool v5 = old.version == wire::Version::v5_0;
  past.ended = v5 ? old.connected->session_expiry_interval == 0 : old.connected->clean_start;
  past.session_expiry_interval = v5 ? old.connected->session_expiry_interval : 0xFFFF'FFFF;
  state_.subscriptions = std::move(earlier.state_.subscriptions);
  state_.client.out = std::move(earlier.state_.client.out);
  state_.server.out = std::move(earlier.state_.server.out);
  state_.client.out.inherit();
  state_.server.out.inherit();
}

std::vector<LintRule> Lint::rules() {
  std::vector<LintRule> rules;
  for (const Row& row : table().all) {
    const bool client = (row.senders & lint::by_client) != 0;
    const bool server = (row.senders & lint::by_server) != 0;
    rules.push_back({row.clause, row.types, client, server, row.versions, row.level, row.often == lint::Often::once});
  }
  return rules;
}

}  // namespace session
