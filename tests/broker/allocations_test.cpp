// Replaces operator new by one that counts.
#include <cstdlib>
#include <new>

#include "catch.h"
#include "count_allocations.h"

namespace {
std::size_t count = 0;
}

std::size_t allocations() noexcept { return count; }

// Inlined, they make the compiler warn of a mismatch that is none.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++count;
  return std::malloc(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("allocations are counted") {
  const std::size_t before = allocations();
  ::operator delete(::operator new(1));  // called by name, so that it is not optimised away
  CHECK(allocations() == before + 1);
}
