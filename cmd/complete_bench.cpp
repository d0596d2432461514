// What `mqtt bench` needs beyond the connection: a mode, and a plan that can be carried out.
#include <algorithm>
#include <random>
#include <thread>

#include "base/format.h"
#include "bench/payload.h"
#include "complete.h"
#include "shard.h"
#include "values.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using bench::Mode;
using bench::Plan;

constexpr auto usual_duration = std::chrono::seconds(10);
constexpr double usual_latency_rate = 1000;
constexpr std::uint16_t usual_inflight = 20;

Completed<void> choose_mode(Plan& plan, const std::vector<std::string>& words) {
  struct Row {
    std::string_view name;
    Mode mode;
  };
  constexpr Row rows[] = {{"conn", Mode::conn}, {"pub", Mode::pub}, {"sub", Mode::sub}, {"latency", Mode::latency}};
  // A line of a plan has no other choice than these.
  const std::string_view others = plan.name.empty() ? ", mixed, merge or compare" : "";
  const std::string choice = base::format("conn, pub, sub{}latency{}", others.empty() ? " or " : ", ", others);
  if (words.empty()) return trouble("what to do is missing: " + choice);
  const auto* row =
      std::find_if(std::begin(rows), std::end(rows), [&](const Row& mode) { return mode.name == words[0]; });
  if (row == std::end(rows)) return trouble(is_not(words[0], choice));
  if (words.size() > 1) return trouble(is_not(words[1], "an option"));
  plan.mode = row->mode;
  return {};
}

/// `inflight` as it was given.
Completed<void> check_rate(BenchOptions& options, std::uint16_t inflight) {
  Plan& plan = options.plan;
  const bool given = plan.rate > 0 || options.rate_per_client > 0;
  if (plan.rate > 0 && options.rate_per_client > 0) return trouble("either --rate or --rate-per-client");
  if (given && !plan.publishes()) return trouble("--rate is for pub and latency");
  if (options.rate_per_client > 0) plan.rate = options.rate_per_client * plan.publishers();
  const bool closed_loop = plan.qos != 0 && inflight != session::ClientOptions().inflight_maximum;
  if (plan.mode == Mode::latency && !given && !closed_loop) plan.rate = usual_latency_rate;
  return {};
}

Completed<void> check_payload(Plan& plan) {
  if (!plan.payload) return {};
  if (plan.mode != Mode::pub) return trouble("-m and -f are for pub: latency tells its messages by what they carry");
  std::string first;
  bench::expand(first, *plan.payload, {plan.start_number, plan.prefix, ""}, 0);
  plan.least_size = plan.most_size = static_cast<std::uint32_t>(first.size());
  return {};
}

Completed<void> check_topic(const Plan& plan) {
  std::string topic;
  bench::expand(topic, plan.topic, {0, plan.prefix, "u"}, 0);
  const bool filter = plan.mode == Mode::sub;
  if (filter ? wire::check_topic_filter(topic).has_value() : wire::check_topic_name(topic).has_value()) {
    return trouble(is_not(plan.topic, filter ? "a topic filter" : "a topic name; wildcards are for sub"));
  }
  return {};
}

Completed<void> check(const Plan& plan, const Draft& draft) {
  if (plan.mode == Mode::conn && plan.messages != 0) return trouble("-n is for pub, sub and latency");
  if (plan.mode == Mode::latency && plan.least_size < bench::stamp_size) {
    return trouble(base::format("a message that is measured has {} bytes at least (-s)", bench::stamp_size));
  }
  if (draft.bench.plan.mode != Mode::latency && plan.shape != bench::Shape::pairs)
    return trouble("--shape is for latency");
  if (plan.prefix.size() > 60'000) return trouble("the --prefix is too long");
  return check_topic(plan);
}

}  // namespace

Completed<BenchOptions> complete_bench(Draft& draft, const std::vector<std::string>& words,
                                       const Environment& environment) {
  auto& plan = draft.bench.plan;
  const bool threads_given = plan.threads != 0;
  if (auto chosen = choose_mode(plan, words); !chosen) return base::unexpected(std::move(chosen.error()));
  if (plan.prefix.empty()) plan.prefix = base::format("bench-{:04x}-", bench::random_run() & 0xFFFF);
  draft.id = plan.prefix;  // so that sessions can be kept
  if (auto done = complete_connection(draft); !done) return base::unexpected(std::move(done.error()));
  if (auto done = check_rate(draft.bench, draft.connection.session.inflight_maximum); !done)
    return base::unexpected(std::move(done.error()));
  if (auto done = check_payload(plan); !done) return base::unexpected(std::move(done.error()));
  if (auto done = check(plan, draft); !done) return base::unexpected(std::move(done.error()));
  if (auto done = complete_shard(draft.bench, environment, draft.connection.warnings); !done)
    return base::unexpected(std::move(done.error()));
  if (plan.publishes() && plan.messages == 0 && plan.duration == session::Duration::zero()) {
    plan.duration = usual_duration;
  }
  if (!threads_given) plan.threads = std::max(1U, std::thread::hardware_concurrency());
  plan.threads = plan.shares_subscription() ? 1 : std::min(plan.threads, plan.own_clients());
  auto& session = draft.connection.session;
  if (session.inflight_maximum == session::ClientOptions().inflight_maximum) session.inflight_maximum = usual_inflight;
  plan.publish_properties = std::move(draft.publish_properties);
  plan.subscribe_properties = std::move(draft.subscribe_properties);
  plan.network = draft.connection.network;
  plan.session = std::move(draft.connection.session);
  auto options = std::move(draft.bench);
  options.connection = std::move(draft.connection);
  return options;
}

}  // namespace cmd
