// --exec: a program for each message, one after the other, with the payload on its standard input.
#include <cerrno>
#include <cstring>
#include <deque>
#include <sys/mman.h>
#include <unistd.h>

#include "base/format.h"
#include "base/hex.h"
#include "child.h"
#include "render/escape.h"
#include "sink.h"

namespace cmd {
namespace {

// What may wait for its turn. Beyond it the next message waits for the running program, and the broker for us: nothing
// is dropped, and memory stays bounded.
constexpr std::size_t most_waiting = 1000;
constexpr std::size_t most_waiting_bytes = 16 * 1024 * 1024;

/// A file in memory, read from its start; negative with errno where there is none to be had.
int file_in_memory(std::string_view bytes) {
  const int file = ::memfd_create("payload", MFD_CLOEXEC);
  while (file >= 0 && !bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      const int error = errno;
      ::close(file);
      errno = error;
      return -1;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (file >= 0) ::lseek(file, 0, SEEK_SET);
  return file;
}

/// What the program learns of the message. Correlation data is binary: in hexadecimal digits.
std::vector<std::string> variables_of(const wire::Publish& publish) {
  using wire::PropertyId;
  std::vector<std::string> variables{
      base::format("MQTT_TOPIC={}", publish.topic),
      base::format("MQTT_QOS={}", publish.qos),
      base::format("MQTT_RETAIN={}", publish.retain ? 1 : 0),
      base::format("MQTT_PAYLOAD_LENGTH={}", publish.payload.size()),
      base::format("MQTT_CONTENT_TYPE={}", publish.properties.text(PropertyId::content_type)),
      base::format("MQTT_RESPONSE_TOPIC={}", publish.properties.text(PropertyId::response_topic)),
      "MQTT_CORRELATION_DATA=",
  };
  if (const auto data = publish.properties.find(PropertyId::correlation_data)) {
    variables.back() += base::to_hex(data->value);
  }
  return variables;
}

class ExecSink final : public Sink {
 public:
  ExecSink(std::vector<std::string> words, const SinkContext& context)
      : words_(std::move(words)),
        complain_(context.complain),
        progressed_(context.progressed),
        child_(context.worker.io()) {}

  ~ExecSink() override {
    const std::size_t left = jobs_.size() - (child_.running() ? 1 : 0);
    if (left != 0)
      complain_(base::format("{} message{} not given to the command", left, left == 1 ? " was" : "s were"));
  }

  void take(const wire::Publish& publish, render::Moment) override {
    while (!failure_ && (jobs_.size() > most_waiting || waiting_bytes_ > most_waiting_bytes)) child_.wait();
    if (failure_) return;
    jobs_.push_back({std::string(base::as_text(publish.payload)), variables_of(publish)});
    waiting_bytes_ += publish.payload.size();
    if (!child_.running()) start();
  }

  std::size_t pending() const override { return jobs_.size(); }
  int exit_code() const override { return exit_code_; }

 private:
  struct Job {
    std::string payload;
    std::vector<std::string> variables;
  };

  /// The front job stays in its place until it is done.
  void start() {
    const Job& job = jobs_.front();
    const int input = file_in_memory(job.payload);
    const int error = input < 0 ? errno : child_.start(words_, job.variables, input, [this](int code) { done(code); });
    if (input >= 0) ::close(input);
    if (error == 0) return;
    failure_ = Failure{exit_code_of_failed_start(error), base::format("cannot run {}: {}", words_[0], strerror(error))};
  }

  void done(int code) {
    if (code != 0) report(code);
    waiting_bytes_ -= jobs_.front().payload.size();
    jobs_.pop_front();
    if (!jobs_.empty()) start();
    progressed_();
  }

  void report(int code) {
    base::Buffer topic;
    render::append_quoted(topic, std::string_view(jobs_.front().variables[0]).substr(std::strlen("MQTT_TOPIC=")));
    complain_(base::format("{} ended with status {} for the message on {}", words_[0], code, topic.text()));
    if (exit_code_ == 0) exit_code_ = code;
  }

  std::vector<std::string> words_;
  std::function<void(std::string_view)> complain_;
  std::function<void()> progressed_;
  std::deque<Job> jobs_;  ///< the front one is running
  std::size_t waiting_bytes_ = 0;
  int exit_code_ = 0;
  Child child_;
};

}  // namespace

std::unique_ptr<Sink> make_exec_sink(const std::vector<std::string>& words, const SinkContext& context) {
  return std::make_unique<ExecSink>(words, context);
}

}  // namespace cmd
