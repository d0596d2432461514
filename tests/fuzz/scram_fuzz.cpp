// SCRAM messages of a hostile peer, to either side: each is refused with a reason, and none proves a password that the
// peer does not know.
#include <algorithm>
#include <cstdlib>

#include "auth/scram.h"

namespace {

using auth::Hash;

constexpr std::string_view our_nonce = "ours";

void demand(bool holds) {
  if (!holds) std::abort();
}

/// A nonce, which nobody guesses, stands for each '@'.
std::string with_nonce(std::string_view message, std::string_view nonce) {
  std::string out;
  for (const char character : message) {
    if (character == '@') {
      out += nonce;
    } else {
      out += character;
    }
  }
  return out;
}

/// Up to the next line feed, which is taken off with it.
std::string_view take_line(std::string_view& rest) {
  const std::string_view line = rest.substr(0, rest.find('\n'));
  rest.remove_prefix(std::min(line.size() + 1, rest.size()));
  return line;
}

/// Many iterations are meant to take time.
bool takes_long(std::string_view server_first) {
  const std::size_t at = server_first.find(",i=");
  if (at == std::string_view::npos) return false;
  const std::string_view count = server_first.substr(at + 3);
  return std::min(count.find_first_not_of("0123456789"), count.size()) > 4;
}

void as_client(std::string_view rest) {
  auth::ScramClient client(Hash::sha256, "user", "password", std::string(our_nonce));
  const std::string first = with_nonce(take_line(rest), our_nonce);
  if (takes_long(first)) return;
  const auto answer = client.answer(first);
  demand(answer ? answer->find(",p=") != std::string::npos : !answer.error().empty());
  demand(!client.verify(rest));
}

void as_server(std::string_view rest) {
  static const auth::ScramCredential credential =
      auth::make_credential(Hash::sha256, "password", "salt", auth::scram_iterations);
  auth::ScramServer server(
      Hash::sha256, [](std::string_view name) { return name == "user" ? std::optional(credential) : std::nullopt; },
      std::string(our_nonce));
  const auto begun = server.begin(take_line(rest));
  if (!begun) return demand(!begun.error().empty());
  const std::string_view nonce = std::string_view(*begun).substr(2, begun->find(',') - 2);
  demand(nonce.ends_with(our_nonce));
  const auto finished = server.finish(with_nonce(rest, nonce));
  demand(!finished && !finished.error().empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 2 == 0) {
    as_client(text);
  } else {
    as_server(text);
  }
  return 0;
}
