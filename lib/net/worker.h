// What one thread of network work owns: its event loop, its blocks and the memory it reads into.
#pragma once

#include <asio/io_context.hpp>
#include <memory>
#include <span>

#include "base/block.h"
#include "base/buffer.h"

namespace net {

/// One thread uses a worker; nothing in it is locked. Everything made with a worker is destroyed before it.
class Worker {
 public:
  static constexpr std::size_t scratch_size = 256 * 1024;

  base::Pool& pool() noexcept { return pool_; }
  asio::io_context& io() noexcept { return io_; }
  /// Room for one read; what is there is gone after the next one.
  std::span<std::uint8_t> scratch() noexcept { return {scratch_.get(), scratch_size}; }
  /// Where a read's bytes stand once the layers have decoded them; likewise.
  base::Buffer& plain() noexcept { return plain_; }

 private:
  base::Pool pool_;
  std::unique_ptr<std::uint8_t[]> scratch_{new std::uint8_t[scratch_size]};
  base::Buffer plain_;
  asio::io_context io_{1};
};

}  // namespace net
