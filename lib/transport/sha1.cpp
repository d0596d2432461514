// SHA-1 (FIPS 180-4) of short texts.
#include "transport/sha1.h"

#include <bit>
#include <vector>

namespace transport {
namespace {

using State = std::array<std::uint32_t, 5>;

/// The function and constant of each quarter of the 80 rounds.
std::uint32_t mixed(unsigned round, std::uint32_t b, std::uint32_t c, std::uint32_t d) noexcept {
  switch (round / 20) {
    case 0:
      return ((b & c) | (~b & d)) + 0x5a827999;
    case 1:
      return (b ^ c ^ d) + 0x6ed9eba1;
    case 2:
      return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    default:
      return (b ^ c ^ d) + 0xca62c1d6;
  }
}

void add_block(State& state, base::Cursor block) noexcept {
  std::array<std::uint32_t, 80> words{};
  for (unsigned i = 0; i < 16; ++i) words[i] = block.u32();
  for (unsigned i = 16; i < 80; ++i) {
    words[i] = std::rotl(words[i - 3] ^ words[i - 8] ^ words[i - 14] ^ words[i - 16], 1);
  }
  auto [a, b, c, d, e] = state;
  for (unsigned round = 0; round < 80; ++round) {
    const std::uint32_t next = std::rotl(a, 5) + mixed(round, b, c, d) + e + words[round];
    e = d;
    d = c;
    c = std::rotl(b, 30);
    b = a;
    a = next;
  }
  state = {state[0] + a, state[1] + b, state[2] + c, state[3] + d, state[4] + e};
}

}  // namespace

std::array<std::uint8_t, 20> sha1(base::Bytes bytes) {
  constexpr std::size_t block_size = 64;
  std::vector<std::uint8_t> padded(bytes.begin(), bytes.end());
  padded.push_back(0x80);
  while (padded.size() % block_size != block_size - 8) padded.push_back(0);
  const std::uint64_t bits = std::uint64_t{bytes.size()} * 8;
  for (int shift = 56; shift >= 0; shift -= 8) padded.push_back(static_cast<std::uint8_t>(bits >> shift));

  State state{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  base::Cursor cursor(padded);
  while (!cursor.empty()) add_block(state, base::Cursor(cursor.take(block_size)));

  std::array<std::uint8_t, 20> digest{};
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 4] >> (24 - 8 * (i % 4)));
  return digest;
}

}  // namespace transport
