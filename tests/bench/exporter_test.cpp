#include "bench/exporter.h"

#include "catch.h"

using bench::judge_request;

TEST_CASE("requests that are answered") {
  CHECK(judge_request("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n") == 200);
  CHECK(judge_request("GET / HTTP/1.0\r\n\r\n") == 200);
  CHECK(judge_request("GET /metrics?a=b HTTP/1.1\r\n\r\n") == 200);
}

TEST_CASE("requests that are refused") {
  CHECK(judge_request("GET /metric HTTP/1.1\r\n\r\n") == 404);
  CHECK(judge_request("GET /metrics/ HTTP/1.1\r\n\r\n") == 404);
  CHECK(judge_request("POST /metrics HTTP/1.1\r\n\r\n") == 405);
  CHECK(judge_request("get /metrics HTTP/1.1\r\n\r\n") == 400);
  CHECK(judge_request(" GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(judge_request("GET /metrics\r\n\r\n") == 400);
  CHECK(judge_request("GET /metrics SMTP\r\n") == 400);
  CHECK(judge_request("\x16\x03\x01") == 400);
  CHECK(judge_request("AAAAAAAAAAAAAAAAAAAAAAAAAAAA") == 400);
}

TEST_CASE("a request that has not come to its end is waited for") {
  constexpr std::string_view request = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n";
  for (std::size_t length = 0; length < request.size(); ++length) {
    CAPTURE(length);
    CHECK(judge_request(request.substr(0, length)) == 0);
  }
}

TEST_CASE("what Prometheus reads") {
  bench::Snapshot snapshot;
  snapshot.clients = 3;
  snapshot.ready = 2;
  snapshot.counts[bench::Count::published] = 7;
  stats::Histogram times;
  for (const std::uint64_t value : {60'000U, 60'000U, 2'000'000U}) times.record(value);
  snapshot.times[static_cast<std::size_t>(bench::Metric::connect)].add(times);
  bench::Snapshot sum = snapshot;
  sum.add(snapshot);
  const std::string text = bench::exposition({sum});
  const auto has = [&text](std::string_view part) { return text.find(part) != std::string::npos; };
  CHECK(
      text.starts_with("# HELP mqtt_bench_clients Clients of this run.\n# TYPE mqtt_bench_clients gauge\n"
                       "mqtt_bench_clients 6\n"));
  CHECK(has("# TYPE mqtt_bench_published_total counter\nmqtt_bench_published_total 14\n"));
  CHECK(
      has("# TYPE mqtt_bench_connect_seconds histogram\nmqtt_bench_connect_seconds_bucket{le=\"5e-05\"} 0\n"
          "mqtt_bench_connect_seconds_bucket{le=\"0.0001\"} 4\n"));
  CHECK(has("mqtt_bench_connect_seconds_bucket{le=\"0.0025\"} 6\n"));
  CHECK(has("mqtt_bench_connect_seconds_bucket{le=\"+Inf\"} 6\n"));
  CHECK(has("mqtt_bench_connect_seconds_count 6\n"));
  CHECK(text.ends_with("mqtt_bench_lag_seconds_count 0\n"));
}

TEST_CASE("what Prometheus reads of groups") {
  bench::Snapshot sensors, crowd;
  sensors.group = "sensors";
  sensors.clients = 3;
  crowd.group = "crowd";
  crowd.clients = 5;
  const std::string text = bench::exposition({sensors, crowd});
  const auto has = [&text](std::string_view part) { return text.find(part) != std::string::npos; };
  CHECK(
      text.starts_with("# HELP mqtt_bench_clients Clients of this run.\n# TYPE mqtt_bench_clients gauge\n"
                       "mqtt_bench_clients{group=\"sensors\"} 3\nmqtt_bench_clients{group=\"crowd\"} 5\n# HELP"));
  CHECK(
      has("mqtt_bench_lag_seconds_bucket{group=\"crowd\",le=\"+Inf\"} 0\n"
          "mqtt_bench_lag_seconds_sum{group=\"crowd\"} 0\nmqtt_bench_lag_seconds_count{group=\"crowd\"} 0\n"));
}
