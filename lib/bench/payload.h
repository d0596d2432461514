// What every message carries, so that its receiver can tell which one it is and how long it took.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"

namespace bench {

/// Stands at the front of a payload; what follows is filling.
struct Stamp {
  std::uint16_t clock = 0;     ///< names the machine whose clock `due` is of
  std::uint32_t run = 0;       ///< chosen at random for each run
  std::uint32_t client = 0;    ///< the publisher's number within its run
  std::uint32_t late = 0;      ///< from `due` until it was sent, in microseconds, at most 71 minutes
  std::uint64_t sequence = 0;  ///< of the publisher's messages, from 0
  std::uint64_t due = 0;       ///< nanoseconds of the monotonic clock at which it was to be sent
};

inline constexpr std::size_t stamp_size = 32;
inline constexpr std::uint16_t stamp_magic = 0x6d62;

namespace detail {

/// Compilers make one move of these loops.
template <class Number>
std::uint8_t* put(std::uint8_t* at, Number number) noexcept {
  for (unsigned i = 0; i < sizeof number; ++i) at[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return at + sizeof number;
}

template <class Number>
Number get(const std::uint8_t*& at) noexcept {
  Number number = 0;
  for (unsigned i = 0; i < sizeof number; ++i) number = static_cast<Number>(number | Number{at[i]} << (8 * i));
  at += sizeof number;
  return number;
}

}  // namespace detail

/// Writes `stamp_size` bytes.
inline void write(const Stamp& stamp, std::uint8_t* at) noexcept {
  at = detail::put(at, stamp_magic);
  at = detail::put(at, stamp.clock);
  at = detail::put(at, stamp.run);
  at = detail::put(at, stamp.client);
  at = detail::put(at, stamp.late);
  at = detail::put(at, stamp.sequence);
  detail::put(at, stamp.due);
}

/// Nothing where the payload is not one of ours.
inline std::optional<Stamp> read(base::Bytes payload) noexcept {
  if (payload.size() < stamp_size) return std::nullopt;
  const std::uint8_t* at = payload.data();
  if (detail::get<std::uint16_t>(at) != stamp_magic) return std::nullopt;
  Stamp stamp;
  stamp.clock = detail::get<std::uint16_t>(at);
  stamp.run = detail::get<std::uint32_t>(at);
  stamp.client = detail::get<std::uint32_t>(at);
  stamp.late = detail::get<std::uint32_t>(at);
  stamp.sequence = detail::get<std::uint64_t>(at);
  stamp.due = detail::get<std::uint64_t>(at);
  return stamp;
}

/// The machine since its last start, by a hash of what the system calls it.
std::uint16_t clock_of_this_machine();
/// A number no other run is likely to have.
std::uint32_t random_run();

}  // namespace bench
