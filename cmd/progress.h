// How far a long input has come, on a line of the terminal that is written over.
#pragma once

#include <cstdint>
#include <string_view>

#include "session/time.h"

namespace cmd {

class Progress {
 public:
  /// Shows nothing where stderr is no terminal.
  Progress(bool wanted, std::string_view unit);
  void show(std::uint64_t sent, std::uint64_t acknowledged, std::uint8_t qos);
  /// Leaves the line behind, with the last figures.
  void finish(std::uint64_t sent, std::uint64_t acknowledged, std::uint8_t qos);

 private:
  void draw(session::Time now, std::uint64_t done, std::uint8_t qos);

  bool on_;
  std::string_view unit_;
  session::Time started_;
  session::Time next_;
};

}  // namespace cmd
