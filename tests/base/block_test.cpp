// Blocks that are counted, pooled and reused.
#include "base/block.h"

#include <utility>

#include "catch.h"

TEST_CASE("a block that nobody holds is handed out again") {
  base::Pool pool;
  base::BlockRef first = pool.take();
  base::Block* block = first.get();
  CHECK(block->capacity == base::Pool::block_size);
  CHECK(first.unique());
  first = base::BlockRef();
  CHECK_FALSE(first);
  const base::BlockRef second = pool.take(10);
  CHECK(second.get() == block);
}

TEST_CASE("copies hold a block, moves pass the hold on") {
  base::Pool pool;
  base::BlockRef first = pool.take();
  {
    const base::BlockRef copy = first;
    CHECK(first->references == 2);
    CHECK_FALSE(first.unique());
    CHECK(copy.get() == first.get());
  }
  CHECK(first.unique());
  base::BlockRef moved = std::move(first);
  CHECK(moved.unique());
  base::BlockRef& same = moved;
  moved = same;
  CHECK(moved.unique());
  const base::BlockRef other = pool.take();
  CHECK(other.get() != moved.get());
  moved = other;
  CHECK(other->references == 2);
}

TEST_CASE("larger blocks are made on demand and not kept") {
  base::Pool pool;
  {
    const base::BlockRef large = pool.take(1'000'000);
    CHECK(large->capacity == 1'000'000);
    large->data()[999'999] = 1;
  }
  CHECK(pool.take(1)->capacity == base::Pool::block_size);
}

TEST_CASE("a pool keeps as many blocks as it was told") {
  base::Pool pool(1);
  base::BlockRef first = pool.take();
  base::BlockRef second = pool.take();
  const base::Block* kept = first.get();
  first = base::BlockRef();
  second = base::BlockRef();  // is freed: a leak checker would see it otherwise
  CHECK(pool.take().get() == kept);
}
