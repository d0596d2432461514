// What has been said so far, while the options are being read; `complete.cpp` makes the commands' options of it.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench_options.h"
#include "broker_options.h"
#include "check_options.h"
#include "decode_options.h"
#include "net/url.h"
#include "options.h"

namespace cmd {

/// A bit each, so that an option can belong to several.
enum class Command : std::uint8_t {
  pub = 1,
  sub = 2,
  rr = 4,
  broker = 8,
  decode = 16,
  bench = 32,
  will_test = 64,
  check = 128,
};

/// Where an option stands, the strongest last.
enum class Origin : std::uint8_t { profile, environment, options_file, command_line, plan };

/// A value and who said it.
template <class T>
struct Said {
  std::optional<T> value;
  Origin origin = Origin::profile;

  explicit operator bool() const noexcept { return value.has_value(); }
  const T& operator*() const noexcept { return *value; }
  const T* operator->() const noexcept { return &*value; }
  /// Forgets what a weaker origin said.
  void yield_to(Origin other) {
    if (origin < other) value.reset();
  }
};

struct Draft {
  Command command = Command::pub;
  Manners manners = Manners::ours;
  Origin origin = Origin::command_line;  ///< of what is being read now

  // The place. A URL replaces host, port and socket of weaker origins, and they replace it.
  Said<net::Url> url;
  Said<std::string> host;
  Said<std::uint16_t> port;
  Said<std::string> unix_path;
  Said<bool> ws;
  bool no_tls = false;
  bool use_system_roots = false;
  std::optional<std::string> ws_path;
  std::string id;
  std::string id_prefix;

  std::optional<std::string> username;
  std::optional<std::string> password;
  std::string password_file;
  bool ask_password = false;
  /// What was read or asked for, by the name of its file or the question: groups of a bench share it.
  std::shared_ptr<std::map<std::string, std::string>> secrets = std::make_shared<std::map<std::string, std::string>>();
  std::string key_password_file;
  std::string auth_method;  ///< SCRAM
  std::string cloud;        ///< whose convention the credentials follow
  std::string cloud_key_file;

  std::optional<wire::Version> version;
  bool needs_version_5 = false;
  std::optional<std::uint32_t> session_expiry;
  session::OwnedWill will;
  bool will_given = false;  ///< some option of the will, not necessarily its topic
  wire::Properties will_properties;
  std::optional<bool> reconnect;

  // The parts; those that commands share are moved to where they belong at the end.
  ConnectionOptions connection;
  std::vector<std::string> topics;
  std::uint8_t qos = 0;
  PayloadOptions payload;
  OutputOptions output;
  session::Duration timeout{};
  bool hide_retained = false;
  bool retain_as_published = false;
  wire::RetainHandling retain_handling = wire::RetainHandling::send;
  bool retain_handling_given = false;
  wire::Properties publish_properties;
  wire::Properties subscribe_properties;
  wire::Properties unsubscribe_properties;
  PubOptions pub;
  SubOptions sub;
  RrOptions rr;
  BrokerOptions broker;
  DecodeOptions decode;
  BenchOptions bench;
  WillTestOptions will_test;
  CheckOptions check;
  scenario::Settings test_settings;  ///< of will-test and check, but for the broker
  ReportFormat report_format = ReportFormat::table;
  std::vector<std::pair<std::string, net::Url>> against;  ///< names and places
};

}  // namespace cmd
