// Headers of the PROXY protocol, byte for byte, in both of its versions, and what is none.
#include "transport/proxy_header.h"

#include "base/hex.h"
#include "pair.h"

using namespace transport;
using namespace transport_test;

namespace {

std::string bytes(std::string_view hex) { return base::from_hex(hex).value(); }

const std::string signature = "0d0a0d0a000d0a515549540a";
const std::string broken = "proxy, protocol: ";

struct Behind {
  std::string client = "untold";
  Fed fed{make_proxy_header([this](std::string address) { client = std::move(address); })};
};

}  // namespace

TEST_CASE("a PROXY header names the client and is gone") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  const auto [header, client] = GENERATE(table<std::string, std::string>({
      {bytes(signature + "2111000c"
                         "c0000201c0000202"
                         "9c40075b"),
       "192.0.2.1:40000"},
      {bytes(signature + "21210024"
                         "20010db8000000000000000000000001"
                         "20010db8000000000000000000000002"
                         "9c40075b"),
       "[2001:db8::1]:40000"},
      // With a field of type 4 (nothing, of two bytes) behind the addresses.
      {bytes(signature + "21110011"
                         "c0000201c0000202"
                         "9c40075b"
                         "0400020000"),
       "192.0.2.1:40000"},
      {bytes(signature + "20000000"), "untold"},
      {bytes(signature + "20110003"
                         "000000"),
       "untold"},
      {bytes(signature + "21310000"), "untold"},
      {"PROXY TCP4 192.0.2.1 192.0.2.2 40000 1883\r\n", "192.0.2.1:40000"},
      {"PROXY TCP6 2001:db8::1 2001:db8::2 40000 1883\r\n", "[2001:db8::1]:40000"},
      {"PROXY UNKNOWN\r\n", "untold"},
      {"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "untold"},
  }));
  Behind behind;
  CHECK(behind.fed.sent().empty());
  behind.fed.receive(header + "rest", step);
  CHECK(text(behind.fed.error) == "none");
  CHECK(behind.fed.layer->open());
  CHECK(behind.fed.layer->passes_through());
  CHECK(behind.client == client);
  CHECK(behind.fed.up.text() == "rest");
  behind.fed.keep(behind.fed.layer->send(base::as_bytes(std::string_view("answer")), behind.fed.down));
  CHECK(behind.fed.sent() == "answer");
  CHECK(text(behind.fed.layer->cut()) == "read, peer_closed: the peer closed the connection");
}

TEST_CASE("what is no PROXY header is said in words") {
  const std::size_t step = GENERATE(as<std::size_t>(), 0, 1);
  const auto [header, message] = GENERATE(table<std::string, std::string>({
      {"\x10", "no PROXY header came first, but '\\x10'; was the listener reached directly?"},
      {"PROXX", "no PROXY header came first, but 'PROXX'; was the listener reached directly?"},
      {bytes(signature + "31110000"), "a PROXY header has version and command 0x31"},
      {bytes(signature + "2111ffff"), "a PROXY header of 65535 bytes"},
      {bytes(signature + "21110008"
                         "c0000201c0000202"),
       "a PROXY header without all of its addresses"},
      {"PROXY TCP4 192.0.2.1\r\n", "'PROXY TCP4 192.0.2.1\\r\\n' is no PROXY header"},
      {"PROXY TCP4 2001:db8::1 a 1 2\r\n", "'PROXY TCP4 2001:db8::1 a 1 2\\r\\n' is no PROXY header"},
      {"PROXY TCP4 192.0.2.1 a 65536 2\r\n", "'PROXY TCP4 192.0.2.1 a 65536 2\\r\\n' is no PROXY header"},
      {"PROXY UDP4 192.0.2.1 a 1 2\r\n", "'PROXY UDP4 192.0.2.1 a 1 2\\r\\n' is no PROXY header"},
      {"PROXY " + std::string(101, 'x'), "a PROXY header without an end"},
  }));
  Behind behind;
  behind.fed.receive(header, step);
  CHECK(text(behind.fed.error) == broken + message);
  CHECK_FALSE(behind.fed.layer->open());
  CHECK(behind.client == "untold");
}

TEST_CASE("a connection that ends within a PROXY header") {
  Behind behind;
  behind.fed.receive("PROXY TCP4");
  CHECK(text(behind.fed.layer->cut()) == "proxy, peer_closed: the connection was closed before a PROXY header came");
}
