// The header that a proxy puts before a connection that it hands on: the PROXY protocol, versions 1 and 2.
#include "transport/proxy_header.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>

#include "base/format.h"
#include "transport/peer_bytes.h"

namespace transport {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view text_signature = "PROXY ";
constexpr std::string_view binary_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
/// A line of version 1, with its end.
constexpr std::size_t longest_text = 107;
/// Signature, version and command, family, length.
constexpr std::size_t binary_head = 16;
/// Of addresses and what a proxy says beside them (version 2), as long as a certificate's name may be.
constexpr std::size_t longest_binary = 4096;

enum Command : std::uint8_t { local = 0x20, proxied = 0x21 };

struct Family {
  std::uint8_t code;      ///< in version 2
  std::string_view name;  ///< in version 1
  int number;
  std::size_t address_size;
};
constexpr std::array<Family, 2> families{{
    {0x11, "TCP4", AF_INET, 4},
    {0x21, "TCP6", AF_INET6, 16},
}};

std::string spelled(const Family& family, const std::uint8_t* address, unsigned port) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(family.number, address, text.data(), text.size());
  return family.number == AF_INET6 ? base::format("[{}]:{}", text.data(), port)
                                   : base::format("{}:{}", text.data(), port);
}

unsigned u16(base::Bytes bytes, std::size_t at) { return static_cast<unsigned>(bytes[at] << 8 | bytes[at + 1]); }

bool may_become(base::Bytes bytes, std::string_view signature) {
  const std::size_t size = std::min(bytes.size(), signature.size());
  return base::as_text(bytes.first(size)) == signature.substr(0, size);
}

/// Takes the first word from the front.
std::string_view word(std::string_view& text) {
  const auto found = text.substr(0, text.find(' '));
  text.remove_prefix(std::min(found.size() + 1, text.size()));
  return found;
}

class ProxyHeader final : public Layer {
 public:
  explicit ProxyHeader(std::function<void(std::string)> client) : client_(std::move(client)) {}

  base::Result<void, Error> start(base::Buffer&) override { return {}; }
  base::Result<void, Error> receive(base::Bytes from_below, base::Buffer& up, base::Buffer&) override {
    base::Bytes bytes = from_below;
    while (!open_ && !bytes.empty()) {
      header_.push(bytes.front());
      bytes = bytes.subspan(1);
      if (auto read = read_header(); !read) return read;
    }
    up.append(bytes);
    return {};
  }
  base::Result<void, Error> send(base::Bytes from_above, base::Buffer& down) override {
    down.append(from_above);
    return {};
  }
  void close(base::Buffer&) override {}
  Error cut() const override {
    if (open_) return {Stage::read, Kind::peer_closed, {}, "the peer closed the connection"};
    return {Stage::proxy, Kind::peer_closed, {}, "the connection was closed before a PROXY header came"};
  }
  Stage stage() const noexcept override { return Stage::proxy; }
  bool open() const noexcept override { return open_; }
  bool closed() const noexcept override { return false; }
  bool passes_through() const noexcept override { return true; }

 private:
  base::Result<void, Error> read_header() {
    const base::Bytes header = header_.view();
    if (may_become(header, binary_signature)) return read_binary(header);
    if (may_become(header, text_signature)) return read_text(header);
    return failed(
        base::format("no PROXY header came first, but '{}'; was the listener reached directly?", escaped(header)));
  }

  base::Result<void, Error> read_binary(base::Bytes header) {
    if (header.size() < binary_head) return {};
    const std::uint8_t command = header[12];
    const std::size_t length = u16(header, 14);
    if (command != local && command != proxied) {
      return failed(base::format("a PROXY header has version and command 0x{:02x}", command));
    }
    if (length > longest_binary) return failed(base::format("a PROXY header of {} bytes", length));
    if (header.size() < binary_head + length) return {};
    const auto family =
        std::find_if(families.begin(), families.end(), [&](const Family& each) { return each.code == header[13]; });
    // Other families, and the proxy's own connections, have no address to tell.
    if (command == local || family == families.end()) return finish();
    // Source, destination, source port, destination port.
    if (length < 2 * family->address_size + 4) return failed("a PROXY header without all of its addresses");
    const base::Bytes addresses = header.subspan(binary_head);
    return finish(spelled(*family, addresses.data(), u16(addresses, 2 * family->address_size)));
  }

  base::Result<void, Error> read_text(base::Bytes header) {
    std::string_view line = base::as_text(header);
    if (!line.ends_with('\n')) {
      return line.size() < longest_text ? base::Result<void, Error>() : failed("a PROXY header without an end");
    }
    const std::string shown = escaped(line);
    if (line.ends_with("\r\n")) line.remove_suffix(2);
    line.remove_prefix(std::min(text_signature.size(), line.size()));
    const std::string_view name = word(line);
    if (name == "UNKNOWN") return finish();
    const auto family =
        std::find_if(families.begin(), families.end(), [&](const Family& each) { return each.name == name; });
    const std::string source(word(line));
    word(line);
    const std::string_view port_text = word(line);
    std::uint16_t port = 0;
    const auto parsed = std::from_chars(port_text.data(), port_text.data() + port_text.size(), port);
    std::array<std::uint8_t, 16> address{};
    const bool good = family != families.end() && inet_pton(family->number, source.c_str(), address.data()) == 1 &&
                      parsed.ec == std::errc() && parsed.ptr == port_text.data() + port_text.size();
    if (!good) return failed(base::format("'{}' is no PROXY header", shown));
    return finish(spelled(*family, address.data(), port));
  }

  static base::unexpected<Error> failed(std::string message) {
    return base::unexpected(Error{Stage::proxy, Kind::protocol, {}, std::move(message)});
  }

  base::Result<void, Error> finish(std::string address = {}) {
    open_ = true;
    header_.release();
    if (!address.empty()) client_(std::move(address));
    return {};
  }

  std::function<void(std::string)> client_;
  base::Buffer header_;
  bool open_ = false;
};

}  // namespace

std::unique_ptr<Layer> make_proxy_header(std::function<void(std::string address)> client) {
  return std::make_unique<ProxyHeader>(std::move(client));
}

}  // namespace transport
