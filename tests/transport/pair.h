// A client's and a server's stack joined in memory, with the bytes between them cut as a test likes.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catch.h"
#include "transport/stack.h"

namespace transport_test {

using Layers = std::vector<std::unique_ptr<transport::Layer>>;

template <class... Layer>
Layers layers(std::unique_ptr<Layer>... layer) {
  Layers made;
  (made.push_back(std::move(layer)), ...);
  return made;
}

/// One end: its stack, what came out of it, and how it failed.
struct End {
  explicit End(Layers made) : stack(std::move(made)) {}

  void keep(base::Result<void, transport::Error> result) {
    if (!result && !error) error = result.error();
  }
  void start() { keep(stack.start(down)); }
  void send(std::string_view text) { keep(stack.send(base::as_bytes(text), down)); }
  void close() { stack.close(down); }
  std::string received() const { return std::string(up.text()); }

  transport::Stack stack;
  base::Buffer up;
  base::Buffer down;
  std::optional<transport::Error> error;
};

/// Moves bytes until neither end has any to send; `step` bytes at a time, 0 for all at once.
struct Pair {
  Pair(Layers client_layers, Layers server_layers, std::size_t cut = 0)
      : client(std::move(client_layers)), server(std::move(server_layers)), step(cut) {}

  void start() {
    client.start();
    server.start();
    run();
  }
  void run() {
    while (!client.down.empty() || !server.down.empty()) {
      carry(client, server);
      carry(server, client);
    }
  }
  void carry(End& from, End& to) {
    const std::string bytes(from.down.text());
    from.down.clear();
    const std::size_t size = step == 0 ? bytes.size() : step;
    for (std::size_t at = 0; at < bytes.size() && !to.error; at += size) {
      to.keep(to.stack.receive(base::as_bytes(std::string_view(bytes).substr(at, size)), to.up, to.down));
    }
  }

  End client;
  End server;
  std::size_t step;
};

/// The kind and message of an error as one text, to be compared whole.
inline std::string text(const std::optional<transport::Error>& error) {
  if (!error) return "none";
  return std::string(name(error->stage)) + ", " + std::string(name(error->kind)) + ": " + error->message;
}

/// A layer fed by hand: the answer to bytes, or the error.
struct Fed {
  explicit Fed(std::unique_ptr<transport::Layer> made) : layer(std::move(made)) { keep(layer->start(down)); }

  void keep(base::Result<void, transport::Error> result) {
    if (!result && !error) error = result.error();
  }
  void receive(std::string_view bytes, std::size_t step = 0) {
    const std::size_t size = step == 0 ? bytes.size() : step;
    for (std::size_t at = 0; at < bytes.size() && !error; at += size) {
      keep(layer->receive(base::as_bytes(bytes.substr(at, size)), up, down));
    }
  }
  std::string sent() {
    std::string text(down.text());
    down.clear();
    return text;
  }

  std::unique_ptr<transport::Layer> layer;
  base::Buffer up;
  base::Buffer down;
  std::optional<transport::Error> error;
};

}  // namespace transport_test
