// --message-rate: how many messages came, once a second.
#include <asio/steady_timer.hpp>

#include "output_sink.h"
#include "render/escape.h"

namespace cmd {
namespace {

class RateCounter final : public OutputSink {
 public:
  explicit RateCounter(const SinkContext& context)
      : OutputSink(context),
        progressed_(context.progressed),
        second_(context.worker.io(), session::Clock::now() + std::chrono::seconds(1)) {
    wait();
  }

  void take(const wire::Publish&, render::Moment) override { ++count_; }

 private:
  void wait() {
    second_.async_wait([this](asio::error_code cancelled) {
      if (cancelled) return;
      second_.expires_at(second_.expiry() + std::chrono::seconds(1));
      wait();
      show();
    });
  }

  void show() {
    render::append_number(output_.buffer(), std::exchange(count_, 0));
    output_.buffer().push('\n');
    flush();
    progressed_();
  }

  std::function<void()> progressed_;
  asio::steady_timer second_;
  std::uint64_t count_ = 0;
};

}  // namespace

std::unique_ptr<Sink> make_rate_counter(const SinkContext& context) { return std::make_unique<RateCounter>(context); }

}  // namespace cmd
