// --lint: what the packets of each connection break together, and of sessions that go on in a later connection.
#pragma once

#include <list>
#include <string>
#include <unordered_map>

#include "capture/handler.h"
#include "session/lint.h"

namespace cmd {

/// What is held is bounded: beyond it sessions of connections that are over are forgotten, the oldest first, then
/// connections, those silent for longest first. What comes of these afterwards is judged as if the capture began there.
class LintBook {
 public:
  static constexpr std::size_t usual_bound = 128U << 20;

  explicit LintBook(std::size_t most_held = usual_bound) : most_held_(most_held) {}

  /// Findings about this packet; valid until the next call.
  const session::Findings& packet(const capture::Where& where, const wire::Frame& frame, const wire::Packet& packet,
                                  wire::Version version);
  const session::Findings& fault(const capture::Where& where, wire::Version version);
  const session::Findings& closed(const capture::Where& where, capture::Closed how);
  void gap(const capture::Where& where);
  /// Of a connection that is followed.
  wire::Version version(std::uint64_t connection) const;

  /// Bytes, nearly.
  std::size_t held() const noexcept { return held_; }
  /// Whether a connection was forgotten to stay within the bound.
  bool forgot() const noexcept { return last_forgotten_ != 0; }

 private:
  struct Followed {
    std::uint64_t connection;
    session::Lint lint;
    std::string session{};  ///< `session_name` of its CONNECT; empty: none, or a client without a name
    wire::Version version;
    std::size_t held = 0;  ///< what of `held_` it is
  };
  using Place = std::list<Followed>::iterator;

  Followed* follow(const capture::Where& where, wire::Version version, bool is_connect);
  void begin(Followed& followed, const capture::Where& where, const wire::Connect& connect);
  void accept(Followed& followed, const capture::Where& where);
  void account(Followed& followed);
  void shrink(const Followed* spared);
  void forget_session(Place place);
  void forget_oldest_connection();
  void leave(const Followed& followed);

  session::LintWills wills_;
  std::size_t most_held_;
  std::size_t held_ = 0;
  std::list<Followed> open_;                                  ///< the one that spoke last, last
  std::list<Followed> closed_;                                ///< whose session may go on; the latest last
  std::unordered_map<std::uint64_t, Place> places_;           ///< in `open_`
  std::unordered_map<std::string, Place> sessions_;           ///< in `closed_`
  std::unordered_map<std::string, std::uint64_t> connected_;  ///< session to the open connection that has it
  std::uint64_t last_forgotten_ = 0;                          ///< the largest number of a connection that was forgotten
  session::Findings findings_;
};

}  // namespace cmd
