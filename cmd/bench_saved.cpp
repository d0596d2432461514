#include "bench_saved.h"

#include <array>
#include <optional>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>

#include "base/format.h"
#include "bench_report.h"
#include "stats/hdr_log.h"
#include "wire/version.h"

namespace cmd {
namespace {

using bench::Count;
using bench::Counts;
using bench::Metric;
using rapidjson::Value;

/// No run is longer, and no message counted twice as often: what sums of many files still hold.
constexpr double longest = 1e9;
constexpr std::uint64_t most = std::uint64_t{1} << 52;

std::string_view text_of(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

const Value* find(const Value& object, std::string_view name) {
  const auto member = object.FindMember(Value(rapidjson::StringRef(name.data(), name.size())));
  return member == object.MemberEnd() ? nullptr : &member->value;
}

class Reader {
 public:
  base::Result<SavedRun, std::string> read(const Value& root, bool group = false) {
    plan(object(root, "plan"));
    saved_.command = text(root, "command");
    for (const Value* value : elements(root, "objections")) {
      if (!value->IsString()) return base::unexpected<std::string>("\"objections\" has something that is no text");
      saved_.objections.emplace_back(text_of(*value));
    }
    const Value* interrupted = find(root, "interrupted");
    if (interrupted == nullptr || !interrupted->IsBool())
      wrong("interrupted");
    else
      outcome_.interrupted = interrupted->GetBool();
    failures(root);
    spans(object(root, "spans"));
    connections(object(root, "connections"));
    record_.counts = counts(object(root, "counts"));
    record_.window = counts(object(root, "measured"));
    const Value& messages = object(root, "messages");
    record_.expected = number(messages, "expected", most);
    record_.lost = number(messages, "lost", most);
    record_.unsent = number(messages, "unsent", most);
    if (!group) generator(object(root, "generator"));
    outcome_.series_at = decimal(root, "series_at", 1e11);
    for (const Value* second : elements(root, "series")) interval(*second);
    histograms(object(root, "histograms"));
    if (group) group_name(root);
    if (!group && saved_.run.plan.mode == bench::Mode::mixed) groups(root);
    if (!wrong_.empty()) return base::unexpected(std::move(wrong_));
    return std::move(saved_);
  }

 private:
  void wrong(std::string_view key, std::string_view why = {}) {
    if (!wrong_.empty()) return;
    wrong_ = base::format("\"{}\" is missing or not as it should be{}{}", key, why.empty() ? "" : ": ", why);
  }

  const Value& object(const Value& parent, std::string_view key) {
    static const Value none(rapidjson::kObjectType);
    const Value* value = find(parent, key);
    if (value != nullptr && value->IsObject()) return *value;
    wrong(key);
    return none;
  }
  std::vector<const Value*> elements(const Value& parent, std::string_view key) {
    std::vector<const Value*> result;
    const Value* value = find(parent, key);
    if (value == nullptr || !value->IsArray()) {
      wrong(key);
      return result;
    }
    for (const Value& element : value->GetArray()) result.push_back(&element);
    return result;
  }
  std::uint64_t number(const Value& parent, std::string_view key, std::uint64_t greatest) {
    const Value* value = find(parent, key);
    if (value != nullptr && value->IsUint64() && value->GetUint64() <= greatest) return value->GetUint64();
    wrong(key);
    return 0;
  }
  double decimal(const Value& parent, std::string_view key, double greatest) {
    const Value* value = find(parent, key);
    if (value != nullptr && value->IsNumber() && value->GetDouble() >= 0 && value->GetDouble() <= greatest)
      return value->GetDouble();
    wrong(key);
    return 0;
  }
  session::Duration seconds(const Value& parent, std::string_view key) {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(decimal(parent, key, longest) * 1e9));
  }
  std::string text(const Value& parent, std::string_view key) {
    const Value* value = find(parent, key);
    if (value != nullptr && value->IsString()) return std::string(text_of(*value));
    wrong(key);
    return {};
  }
  /// The enumerator whose name the text is.
  template <class Name>
  Name named(const Value& parent, std::string_view key, Name last) {
    const std::string value = text(parent, key);
    for (std::size_t i = 0; i <= static_cast<std::size_t>(last); ++i) {
      using namespace bench;
      if (name(static_cast<Name>(i)) == value) return static_cast<Name>(i);
    }
    wrong(key);
    return Name{};
  }

  void plan(const Value& value) {
    bench::Plan& plan = saved_.run.plan;
    plan.mode = named(value, "mode", bench::Mode::mixed);
    plan.threads = static_cast<unsigned>(number(value, "threads", 1'000'000));
    plan.duration = seconds(value, "duration");
    plan.warmup = seconds(value, "warmup");
    if (plan.mode != bench::Mode::mixed) load(value);
  }

  void load(const Value& value) {
    bench::Plan& plan = saved_.run.plan;
    plan.shape = named(value, "shape", bench::Shape::fan_out);
    plan.network.transport = named(value, "transport", net::Transport::wss);
    plan.network.host = text(value, "host");
    plan.network.port = static_cast<std::uint16_t>(number(value, "port", 65'535));
    if (find(value, "unix") != nullptr) plan.network.unix_path = text(value, "unix");
    version(value);
    plan.count = static_cast<std::uint32_t>(number(value, "count", 10'000'000));
    plan.qos = static_cast<std::uint8_t>(number(value, "qos", 2));
    plan.topic = text(value, "topic");
    plan.least_size = static_cast<std::uint32_t>(number(value, "least_size", UINT32_MAX));
    plan.most_size = static_cast<std::uint32_t>(number(value, "most_size", UINT32_MAX));
    if (const Value* rate = find(value, "rate"); rate == nullptr || !rate->IsNull())
      plan.rate = decimal(value, "rate", 1e12);
    plan.connect_rate = decimal(value, "connect_rate", 1e12);
    plan.session.inflight_maximum = static_cast<std::uint16_t>(number(value, "inflight", 65'535));
    plan.messages = number(value, "messages", UINT64_MAX);
    plan.churn = decimal(value, "churn", 1e12);
  }

  void version(const Value& value) {
    const std::string name = text(value, "version");
    for (const auto version : {wire::Version::v3_1, wire::Version::v3_1_1, wire::Version::v5_0}) {
      if (wire::name(version) != name) continue;
      saved_.run.plan.session.version = version;
      return;
    }
    wrong("version");
  }

  void generator(const Value& value) {
    outcome_.processor_seconds = decimal(value, "processor_seconds", longest);
    outcome_.resident_bytes = number(value, "resident_bytes", most);
    outcome_.heap_of_connections = number(value, "heap_of_connections", most);
  }

  /// A group has none itself.
  void group_name(const Value& root) {
    bench::Plan& plan = saved_.run.plan;
    plan.name = text(root, "name");
    if (!bench::is_group_name(plan.name) || plan.mode == bench::Mode::mixed) wrong("name");
  }

  void groups(const Value& root) {
    for (const Value* value : elements(root, "groups")) {
      if (!value->IsObject() || outcome_.groups.size() == bench::most_groups) return wrong("groups");
      auto group = Reader().read(*value, true);
      if (!group) return wrong("groups", group.error());
      saved_.run.plan.groups.push_back(std::move(group->run.plan));
      outcome_.groups.push_back(std::move(group->run.outcome));
    }
    if (outcome_.groups.empty()) wrong("groups");
  }

  void failures(const Value& root) {
    for (const Value* failure : elements(root, "failures")) {
      if (!failure->IsObject()) return wrong("failures");
      record_.fail(text(*failure, "reason"), number(*failure, "count", most));
    }
  }

  void span(const Value& value, std::string_view key, double& at, double& length) {
    const Value& part = object(value, key);
    at = decimal(part, "at", 1e11);
    length = decimal(part, "seconds", longest);
  }

  void spans(const Value& value) {
    span(value, "run", outcome_.began_at, outcome_.wall_seconds);
    span(value, "connect", outcome_.connect_at, outcome_.connect_seconds);
    span(value, "measure", outcome_.measure_at, outcome_.seconds);
    span(value, "receive", outcome_.receive_at, outcome_.receive_seconds);
  }

  void connections(const Value& value) {
    outcome_.clients = number(value, "clients", most);
    outcome_.ready = number(value, "ready", most);
    if (find(value, "first_lost_at") != nullptr) outcome_.first_lost_at = decimal(value, "first_lost_at", 1e11);
    for (const Value* made : elements(value, "ramp")) {
      if (!made->IsUint64() || made->GetUint64() > most || record_.ramp.size() == bench::longest_ramp)
        return wrong("ramp");
      record_.ramp.push_back(made->GetUint64());
    }
  }

  Counts counts(const Value& value) {
    Counts counts;
    for (std::size_t i = 0; i < Counts::size; ++i) {
      const auto count = static_cast<Count>(i);
      if (find(value, bench::name(count)) != nullptr) counts[count] = number(value, bench::name(count), most);
    }
    return counts;
  }

  stats::Histogram histogram(const Value& parent, std::string_view key) {
    auto decoded = stats::decode(text(parent, key));
    if (!decoded) {
      wrong(key, decoded.error());
      return {};
    }
    // What is added up in 64 bits has to leave room for others.
    for (const auto& [at, count] : decoded->compact()) {
      if (count > most) wrong(key, "a count is too large");
    }
    return *std::move(decoded);
  }

  void interval(const Value& value) {
    if (!value.IsObject()) return wrong("series");
    bench::Interval interval;
    interval.counts = counts(value);
    if (find(value, "acknowledge") != nullptr) interval.acknowledge = histogram(value, "acknowledge").compact();
    if (find(value, "deliver") != nullptr) interval.deliver = histogram(value, "deliver").compact();
    record_.series.push_back(std::move(interval));
  }

  void histograms(const Value& value) {
    for (std::size_t i = 0; i < bench::metrics; ++i) {
      const auto metric = static_cast<Metric>(i);
      if (find(value, bench::name(metric)) == nullptr) continue;
      const Value& part = object(value, bench::name(metric));
      stats::Histogram& times = record_[metric];
      times = histogram(part, "hdr");
      if (times.count() != number(part, "count", most)) wrong(bench::name(metric), "the counts do not add up");
      times.narrow(number(part, "min_ns", most), number(part, "max_ns", most), number(part, "beyond_an_hour", most));
    }
  }

  SavedRun saved_;
  bench::Outcome& outcome_ = saved_.run.outcome;
  bench::Record& record_ = outcome_.record;
  std::string wrong_;
};

}  // namespace

base::Result<SavedRun, std::string> read_bench_json(std::string_view text) {
  // Without recursion, which brackets could drive as deep as they like, and without the last bit of a decimal:
  // RapidJSON 1.1 counts the leading zeros of 0 for it, which is undefined.
  rapidjson::Document document;
  document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(), text.size());
  if (document.HasParseError()) {
    return base::unexpected(
        base::format("byte {}: {}", document.GetErrorOffset(), rapidjson::GetParseError_En(document.GetParseError())));
  }
  const Value* schema = document.IsObject() ? find(document, "schema") : nullptr;
  if (schema == nullptr) return base::unexpected<std::string>("it is no report of mqtt bench --json");
  if (!schema->IsUint64() || schema->GetUint64() != bench_schema) {
    return base::unexpected(
        base::format("it was written by another version of mqtt: its schema is not {}", bench_schema));
  }
  return Reader().read(document);
}

}  // namespace cmd
