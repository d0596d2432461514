// Answers Prometheus over HTTP while a run goes on, from a thread of its own.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "bench/exposition.h"
#include "net/listener.h"

namespace bench {

class Crew;

/// Nothing is shared with the crews: each is asked for a snapshot by a message to its event loop, at most once in
/// `freshness`, and answers by one to ours.
class Exporter {
 public:
  static constexpr std::size_t largest_request = 8 * 1024;
  static constexpr std::size_t most_connections = 16;
  static constexpr auto freshness = std::chrono::milliseconds(100);
  /// For a request to come, for an answer to go, for the crews to answer.
  static constexpr auto patience = std::chrono::seconds(5);

  Exporter();
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  base::Result<void, std::error_code> listen(const std::string& host, std::uint16_t port);
  const std::string& address() const noexcept { return listener_->address(); }

  /// The crews' event loops run from now on, until `stop` returns.
  void start(std::vector<Crew*> crews);
  void stop();

 private:
  friend class Scrape;
  using Answer = std::function<void(const std::string& text)>;

  void accept(net::Socket socket);
  void collect(Answer answer);
  void take(std::size_t crew, std::uint64_t round, const Snapshot& snapshot);
  void answer_all();

  net::Worker worker_;
  std::unique_ptr<net::Listener> listener_;
  asio::steady_timer waiting_for_crews_;
  std::shared_ptr<std::size_t> connections_ = std::make_shared<std::size_t>(0);
  std::vector<Crew*> crews_;
  std::vector<Snapshot> snapshots_;
  std::vector<Answer> answers_;
  std::size_t missing_ = 0;  ///< crews that have not answered in this round
  std::uint64_t round_ = 0;
  std::chrono::steady_clock::time_point taken_{};
  std::thread thread_;
};

/// The status line's code for a request's head, as far as it has come: 200, 400, 404, 405 or 431; 0: more has to come.
unsigned judge_request(std::string_view head) noexcept;

}  // namespace bench
