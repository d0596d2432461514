#include "bench/record.h"

#include <set>

#include "catch.h"

using bench::Count;
using bench::Metric;
using bench::Record;
using namespace std::chrono_literals;

namespace {

bench::Interval second(std::uint64_t published, std::vector<std::uint64_t> acknowledged) {
  bench::Interval interval;
  interval.counts[Count::published] = published;
  stats::Histogram times;
  for (const std::uint64_t time : acknowledged) times.record(time);
  interval.acknowledge = times.compact();
  return interval;
}

std::vector<std::uint64_t> published(const std::vector<bench::Interval>& series) {
  std::vector<std::uint64_t> counts;
  for (const auto& interval : series) counts.push_back(interval.counts[Count::published]);
  return counts;
}

std::uint64_t recorded(const stats::Histogram::Compact& counts) {
  std::uint64_t sum = 0;
  for (const auto& [bucket, count] : counts) sum += count;
  return sum;
}

session::Time at(session::Duration time) { return session::Time(time); }

}  // namespace

TEST_CASE("every count and metric has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < bench::Counts::size; ++i) names.insert(name(static_cast<Count>(i)));
  for (std::size_t i = 0; i < bench::metrics; ++i) names.insert(name(static_cast<Metric>(i)));
  CHECK(names.size() == bench::Counts::size + bench::metrics);
  CHECK(names.count("") == 0);
  CHECK(name(Count::packets_in) == "packets_in");
  CHECK(name(Metric::lag) == "lag");
}

TEST_CASE("records add up to what one record of all would be") {
  Record a, b, whole;
  for (const auto& [record, times, published, lost] :
       {std::tuple(&a, std::vector<std::uint64_t>{1'000'000, 2'000'000}, 2U, 1U),
        std::tuple(&b, std::vector<std::uint64_t>{5'000'000}, 7U, 3U)}) {
    for (Record* each : {record, &whole}) {
      each->counts[Count::published] += published;
      each->window[Count::published] += published - 1;
      for (const std::uint64_t time : times) (*each)[Metric::connect].record(time);
      each->lost += lost;
      each->expected += 10 * lost;
      each->unsent += 2 * lost;
      each->window_processor += 0.5;
      each->fail("connect: refused", lost);
    }
  }
  a.fail("only of a");
  whole.fail("only of a");
  a.add(b);
  CHECK(a.counts == whole.counts);
  CHECK(a.window == whole.window);
  CHECK(a[Metric::connect].compact() == whole[Metric::connect].compact());
  CHECK(a[Metric::connect].max() == 5'000'000);
  CHECK(a[Metric::deliver].empty());
  CHECK(a.failures == whole.failures);
  CHECK(std::tuple(a.lost, a.expected, a.unsent, a.window_processor) == std::tuple(4U, 40U, 8U, 1.0));
}

TEST_CASE("the times of a sum are the first and the last, and those that never came stay unknown") {
  Record a, b;
  a.first_connect = at(2s);
  b.first_connect = at(1s);
  a.last_connect = at(3s);
  b.last_connect = at(4s);
  b.last_sent = at(5s);
  a.first_lost = at(6s);
  b.first_lost = at(7s);
  a.add(b);
  CHECK(a.first_connect == at(1s));
  CHECK(a.last_connect == at(4s));
  CHECK(a.last_sent == at(5s));
  CHECK(a.first_lost == at(6s));
  CHECK(a.first_received == session::Time::max());
  CHECK(a.last_received == session::Time::min());
}

TEST_CASE("seconds are added where they belong, however many there are") {
  std::vector<bench::Interval> series;
  bench::add(series, {second(1, {1'000'000}), second(2, {})});
  bench::add(series, {second(10, {1'000'000, 9'000'000}), second(20, {3'000'000})}, 1);
  CHECK(published(series) == std::vector<std::uint64_t>{1, 12, 20});
  CHECK(recorded(series[0].acknowledge) == 1);
  CHECK(recorded(series[1].acknowledge) == 2);
  CHECK(recorded(series[2].acknowledge) == 1);
  bench::add(series, {second(100, {1'000'000})});
  CHECK(published(series) == std::vector<std::uint64_t>{101, 12, 20});
  CHECK(series[0].acknowledge == stats::Histogram::Compact{{series[0].acknowledge[0].first, 2}});
  CHECK(series[0].deliver.empty());
}

TEST_CASE("first connections are counted by tenths of a second, an hour long") {
  Record record;
  record.first_connected(-1ms);
  record.first_connected(0ms);
  record.first_connected(99ms);
  record.first_connected(250ms);
  CHECK(record.ramp == bench::Ramp{3, 0, 1});
  record.first_connected(2h);
  CHECK(record.ramp.size() == bench::longest_ramp);
  CHECK(record.ramp.back() == 1);

  bench::Ramp sum{1, 1};
  bench::add(sum, {5, 6}, 1);
  CHECK(sum == bench::Ramp{1, 6, 6});
}

TEST_CASE("what a broker says cannot fill the memory") {
  Record record;
  for (int i = 0; i < 1000; ++i) record.fail("disconnect: " + std::to_string(i));
  record.fail("disconnect: 7", 5);
  CHECK(record.failures.size() == 65);
  CHECK(record.failures["disconnect: 7"] == 6);
  CHECK(record.failures["other reasons"] == 936);
  Record other;
  other.fail("something else", 4);
  record.add(other);
  CHECK(record.failures["other reasons"] == 940);
}
