// Random bytes from the operating system, fetched in batches.
#include "transport/random.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sys/random.h>
#include <unistd.h>
#include <utility>

namespace transport {
namespace {

/// A batch of one thread, handed out from the back. 256 bytes are what the call gives without being interrupted.
struct Batch {
  std::array<std::uint8_t, 256> bytes;
  std::size_t left = 0;
};

}  // namespace

void fill_random(std::span<std::uint8_t> bytes) {
  thread_local Batch batch;
  for (std::uint8_t& byte : bytes) {
    if (batch.left == 0) {
      // It fails only where the kernel has no such source at all.
      if (getentropy(batch.bytes.data(), batch.bytes.size()) != 0) std::abort();
      batch.left = batch.bytes.size();
    }
    byte = std::exchange(batch.bytes[--batch.left], std::uint8_t{0});
  }
}

}  // namespace transport
