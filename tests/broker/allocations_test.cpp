// Replaces operator new by one that counts.
#include <cstdlib>
#include <memory>
#include <new>

#include "catch.h"
#include "count_allocations.h"

namespace {
std::size_t count = 0;
}

std::size_t allocations() noexcept { return count; }

void* operator new(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

TEST_CASE("allocations are counted") {
  const std::size_t before = allocations();
  const auto one = std::make_unique<int>(1);
  CHECK(*one == 1);
  CHECK(allocations() == before + 1);
}
