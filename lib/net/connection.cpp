#include "net/connection.h"

#include <array>
#include <asio/post.hpp>
#include <cerrno>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "net/greeting.h"

namespace net {
namespace {

using transport::Error;
using transport::Kind;
using transport::Stage;

/// Reads of one readiness before others have their turn.
constexpr int reads_in_a_row = 8;
/// Who sends as much at a time does not wait for our acknowledgements.
constexpr std::size_t streaming = 32 * 1024;
/// What the layers may hold encoded ahead of the socket.
constexpr std::size_t encoded_ahead = 256 * 1024;
/// An empty tail keeps memory up to this size.
constexpr std::size_t kept_tail = 4 * 1024;
/// How long a closing connection waits without progress, and then for the peer to close.
constexpr auto goodbye_patience = std::chrono::seconds(5);
constexpr auto close_patience = std::chrono::seconds(1);

std::error_code last_error() { return {errno, std::system_category()}; }
bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

Error socket_error(Stage stage, std::error_code code) { return {stage, Kind::system, code, code.message()}; }

/// As many bytes as the socket takes now; negative with errno as sendmsg has it.
ssize_t send_pieces(int socket, std::span<const base::Bytes> pieces) {
  std::array<iovec, 64> vectors;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    vectors[i] = {const_cast<std::uint8_t*>(pieces[i].data()), pieces[i].size()};
  }
  msghdr message{};
  message.msg_iov = vectors.data();
  message.msg_iovlen = pieces.size();
  return ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

Connection::Connection(Worker& worker, Socket socket, transport::Stack stack, base::Outbox& outbox,
                       ConnectionHandler& handler)
    : worker_(worker),
      socket_(std::move(socket)),
      stack_(std::move(stack)),
      outbox_(outbox),
      handler_(&handler),
      patience_(worker.io()) {}

void Connection::start() {
  const auto self = shared_from_this();
  if (auto started = stack_.start(to_socket_); !started) return fail(started.error());
  if (stack_.open()) {
    opened_ = true;
    handler_->on_open();
  }
  flush();
  if (!closed()) wait_to_read();
}

// Reading.

void Connection::wait_to_read() {
  if (waiting_to_read_) return;
  waiting_to_read_ = true;
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](asio::error_code error) {
    self->waiting_to_read_ = false;
    if (error == asio::error::operation_aborted || !self->socket_.is_open()) return;
    self->finished_ ? self->discard_until_closed() : self->read_ready();
  });
}

void Connection::read_ready() {
  if (closed()) return;
  const auto scratch = worker_.scratch();
  for (int i = 0; i < reads_in_a_row; ++i) {
    const ssize_t count = ::recv(socket_.native_handle(), scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (count < 0 && would_block()) break;
    if (count < 0) return fail(socket_error(stage(), last_error()));
    if (count == 0) return fail(stack_.cut());
    answered_ = false;
    receive(scratch.first(static_cast<std::size_t>(count)));
    if (closed()) return;
    handler_->on_batch_end();
    flush();
    if (closed()) return;
    if (!answered_ && static_cast<std::size_t>(count) < streaming) acknowledge_at_once();
    if (static_cast<std::size_t>(count) < scratch.size()) break;
  }
  if (tail_.empty() && tail_.capacity() > kept_tail) tail_.release();
  wait_to_read();
}

/// A peer with Nagle's algorithm (RFC 896), as mosquitto by default, holds what it has for us back until TCP has
/// acknowledged the last of it, which the kernel delays by 40 ms where we send nothing. To be said again each time.
void Connection::acknowledge_at_once() {
  const int on = 1;
  ::setsockopt(socket_.native_handle(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

void Connection::receive(base::Bytes bytes) {
  if (stack_.identity()) return hand_over(bytes);
  base::Buffer& plain = worker_.plain();
  plain.clear();
  const auto received = stack_.receive(bytes, plain, to_socket_);
  if (!opened_ && stack_.open()) {
    opened_ = true;
    handler_->on_open();
  }
  if (!closed() && !plain.empty()) hand_over(plain.view());
  if (closed()) return;
  if (!received) return fail(received.error());
  if (stack_.closed()) fail(stack_.cut());
}

/// Otherwise another protocol is named, or the rule that is broken, before a length is believed.
bool Connection::is_connack(base::Bytes first) {
  const auto type = static_cast<wire::PacketType>(first[0] >> 4);
  if (type == wire::PacketType::connack || type == wire::PacketType::auth) return true;
  if (const auto other = recognise_greeting(first)) {
    fail(*other);
  } else {
    handler_->on_fault({wire::Clause::first_packet_not_connack, 0});
  }
  return false;
}

void Connection::hand_over(base::Bytes bytes) {
  if (std::exchange(expects_connack_, false) && !is_connack(bytes)) return;
  if (!tail_.empty()) bytes = complete_tail(bytes);
  if (bytes.empty() || closed()) return;
  const std::size_t used = cut_frames(bytes);
  tail_.append(bytes.subspan(used));
}

/// Adds to the tail just what its packet lacks, so that the rest is cut where it stands. Returns the rest.
base::Bytes Connection::complete_tail(base::Bytes bytes) {
  while (!bytes.empty()) {
    const auto front = wire::split(tail_.view(), version_, maximum_packet_size_);
    if (front.kind != wire::Split::Kind::incomplete) break;
    const std::size_t lacking = std::min(front.needed - tail_.size(), bytes.size());
    tail_.append(bytes.first(lacking));
    bytes = bytes.subspan(lacking);
  }
  const std::size_t used = cut_frames(tail_.view());
  if (used != 0) tail_.clear();
  return bytes;
}

std::size_t Connection::cut_frames(base::Bytes bytes) {
  std::size_t used = 0;
  while (used < bytes.size()) {
    const auto front = wire::split(bytes.subspan(used), version_, maximum_packet_size_);
    if (front.kind == wire::Split::Kind::incomplete) break;
    if (front.kind == wire::Split::Kind::fault) {
      handler_->on_fault(front.fault);
      return bytes.size();
    }
    handler_->on_frame(front.frame);
    used += front.frame.packet.size();
    if (closed()) return bytes.size();
  }
  return used;
}

// Writing.

void Connection::flush() {
  if (waiting_to_write_ || !socket_.is_open()) return;
  write_all();
}

/// Whether everything went. What did not is sent when the socket takes more.
bool Connection::write_all() {
  const bool plain = stack_.identity();
  for (;;) {
    if (!plain && stack_.open() && !encode_through_layers()) return false;
    std::array<base::Bytes, 64> pieces;
    std::size_t count = 0;
    if (!to_socket_.empty()) {
      pieces[count++] = to_socket_.view();
    } else if (plain) {
      count = outbox_.gather(pieces);
    }
    if (count == 0) return true;
    const bool own = !to_socket_.empty();
    const ssize_t sent = send_pieces(socket_.native_handle(), std::span(pieces).first(count));
    if (sent < 0 && would_block()) {
      wait_to_write();
      return false;
    }
    if (sent < 0) {
      fail(socket_error(Stage::write, last_error()));
      return false;
    }
    answered_ = true;
    own ? to_socket_.consume(static_cast<std::size_t>(sent)) : outbox_.consume(static_cast<std::size_t>(sent));
    if (finished_) give_up_after(goodbye_patience);
  }
}

bool Connection::encode_through_layers() {
  std::array<base::Bytes, 1> piece;
  while (to_socket_.size() < encoded_ahead && outbox_.gather(piece) != 0) {
    if (auto sent = stack_.send(piece[0], to_socket_); !sent) {
      fail(sent.error());
      return false;
    }
    outbox_.consume(piece[0].size());
  }
  return true;
}

void Connection::wait_to_write() {
  waiting_to_write_ = true;
  socket_.async_wait(Socket::wait_write, [self = shared_from_this()](asio::error_code error) {
    self->waiting_to_write_ = false;
    if (error == asio::error::operation_aborted || !self->socket_.is_open()) return;
    if (!self->write_all()) return;
    if (self->finished_) return self->say_goodbye();
    if (!self->closed()) {
      self->handler_->on_writable();
      self->flush();
    }
  });
}

// The end.

/// The handler hears of it from the event loop, so that no call of ours re-enters its own.
void Connection::fail(const Error& error) {
  if (finished_) return finish(said_goodbye_ ? std::nullopt : std::optional(error));
  if (closed()) return;
  failed_ = true;
  if (!to_socket_.empty()) {
    const base::Bytes alert = to_socket_.view();
    send_pieces(socket_.native_handle(), std::span(&alert, 1));
  }
  close_socket();
  asio::post(worker_.io(), [self = shared_from_this(), error] {
    if (ConnectionHandler* handler = std::exchange(self->handler_, nullptr)) handler->on_closed(error);
  });
}

void Connection::close() {
  handler_ = nullptr;
  close_socket();
}

void Connection::close_socket() {
  asio::error_code ignored;
  socket_.close(ignored);
  patience_.cancel();
}

void Connection::close_in_order(Finished finished) {
  handler_ = nullptr;
  finished_ = std::move(finished);
  give_up_after(goodbye_patience);
  if (!waiting_to_write_ && write_all()) say_goodbye();
}

/// Everything is sent: what the layers say at the end, then our half of the connection closes.
void Connection::say_goodbye() {
  if (!said_goodbye_) {
    said_goodbye_ = true;
    if (stack_.open()) stack_.close(to_socket_);
    if (!write_all()) return;
  }
  asio::error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  give_up_after(close_patience);
  discard_until_closed();
}

void Connection::discard_until_closed() {
  const auto scratch = worker_.scratch();
  for (int i = 0; i < reads_in_a_row; ++i) {
    const ssize_t count = ::recv(socket_.native_handle(), scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (count < 0 && would_block()) break;
    if (count < 0 && !said_goodbye_) return fail(socket_error(Stage::write, last_error()));
    if (count <= 0 && said_goodbye_) return finish(std::nullopt);
    if (count == 0) return;  // the peer has nothing more to say; we still have
  }
  wait_to_read();
}

void Connection::give_up_after(session::Duration duration) {
  patience_.expires_after(duration);
  patience_.async_wait([self = shared_from_this()](asio::error_code cancelled) {
    if (cancelled || !self->finished_) return;
    self->finish(self->said_goodbye_
                     ? std::nullopt
                     : std::optional(Error{Stage::write, Kind::timeout, {}, "the peer takes no more bytes"}));
  });
}

void Connection::finish(std::optional<Error> error) {
  close();
  if (!finished_) return;
  asio::post(worker_.io(),
             [finished = std::exchange(finished_, nullptr), error = std::move(error)] { finished(error); });
}

}  // namespace net
