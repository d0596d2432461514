// The count of allocations that the other tests rely on.
#include "allocations.h"

#include <new>
#include <thread>

#include "catch.h"

TEST_CASE("allocations are counted, each thread's for itself") {
  const std::size_t before = allocations();
  ::operator delete(::operator new(1));  // called by name, so that they are not left out
  ::operator delete(::operator new(1, std::nothrow));
  const std::size_t after = allocations();
  if (after == 0) {
    WARN("skipped: a sanitizer has its own operator new");
    return;
  }
  CHECK(after == before + 2);
  std::size_t elsewhere = 1;
  std::thread([&elsewhere] { elsewhere = allocations(); }).join();
  CHECK(elsewhere == 0);
}
