#include "bench/exporter.h"

#include <asio/post.hpp>
#include <asio/write.hpp>

#include "base/format.h"
#include "bench/crew.h"

namespace bench {
namespace {

std::string_view reason(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 431:
      return "Request Header Fields Too Large";
    default:
      return "Bad Request";
  }
}

std::string response(unsigned status, std::string_view body) {
  return base::format(
      "HTTP/1.1 {} {}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\nContent-Length: {}\r\n{}"
      "Connection: close\r\n\r\n{}",
      status, reason(status), body.size(), status == 405 ? "Allow: GET\r\n" : "", body);
}

}  // namespace

/// One request and its answer.
class Scrape : public std::enable_shared_from_this<Scrape> {
 public:
  Scrape(Exporter& exporter, net::Socket socket)
      : exporter_(exporter),
        connections_(exporter.connections_),
        socket_(std::move(socket)),
        limit_(exporter.worker_.io()) {
    ++*connections_;
  }
  ~Scrape() { --*connections_; }
  Scrape(const Scrape&) = delete;
  Scrape& operator=(const Scrape&) = delete;

  void start() {
    limit_.expires_after(Exporter::patience);
    limit_.async_wait([weak = weak_from_this()](asio::error_code cancelled) {
      const auto self = weak.lock();
      if (!cancelled && self) self->close();
    });
    read();
  }

 private:
  void read() {
    socket_.async_read_some(asio::buffer(head_.data() + size_, head_.size() - size_),
                            [self = shared_from_this()](asio::error_code error, std::size_t count) {
                              if (!error) self->read_more(count);
                            });
  }

  void read_more(std::size_t count) {
    size_ += count;
    unsigned status = judge_request({head_.data(), size_});
    if (status == 0 && size_ == head_.size()) status = 431;
    if (status == 0) return read();
    if (status != 200) return write(response(status, base::format("{}\n", reason(status))));
    exporter_.collect([self = shared_from_this()](const std::string& text) { self->write(response(200, text)); });
  }

  void write(std::string text) {
    text_ = std::move(text);
    asio::async_write(socket_, asio::buffer(text_), [self = shared_from_this()](asio::error_code error, std::size_t) {
      if (error) return;
      // The rest of what was sent has to be read: closing before would reset the connection and lose the answer.
      self->socket_.shutdown(asio::socket_base::shutdown_send, error);
      self->discard();
    });
  }

  void discard() {
    socket_.async_read_some(asio::buffer(head_), [self = shared_from_this()](asio::error_code error, std::size_t) {
      if (error) return self->close();
      self->discard();
    });
  }

  void close() {
    asio::error_code ignored;
    socket_.close(ignored);
    limit_.cancel();
  }

  Exporter& exporter_;
  std::shared_ptr<std::size_t> connections_;
  net::Socket socket_;
  asio::steady_timer limit_;
  std::array<char, Exporter::largest_request> head_{};
  std::size_t size_ = 0;
  std::string text_;
};

Exporter::Exporter() : waiting_for_crews_(worker_.io()) {}

Exporter::~Exporter() { stop(); }

base::Result<void, std::error_code> Exporter::listen(const std::string& host, std::uint16_t port) {
  listener_ = std::make_unique<net::Listener>(worker_, [this](net::Socket socket) { accept(std::move(socket)); });
  return listener_->listen(host, port);
}

void Exporter::start(std::vector<Crew*> crews) {
  crews_ = std::move(crews);
  snapshots_.resize(crews_.size());
  for (std::size_t i = 0; i < crews_.size(); ++i) snapshots_[i].group = crews_[i]->plan().name;
  thread_ = std::thread([this] { worker_.io().run(); });
}

void Exporter::stop() {
  worker_.io().stop();
  if (thread_.joinable()) thread_.join();
}

void Exporter::accept(net::Socket socket) {
  if (*connections_ >= most_connections) return;
  std::make_shared<Scrape>(*this, std::move(socket))->start();
}

void Exporter::collect(Answer answer) {
  answers_.push_back(std::move(answer));
  if (missing_ != 0) return;
  if (std::chrono::steady_clock::now() - taken_ < freshness) return answer_all();
  ++round_;
  missing_ = crews_.size();
  for (std::size_t i = 0; i < crews_.size(); ++i) {
    asio::post(crews_[i]->worker().io(), [this, i, round = round_, crew = crews_[i]] {
      asio::post(worker_.io(), [this, i, round, snapshot = crew->snapshot()] { take(i, round, snapshot); });
    });
  }
  // One that has come to its end does not answer: what it said last has to do.
  waiting_for_crews_.expires_after(patience / 5);
  waiting_for_crews_.async_wait([this](asio::error_code cancelled) {
    if (!cancelled && missing_ != 0) answer_all();
  });
}

void Exporter::take(std::size_t crew, std::uint64_t round, const Snapshot& snapshot) {
  snapshots_[crew] = snapshot;
  if (round != round_ || missing_ == 0 || --missing_ != 0) return;
  waiting_for_crews_.cancel();
  taken_ = std::chrono::steady_clock::now();
  answer_all();
}

void Exporter::answer_all() {
  missing_ = 0;
  // The crews of a group stand together.
  std::vector<Snapshot> sums;
  for (const Snapshot& snapshot : snapshots_) {
    if (sums.empty() || sums.back().group != snapshot.group) sums.emplace_back().group = snapshot.group;
    sums.back().add(snapshot);
  }
  const std::string text = exposition(sums);
  for (const Answer& answer : std::exchange(answers_, {})) answer(text);
}

unsigned judge_request(std::string_view head) noexcept {
  // What cannot become a request need not be waited for.
  constexpr std::string_view token = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const std::size_t method = head.find_first_not_of(token);
  if (method == std::string_view::npos) return head.size() > 20 ? 400 : 0;
  if (method == 0 || head[method] != ' ') return 400;
  const std::size_t line = head.find("\r\n");
  if (line == std::string_view::npos) return 0;
  const std::string_view first = head.substr(0, line);
  const std::size_t end = first.find(' ', method + 1);
  if (end == std::string_view::npos || !first.substr(end + 1).starts_with("HTTP/1.")) return 400;
  if (head.find("\r\n\r\n") == std::string_view::npos) return 0;
  if (first.substr(0, method) != "GET") return 405;
  std::string_view target = first.substr(method + 1, end - method - 1);
  target = target.substr(0, target.find('?'));
  return target == "/metrics" || target == "/" ? 200 : 404;
}

}  // namespace bench
