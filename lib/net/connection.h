// One network connection with its layers, as packets in and an outbox out; for clients and servers alike.
#pragma once

#include <asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <optional>

#include "base/outbox.h"
#include "net/dial.h"
#include "net/worker.h"
#include "transport/stack.h"
#include "wire/frame.h"

namespace net {

/// Hears what happens on a connection. Frames live until the call returns. No call comes after `on_closed`, nor after
/// the connection was told to `close`.
class ConnectionHandler {
 public:
  virtual ~ConnectionHandler() = default;
  /// Every layer is open: packets can flow.
  virtual void on_open() = 0;
  virtual void on_frame(const wire::Frame& frame) = 0;
  /// What came is no packet.
  virtual void on_fault(const wire::Fault& fault) = 0;
  /// All packets of one read have been handed over; the outbox is sent after this returns.
  virtual void on_batch_end() = 0;
  /// The outbox has been sent to its end after it had been stuck.
  virtual void on_writable() = 0;
  /// From the event loop, never from inside another call.
  virtual void on_closed(const transport::Error& error) = 0;
};

/// Reads into the worker's scratch, so that an idle connection owns no buffer; keeps only the tail of an unfinished
/// packet.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Worker& worker, Socket socket, transport::Stack stack, base::Outbox& outbox, ConnectionHandler& handler);

  void start();
  /// How packets are to be cut: known to a server only from CONNECT on.
  void set_version(wire::Version version) noexcept { version_ = version; }
  /// A client's: what comes first must begin a CONNACK or AUTH.
  void expect_connack() noexcept { expects_connack_ = true; }
  void set_maximum_packet_size(std::uint32_t size) noexcept { maximum_packet_size_ = size; }

  /// Sends what stands in the outbox, as far as the socket takes it now; the rest follows by itself.
  void flush();
  /// Whether the last flush had to leave something.
  bool stuck() const noexcept { return waiting_to_write_; }

  /// Called once, from the event loop; the error says that the last bytes could not be sent.
  using Finished = std::function<void(std::optional<transport::Error>)>;
  /// Sends what is left in the outbox, says goodbye on each layer, waits (bounded) for the peer to close, so that the
  /// last packets are not lost to a reset, and calls `finished`. No other call of the handler follows.
  void close_in_order(Finished finished);
  /// Closes at once; no further call of the handler.
  void close();
  /// Whether the peer ended a layer (close_notify, a close frame) before it closed, …
  bool peer_said_goodbye() const noexcept { return stack_.closed(); }
  /// … and whether the bytes that came end within a packet.
  bool within_packet() const noexcept { return !tail_.empty(); }
  bool closed() const noexcept { return handler_ == nullptr || failed_; }
  transport::Stage stage() const noexcept { return stack_.stage(); }
  const transport::Stack& stack() const noexcept { return stack_; }
  Socket& socket() noexcept { return socket_; }

 private:
  void wait_to_read();
  void read_ready();
  void acknowledge_at_once();
  void receive(base::Bytes bytes);
  void hand_over(base::Bytes bytes);
  bool is_connack(base::Bytes first);
  base::Bytes complete_tail(base::Bytes bytes);
  std::size_t cut_frames(base::Bytes bytes);
  void wait_to_write();
  bool write_all();
  bool encode_through_layers();
  void fail(const transport::Error& error);
  void close_socket();
  void say_goodbye();
  void discard_until_closed();
  void give_up_after(session::Duration duration);
  void finish(std::optional<transport::Error> error);

  Worker& worker_;
  Socket socket_;
  transport::Stack stack_;
  base::Outbox& outbox_;
  ConnectionHandler* handler_;
  base::Buffer tail_;       ///< the beginning of a packet whose end has not come
  base::Buffer to_socket_;  ///< what the layers made of the outbox, or answered by themselves
  wire::Version version_ = wire::Version::v3_1_1;
  std::uint32_t maximum_packet_size_ = wire::largest_packet;
  bool opened_ = false;
  bool expects_connack_ = false;
  bool waiting_to_write_ = false;
  bool waiting_to_read_ = false;
  bool failed_ = false;
  bool said_goodbye_ = false;
  bool answered_ = false;  ///< the last read: something was sent since
  Finished finished_;
  asio::steady_timer patience_;
};

}  // namespace net
