// The few colours of a terminal that the decoder uses, written only where they are wanted.
#pragma once

#include <string_view>

#include "base/buffer.h"

namespace render {

class Colours {
 public:
  Colours(base::Buffer& out, bool wanted) noexcept : out_(out), wanted_(wanted) {}

  void bold() const { put("\x1b[1m"); }
  void dim() const { put("\x1b[2m"); }
  void red() const { put("\x1b[1;31m"); }
  void yellow() const { put("\x1b[33m"); }
  void plain() const { put("\x1b[0m"); }

 private:
  void put(std::string_view sequence) const {
    if (wanted_) out_.append(sequence);
  }

  base::Buffer& out_;
  bool wanted_;
};

}  // namespace render
