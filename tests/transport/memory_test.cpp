// What connections cost while they are idle, and that a message costs no allocation of ours.
#include <cstdlib>
#include <malloc.h>
#include <openssl/crypto.h>

#include "allocations.h"
#include "pair.h"
#include "tls_files.h"
#include "transport/ws.h"

using namespace transport;
using namespace transport_test;

namespace {

std::size_t held_by_openssl = 0;

void* counted_malloc(std::size_t size, const char*, int) {
  void* made = std::malloc(size);
  held_by_openssl += malloc_usable_size(made);
  return made;
}
void counted_free(void* bytes, const char*, int) {
  held_by_openssl -= malloc_usable_size(bytes);
  std::free(bytes);
}
void* counted_realloc(void* bytes, std::size_t size, const char*, int) {
  held_by_openssl -= malloc_usable_size(bytes);
  void* made = std::realloc(bytes, size);
  held_by_openssl += malloc_usable_size(made);
  return made;
}

/// Before OpenSSL's first allocation, or it refuses.
const bool counting = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, counted_free) == 1;

}  // namespace

TEST_CASE("an idle TLS connection holds no record buffers") {
  REQUIRE(counting);
  const auto version = GENERATE(as<std::string>(), "tlsv1.2", "tlsv1.3");
  constexpr std::size_t count = 20;
  auto options = client_options();
  options.version = version;
  const auto client = TlsContext::client(options);
  const auto server = TlsContext::server(server_options());
  REQUIRE(client);
  REQUIRE(server);
  const auto open_pair = [&] {
    auto pair = std::make_unique<Pair>(layers(make_tls_client(*client, "localhost")), layers(make_tls_server(*server)));
    pair->start();
    pair->client.send(std::string(50000, 'x'));
    pair->run();
    REQUIRE(pair->server.up.size() == 50000);
    return pair;
  };
  std::vector<std::unique_ptr<Pair>> pairs;
  pairs.push_back(open_pair());
  const std::size_t before = held_by_openssl;
  for (std::size_t i = 0; i < count; ++i) pairs.push_back(open_pair());
  const std::size_t both_ends = (held_by_openssl - before) / count;
  UNSCOPED_INFO(version << ": " << both_ends << " bytes for both ends");
  // A buffer for records, were one kept, would be 16 KiB alone. OpenSSL 3.5 takes 61 KiB for both ends without any.
  const bool grown = OpenSSL_version_num() >= 0x30500000UL;
  CHECK(both_ends < (grown ? 72 : 48) * 1024);
}

TEST_CASE("messages over wss allocate nothing of ours") {
  WsClientOptions options;
  options.host = "localhost";
  Pair pair(layers<Layer, Layer>(tls_client(client_options()), make_ws_client(options)),
            layers<Layer, Layer>(tls_server(), make_ws_server(std::make_shared<WsServerOptions>())));
  pair.start();
  REQUIRE(pair.client.stack.open());
  const std::string message(500, 'x');
  std::size_t received = 0;
  const auto exchange = [&] {
    bool sent = pair.client.stack.send(base::as_bytes(message), pair.client.down).has_value();
    sent = sent && pair.server.stack.receive(pair.client.down.view(), pair.server.up, pair.server.down).has_value();
    received += pair.server.up.size();
    pair.client.down.clear();
    pair.server.up.clear();
    return sent;
  };
  REQUIRE(exchange());
  const std::size_t before = allocations();
  bool all = true;
  for (int i = 0; i < 1000; ++i) all = exchange() && all;
  CHECK(allocations() == before);
  CHECK(all);
  CHECK(received == 1001 * message.size());
}
