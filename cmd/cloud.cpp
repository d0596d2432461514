#include "cloud.h"

#include <cstdlib>
#include <vector>

#include "auth/cloud.h"
#include "base/format.h"
#include "base/line.h"
#include "values.h"

namespace cmd {
namespace {

using Keys = std::vector<std::string>;
using Place = net::ConnectSettings;

constexpr std::size_t largest_key_file = 64 * 1024;

std::chrono::sys_seconds now() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

/// What stands between two dots of a host name; empty where there are not so many.
std::string_view label(std::string_view host, int number) {
  for (; number > 0; --number) {
    const std::size_t dot = host.find('.');
    if (dot == std::string_view::npos) return {};
    host.remove_prefix(dot + 1);
  }
  return host.substr(0, host.find('.'));
}

Completed<void> use(session::ClientOptions& session, auth::Login login) {
  session.username = std::move(login.username);
  session.password = std::move(login.password);
  return {};
}

Completed<void> aliyun(const Keys& keys, Place& place, session::ClientOptions& session) {
  return use(session, auth::aliyun(session.client_identifier, keys[0], keys[1], label(place.host, 0)));
}

Completed<void> azure_sas(const Keys& keys, Place& place, session::ClientOptions& session) {
  auto login = auth::azure_sas(place.host, session.client_identifier, keys[0], now() + std::chrono::hours(1));
  if (!login) return trouble("--auth azure-sas: the device's key is not Base64", ExitCode::configuration);
  return use(session, *std::move(login));
}

Completed<void> aws_sigv4(const Keys& keys, Place& place, session::ClientOptions&) {
  if (place.transport != net::Transport::wss) return trouble("--auth aws-sigv4 needs a wss:// address");
  const char* given = std::getenv("AWS_REGION");
  const std::string region(given != nullptr ? std::string_view(given) : label(place.host, 2));
  if (region.empty()) return trouble("--auth aws-sigv4: the host name shows no region; set AWS_REGION");
  const bool usual = place.port == net::default_port(net::Transport::wss);
  const std::string host = usual ? place.host : base::format("{}:{}", place.host, place.port);
  auth::AwsRequest request;
  request.host = host;
  request.region = region;
  request.access_key = keys[0];
  request.secret_key = keys[1];
  request.session_token = keys[2];
  request.now = now();
  place.websocket.path = auth::aws_presigned(request);
  return {};
}

struct CloudRow {
  std::string_view name;
  std::vector<const char*> variables;  ///< of its keys, also the order of lines in --auth-key-file
  std::size_t needed;                  ///< so many of them
  Completed<void> (*apply)(const Keys& keys, Place& place, session::ClientOptions& session);
};

const CloudRow rows[] = {
    {"aliyun", {"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"}, 2, aliyun},
    {"aws-sigv4", {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}, 2, aws_sigv4},
    {"azure-sas", {"AZURE_IOT_DEVICE_KEY"}, 1, azure_sas},
};

const CloudRow* find(std::string_view name) noexcept {
  for (const CloudRow& row : rows) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

Completed<Keys> keys_of(const CloudRow& row, const std::string& file) {
  Keys keys;
  if (file.empty()) {
    for (const char* variable : row.variables) {
      const char* value = std::getenv(variable);
      keys.emplace_back(value != nullptr ? value : "");
    }
  } else {
    auto text = read_file(file, largest_key_file);
    if (!text) return trouble(std::move(text.error()), ExitCode::no_input);
    std::string_view rest = *text;
    while (keys.size() < row.variables.size()) {
      keys.emplace_back(base::take_line(rest));
    }
  }
  for (std::size_t i = 0; i < row.needed; ++i) {
    if (!keys[i].empty()) continue;
    return trouble(base::format("--auth {}: no key; set {}, or put it in line {} of --auth-key-file", row.name,
                                row.variables[i], i + 1));
  }
  return keys;
}

}  // namespace

bool is_cloud(std::string_view name) noexcept { return find(name) != nullptr; }

Completed<void> complete_cloud(Draft& draft) {
  if (draft.cloud.empty()) {
    if (!draft.cloud_key_file.empty()) return trouble("--auth-key-file is for --auth");
    return {};
  }
  const CloudRow& row = *find(draft.cloud);
  if (draft.id.empty() && row.apply != aws_sigv4) {
    return trouble(base::format("--auth {} needs the client identifier (-i) that the key is for", row.name));
  }
  auto keys = keys_of(row, draft.cloud_key_file);
  if (!keys) return base::unexpected(keys.error());
  net::ConnectSettings& network = draft.connection.network;
  // Once now, so that what is wrong is said before anything is sent; then for each attempt, as signatures grow old.
  if (auto applied = row.apply(*keys, network, draft.connection.session); !applied) return applied;
  network.refresh = [apply = row.apply, keys = *std::move(keys)](Place& place, session::ClientOptions& session) {
    apply(keys, place, session);
  };
  return {};
}

}  // namespace cmd
