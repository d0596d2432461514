// The tables of `mqtt decode --stats`.
#include "decode_stats.h"

#include <algorithm>

#include "base/format.h"
#include "render/escape.h"
#include "render/moment.h"

namespace cmd {
namespace {

constexpr std::size_t most_topics_shown = 20;

std::string quoted(std::string_view text) {
  base::Buffer out;
  render::append_quoted(out, text);
  return std::string(out.text());
}

std::string text_of(const capture::Address& address) {
  base::Buffer out;
  capture::append(out, address);
  return std::string(out.text());
}

std::string text_of(std::int64_t nanoseconds) {
  base::Buffer out;
  render::append_rfc3339(out, {nanoseconds}, render::Precision::microseconds);
  return std::string(out.text());
}

/// Nanoseconds in the unit that suits them.
std::string duration(std::int64_t nanoseconds) {
  const auto value = static_cast<double>(nanoseconds);
  if (nanoseconds < 1'000'000) return base::format("{:.0f} us", value / 1e3);
  if (nanoseconds < 1'000'000'000) return base::format("{:.1f} ms", value / 1e6);
  return base::format("{:.3f} s", value / 1e9);
}

std::string counted(std::uint64_t count, std::string_view one) {
  return base::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

class Lines {
 public:
  explicit Lines(base::Buffer& out) : out_(out) {}

  void connection(const capture::ConnectionRow& row) {
    out_.append(row.connection == 0 ? std::string("The packets read") : base::format("Connection {}", row.connection));
    if (row.has_addresses) out_.append(base::format(", {} > {}", text_of(row.client), text_of(row.server)));
    out_.push('\n');
    const bool connect_seen = row.keep_alive.has_value();
    if (connect_seen || !row.client_identifier.empty()) line("client identifier", quoted(row.client_identifier));
    line("version", base::format("MQTT {}{}", wire::name(row.version), row.version_known ? "" : " (assumed)"));
    if (row.keep_alive) line("keep alive", *row.keep_alive == 0 ? "off" : base::format("{} s", *row.keep_alive));
    if (row.has_time) times(row);
    if (row.connection == 0) {
      line("bytes", base::format("{}", row.client_bytes + row.server_bytes));
    } else {
      line("bytes", base::format("{} by the client, {} by the server", row.client_bytes, row.server_bytes));
    }
    packets(row);
    flows("QoS 1", row.qos_1, row.qos_1_open, row.has_time);
    flows("QoS 2", row.qos_2, row.qos_2_open, row.has_time);
    if (row.violations != 0) line("violations", base::format("{}", row.violations));
    line("end", ending(row));
    topics(row);
  }

 private:
  void line(std::string_view name, std::string_view value) { out_.append(base::format("  {:<19}{}\n", name, value)); }

  void times(const capture::ConnectionRow& row) {
    line("time", base::format("{}, {}", text_of(row.first_ns), duration(row.last_ns - row.first_ns)));
  }

  void packets(const capture::ConnectionRow& row) {
    std::string text = base::format("{}", row.packets_in_all());
    for (std::size_t type = 0; type < row.packets.size(); ++type) {
      if (row.packets[type] == 0) continue;
      text += base::format(", {} {}", row.packets[type], wire::name(static_cast<wire::PacketType>(type)));
    }
    line("packets", text);
  }

  void flows(std::string_view name, const capture::Durations& done, std::uint64_t open, bool has_time) {
    if (done.count == 0 && open == 0) return;
    std::string text = base::format("{} completed, {} open", done.count, open);
    if (done.count != 0 && has_time) {
      text += base::format("; {} to {}, {} on average", duration(done.least), duration(done.most),
                           duration(done.sum / static_cast<std::int64_t>(done.count)));
    }
    line(name, text);
  }

  static std::string words(wire::ReasonCode code, wire::PacketType type, wire::Version version) {
    const std::string_view described = wire::describe(code, type, version);
    return base::format("0x{:02x}{}{}", static_cast<unsigned>(code), described.empty() ? "" : " ", described);
  }

  static std::string ending(const capture::ConnectionRow& row) {
    std::string text;
    if (row.connack && *row.connack != wire::ReasonCode::success) {
      text = "refused, " + words(*row.connack, wire::PacketType::connack, row.version) + ", ";
    }
    if (row.disconnected_by) {
      if (row.connection == 0) {
        text += "DISCONNECT";
      } else {
        text += *row.disconnected_by == wire::Sender::client ? "DISCONNECT of the client" : "DISCONNECT of the server";
      }
      if (row.version == wire::Version::v5_0) {
        text += ", " + words(*row.disconnect, wire::PacketType::disconnect, row.version);
      }
      text += ", ";
    } else if (row.connection != 0) {
      text += "no DISCONNECT, ";
    }
    if (row.connection != 0) return text + std::string(row.closed ? capture::name(*row.closed) : "open");
    return text.empty() ? "no DISCONNECT" : text.substr(0, text.size() - 2);
  }

  void topics(const capture::ConnectionRow& row) {
    using Entry = std::pair<std::string_view, capture::TopicVolume>;
    std::vector<Entry> entries(row.topics.begin(), row.topics.end());
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.second.bytes, a.second.messages) > std::pair(b.second.bytes, b.second.messages);
    });
    capture::TopicVolume rest = row.other_topics;
    std::string_view name = "topics";
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i >= most_topics_shown) {
        rest.messages += entries[i].second.messages;
        rest.bytes += entries[i].second.bytes;
        continue;
      }
      const auto& [topic, volume] = entries[i];
      line(std::exchange(name, ""), base::format("{}: {}, {}", quoted(topic), counted(volume.messages, "message"),
                                                 counted(volume.bytes, "byte")));
    }
    if (rest.messages == 0) return;
    line(name, base::format("others: {}, {}", counted(rest.messages, "message"), counted(rest.bytes, "byte")));
  }

  base::Buffer& out_;
};

}  // namespace

void append_stats(base::Buffer& out, capture::ConnectionTable& table) {
  Lines lines(out);
  bool first = true;
  for (const auto& row : table.rows()) {
    if (!first) out.push('\n');
    first = false;
    lines.connection(row);
  }
  if (table.connections_left_out() == 0) return;
  out.append(
      base::format("\nand {} that there was no room for\n", counted(table.connections_left_out(), "connection")));
}

}  // namespace cmd
