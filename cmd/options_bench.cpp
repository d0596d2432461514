// Options of the load that is to be made.
#include <thread>

#include "base/format.h"
#include "option_table.h"
#include "values.h"
#include "wire/frame.h"

namespace cmd {
namespace {

constexpr std::uint64_t most_clients = 10'000'000;

/// "100", "100/s".
template <class Target>
Stored store_rate(Target& target, std::string_view value) {
  if (value.ends_with("/s")) value.remove_suffix(2);
  return set(target, read_decimal(value, 0.001, 1e9));
}

/// "64" or "16-1024".
Stored store_size(Draft& draft, std::string_view value) {
  constexpr std::uint64_t most = 256 * 1024 * 1024;
  auto& plan = draft.bench.plan;
  const auto dash = value.find('-');
  const auto least = read_number(value.substr(0, dash), 0, most);
  const auto greatest = dash == std::string_view::npos ? least : read_number(value.substr(dash + 1), 0, most);
  if (!least || !greatest || *least > *greatest) {
    return base::unexpected(is_not(value, "a number of bytes, as 64, or a range of them, as 16-1024"));
  }
  plan.least_size = static_cast<std::uint32_t>(*least);
  plan.most_size = static_cast<std::uint32_t>(*greatest);
  return {};
}

/// A template that makes nothing but the file.
Stored store_payload_file(Draft& draft, std::string_view value) {
  const auto content = read_file(std::string(value), wire::largest_packet);
  if (!content) return base::unexpected(content.error());
  auto& payload = draft.bench.plan.payload.emplace();
  for (const char c : *content) payload.append(c == '%' ? 2 : 1, c);
  return {};
}

Stored store_shape(Draft& draft, std::string_view value) {
  auto& shape = draft.bench.plan.shape;
  if (value == "pairs") {
    shape = bench::Shape::pairs;
  } else if (value == "fan-in") {
    shape = bench::Shape::fan_in;
  } else if (value == "fan-out") {
    shape = bench::Shape::fan_out;
  } else {
    return base::unexpected(is_not(value, "pairs, fan-in or fan-out"));
  }
  return {};
}

Stored store_addresses(Draft& draft, std::string_view value) {
  auto& addresses = draft.bench.plan.local_addresses;
  addresses.clear();
  while (!value.empty()) {
    const auto comma = value.find(',');
    if (const auto address = value.substr(0, comma); !address.empty()) addresses.emplace_back(address);
    value.remove_prefix(comma == std::string_view::npos ? value.size() : comma + 1);
  }
  if (addresses.empty()) return base::unexpected<std::string>("an address is missing");
  return {};
}

/// "2/8", or "8" where what started us says which one this is.
Stored store_shard(Draft& draft, std::string_view value) {
  const auto slash = value.find('/');
  const auto count = read_number(value.substr(slash == std::string_view::npos ? 0 : slash + 1), 1, most_shards);
  const auto index = slash == std::string_view::npos ? count : read_number(value.substr(0, slash), 0, most_shards);
  const auto wrong = [&] { return base::unexpected(is_not(value, "a shard, as 0/4, 1/4, 2/4 or 3/4")); };
  if (!count || !index) return wrong();
  draft.bench.shard_index.reset();
  draft.bench.shard_count = static_cast<std::uint32_t>(*count);
  if (slash == std::string_view::npos) return {};
  if (*index >= *count) return wrong();
  draft.bench.shard_index = static_cast<std::uint32_t>(*index);
  return {};
}

Stored store_start(Draft& draft, std::string_view value) {
  const auto time = read_time_bound(value);
  if (!time || time->relative) {
    return base::unexpected(is_not(value, "a time as 2026-11-21T03:33:28Z, or seconds since 1970"));
  }
  draft.bench.plan.start_at.emplace(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::nanoseconds(time->nanoseconds)));
  return {};
}

const OptionRow rows[] = {
    {.name = "count",
     .letter = 'c',
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "clients (1)",
     .more = "For latency publishers, subscribers or pairs of them, as --shape says.",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.bench.plan.count, read_number(value, 1, most_clients)); }},
    {.name = "messages",
     .letter = 'n',
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "messages in all, published or (sub) received",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.bench.plan.messages, read_number(value, 1, UINT64_MAX / 2));
         }},
    {.name = "duration",
     .argument = "SECONDS",
     .group = Group::load,
     .commands = bench_bit,
     .help = "how long to measure, or (conn) to hold the connections",
     .more = "Without it and without -n pub and latency measure for 10 seconds, and sub until a signal comes.",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.bench.plan.duration, read_seconds(value, false)); }},
    {.name = "warmup",
     .argument = "SECONDS",
     .group = Group::load,
     .commands = bench_bit,
     .help = "send for so long before measuring (0)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.bench.plan.warmup, read_seconds(value, true)); }},
    {.name = "patience",
     .argument = "SECONDS",
     .group = Group::load,
     .commands = bench_bit,
     .help = "at the end, wait so long without any progress for what is under way (5)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.bench.plan.patience, read_seconds(value, true)); }},
    {.name = "rate",
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "messages a second in all, due at fixed times (latency: 1000)",
     .more = "Latencies then count from when a message was due, so that a broker that stalls is not spared; the time "
             "from when it was sent is reported beside it. Without a rate pub sends as fast as it can.",
     .store = [](Draft& draft, std::string_view value) { return store_rate(draft.bench.plan.rate, value); }},
    {.name = "rate-per-client",
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "messages a second of each publisher",
     .store = [](Draft& draft, std::string_view value) { return store_rate(draft.bench.rate_per_client, value); }},
    {.name = "connect-rate",
     .letter = 'R',
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "connections a second (as fast as the broker takes them)",
     .store = [](Draft& draft, std::string_view value) { return store_rate(draft.bench.plan.connect_rate, value); }},
    {.name = "inflight",
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "messages of a client that may wait for their acknowledgement, QoS 1 and 2 (20)",
     .more = "The broker may allow fewer. For latency at QoS 1 or 2 without a rate, each acknowledgement then lets the "
             "next message go, in place of a schedule.",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.connection.session.inflight_maximum, read_number(value, 1, 65'535));
         }},
    {.name = "size",
     .letter = 's',
     .argument = "BYTES",
     .group = Group::load,
     .commands = bench_bit,
     .help = "size of the payloads (64), or a range of sizes: 16-1024",
     .more = "The first 32 bytes say whose message it is, which one, and when it was due: latency has no smaller ones. "
             "Smaller messages of pub are counted, and not told apart.",
     .store = store_size},
    {.name = "message",
     .letter = 'm',
     .argument = "TEMPLATE",
     .group = Group::load,
     .commands = bench_bit,
     .help = "pub: a payload with the placeholders of -t, in place of -s",
     .more =
         "Such messages do not say which they are: whoever receives them counts them, and cannot tell lost ones from "
         "late ones. Sizes in the report are those of the first message.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.plan.payload = value;
       return {};
     }},
    {.name = "file",
     .letter = 'f',
     .argument = "FILE",
     .group = Group::load,
     .commands = bench_bit,
     .completion = Completion::file,
     .help = "pub: the payload of every message, as it stands in FILE",
     .store = store_payload_file},
    {.name = "topic",
     .letter = 't',
     .argument = "TOPIC",
     .group = Group::load,
     .commands = bench_bit,
     .help = "where to publish, or what to subscribe to (bench/%i)",
     .more =
         "%i is the client's number, %c its identifier, %u the user name, %s the message's sequence number and %% a "
         "percent sign. For sub it may be any topic filter. Clients that share a subscription, $share/GROUP/FILTER, "
         "are counted as one, by one thread: a message is lost where it came to none of them.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.plan.topic = value;
       return {};
     }},
    {.name = "qos",
     .letter = 'q',
     .argument = "QOS",
     .group = Group::load,
     .commands = bench_bit,
     .environment = "MQTT_QOS",
     .choices = "0 1 2",
     .help = "quality of service of messages and subscriptions (0)",
     .store = [](Draft& draft, std::string_view value) { return set(draft.bench.plan.qos, read_qos(value)); }},
    {.name = "retain",
     .letter = 'r',
     .group = Group::load,
     .commands = bench_bit,
     .help = "messages are retained",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.bench.plan.retain = true;
       return {};
     }},
    {.name = "shape",
     .argument = "SHAPE",
     .group = Group::load,
     .commands = bench_bit,
     .choices = "pairs fan-in fan-out",
     .help = "latency: pairs (default), fan-in to one subscriber, fan-out from one publisher",
     .store = store_shape},
    {.name = "prefix",
     .argument = "PREFIX",
     .group = Group::load,
     .commands = bench_bit,
     .help = "client identifiers are this and the client's number (bench-, and a number of the run)",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.plan.prefix = value;
       return {};
     }},
    {.name = "start-number",
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "number of the first client (0)",
     .store =
         [](Draft& draft, std::string_view value) {
           return set(draft.bench.plan.start_number, read_number(value, 0, 1'000'000'000));
         }},
    {.name = "shard",
     .argument = "I/N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "make the I-th part (from 0) of this load; N processes together make the whole",
     .more = "The other options say what all do together: each shard has every N-th client, under the number that it "
             "has in the whole, and its messages at their times, its connections and its part of -n. Below srun and "
             "mpirun it is taken from the environment. N alone takes I from JOB_COMPLETION_INDEX or PARALLEL_SEQ. "
             "0/1 is the whole.",
     .store = store_shard},
    {.name = "start-at",
     .argument = "TIME",
     .group = Group::load,
     .commands = bench_bit,
     .help = "begin to send, or (conn) to connect, at TIME: RFC 3339, or seconds since 1970",
     .more = "For several processes that begin together; connections are made before. One that was not ready says by "
             "how much, and its run is invalid.",
     .store = store_start},
    {.name = "ifaddr",
     .argument = "ADDRESS,...",
     .group = Group::load,
     .commands = bench_bit,
     .help = "local addresses to connect from, in turn",
     .more = "From one address about 28,000 connections can be made to one port; beyond half of them the system looks "
             "longer for a free one each time.",
     .store = store_addresses},
    {.name = "threads",
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "threads (the processors, but no more than clients)",
     .store = [](Draft& draft,
                 std::string_view value) { return set(draft.bench.plan.threads, read_number(value, 1, 1024)); }},
    {.name = "reconnect",
     .group = Group::load,
     .commands = bench_bit,
     .help = "clients whose connection failed or was lost try again",
     .more = "Attempts grow apart, up to 10 seconds.",
     .store = [](Draft& draft, std::string_view) -> Stored {
       draft.bench.plan.reconnect = true;
       return {};
     }},
    {.name = "churn",
     .argument = "N",
     .group = Group::load,
     .commands = bench_bit,
     .help = "connections a second that are closed in order and made again, in turn",
     .more = "It implies --reconnect.",
     .store = [](Draft& draft, std::string_view value) -> Stored {
       draft.bench.plan.reconnect = true;
       return store_rate(draft.bench.plan.churn, value);
     }},
};

}  // namespace

std::span<const OptionRow> bench_rows() noexcept { return rows; }

}  // namespace cmd
