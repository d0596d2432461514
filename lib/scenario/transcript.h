// What went over the connections of one case, with times: shown where the case failed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "session/time.h"
#include "wire/version.h"

namespace scenario {

class Transcript {
 public:
  enum class Kind : std::uint8_t { sent, received, note };
  struct Entry {
    session::Time at;
    std::string_view role;  ///< which connection: a literal
    Kind kind;
    std::vector<std::uint8_t> packet;  ///< sent or received
    std::string text;                  ///< of a note
  };

  /// What is beyond these is counted only: a thousand clients say much the same.
  static constexpr std::size_t most_entries = 200;

  void add(session::Time at, std::string_view role, Kind kind, base::Bytes packet) {
    if (!full()) entries_.push_back({at, role, kind, {packet.begin(), packet.end()}, {}});
  }
  void note(session::Time at, std::string_view role, std::string text) {
    if (!full()) entries_.push_back({at, role, Kind::note, {}, std::move(text)});
  }

  const std::vector<Entry>& entries() const noexcept { return entries_; }
  std::size_t left_out() const noexcept { return left_out_; }

 private:
  bool full() noexcept {
    if (entries_.size() < most_entries) return false;
    ++left_out_;
    return true;
  }

  std::vector<Entry> entries_;
  std::size_t left_out_ = 0;
};

}  // namespace scenario
