#include "bench/exposition.h"

#include <functional>

#include "base/format.h"

namespace bench {
namespace {

constexpr std::array<std::string_view, Counts::size> count_help{"Attempts to connect",
                                                                "Connections that the broker accepted",
                                                                "Attempts to connect that failed",
                                                                "Connections that were lost after CONNACK",
                                                                "Subscriptions that the broker granted",
                                                                "Messages published, each once",
                                                                "Messages acknowledged by PUBACK or PUBCOMP",
                                                                "Messages refused by PUBACK or PUBREC",
                                                                "Messages given up with their connection",
                                                                "Messages received, each as often as it came",
                                                                "Messages received again",
                                                                "Messages received after a later one",
                                                                "Messages received that are not of this run",
                                                                "Bytes of MQTT sent",
                                                                "Bytes of MQTT received",
                                                                "Packets sent",
                                                                "Packets received"};

constexpr std::array<std::string_view, metrics> metric_help{
    "Time from when a connection was due to CONNACK",
    "Time from SUBSCRIBE to SUBACK",
    "Time from when a message was due to its acknowledgement",
    "Time from when a message was sent to its acknowledgement",
    "Time from when a message was due to its arrival at a subscriber",
    "Time from when a message was sent to its arrival at a subscriber",
    "Time from when a message was due until the generator turned to it"};

void head(std::string& out, std::string_view name, std::string_view help, std::string_view type) {
  out += base::format("# HELP mqtt_bench_{0} {1}.\n# TYPE mqtt_bench_{0} {2}\n", name, help, type);
}

/// "{group=\"a\",le=\"1\"}", or less of it.
std::string labels(const Snapshot& snapshot, std::string_view bound = {}) {
  std::string text;
  if (!snapshot.group.empty()) text = base::format("group=\"{}\"", snapshot.group);
  if (!bound.empty()) text += base::format("{}le=\"{}\"", text.empty() ? "" : ",", bound);
  return text.empty() ? text : base::format("{{{}}}", text);
}

template <class Value>
void lines(std::string& out, std::string_view name, const std::vector<Snapshot>& snapshots, Value value) {
  for (const Snapshot& snapshot : snapshots) {
    out += base::format("mqtt_bench_{}{} {}\n", name, labels(snapshot), value(snapshot));
  }
}

template <class Value>
void gauge(std::string& out, std::string_view name, std::string_view help, const std::vector<Snapshot>& snapshots,
           Value value) {
  head(out, name, help, "gauge");
  lines(out, name, snapshots, value);
}

void histogram(std::string& out, std::string_view full, const Snapshot& snapshot, const Snapshot::Times& times) {
  const auto bucket = [&](std::string_view bound, std::uint64_t count) {
    out += base::format("mqtt_bench_{}_bucket{} {}\n", full, labels(snapshot, bound), count);
  };
  for (std::size_t i = 0; i < exposed_bounds.size(); ++i) {
    bucket(base::format("{:g}", static_cast<double>(exposed_bounds[i]) / 1e9), times.up_to[i]);
  }
  bucket("+Inf", times.count);
  out += base::format("mqtt_bench_{0}_sum{1} {2:.9g}\nmqtt_bench_{0}_count{1} {3}\n", full, labels(snapshot), times.sum,
                      times.count);
}

}  // namespace

void Snapshot::Times::add(const stats::Histogram& histogram) {
  if (histogram.empty()) return;
  for (std::size_t i = 0; i < up_to.size(); ++i) up_to[i] += histogram.count_up_to(exposed_bounds[i]);
  count += histogram.count();
  sum += histogram.mean() * static_cast<double>(histogram.count()) / 1e9;
}

void Snapshot::Times::add(const Times& other) {
  for (std::size_t i = 0; i < up_to.size(); ++i) up_to[i] += other.up_to[i];
  count += other.count;
  sum += other.sum;
}

void Snapshot::add(const Snapshot& other) {
  clients += other.clients;
  ready += other.ready;
  counts += other.counts;
  for (std::size_t i = 0; i < metrics; ++i) times[i].add(other.times[i]);
}

std::string exposition(const std::vector<Snapshot>& snapshots) {
  std::string out;
  gauge(out, "clients", "Clients of this run", snapshots, std::mem_fn(&Snapshot::clients));
  gauge(out, "ready", "Clients that are connected, and subscribed", snapshots, std::mem_fn(&Snapshot::ready));
  for (std::size_t i = 0; i < Counts::size; ++i) {
    const auto count = static_cast<Count>(i);
    const std::string full = base::format("{}_total", name(count));
    head(out, full, count_help[i], "counter");
    lines(out, full, snapshots, [count](const Snapshot& snapshot) { return snapshot.counts[count]; });
  }
  for (std::size_t i = 0; i < metrics; ++i) {
    const std::string full = base::format("{}_seconds", name(static_cast<Metric>(i)));
    head(out, full, metric_help[i], "histogram");
    for (const Snapshot& snapshot : snapshots) histogram(out, full, snapshot, snapshot.times[i]);
  }
  return out;
}

}  // namespace bench
