// The secrets of TLS connections as programs log them (SSLKEYLOGFILE), found by the client's random.
#include "capture/keylog.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/hex.h"

namespace capture {
namespace {

constexpr std::size_t longest_line = 1024;
/// As long as the hash of the cipher suite, or the 48 bytes of TLS 1.2. Others are of a line that is being written.
constexpr std::size_t secret_sizes[] = {32, 48};

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// The word at the front, taken off.
std::string_view take_word(std::string_view& line) noexcept {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

Secret* place(Secrets& secrets, std::string_view label) noexcept {
  if (label == "CLIENT_RANDOM") return &secrets.master;
  if (label == "CLIENT_HANDSHAKE_TRAFFIC_SECRET") return &secrets.handshake[0];
  if (label == "SERVER_HANDSHAKE_TRAFFIC_SECRET") return &secrets.handshake[1];
  if (label == "CLIENT_TRAFFIC_SECRET_0") return &secrets.traffic[0];
  if (label == "SERVER_TRAFFIC_SECRET_0") return &secrets.traffic[1];
  return nullptr;
}

}  // namespace

/// Randoms are random enough.
std::size_t Keylog::Hash::operator()(const Random& random) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, random.data() + random.size() - sizeof hash, sizeof hash);
  return hash;
}

base::Result<Keylog, Error> Keylog::open(const std::string& path) {
  Keylog keylog;
  keylog.path_ = path;
  errno = 0;
  if (!keylog.read_on()) return base::unexpected(Error{path + ": " + std::strerror(errno)});
  return keylog;
}

Keylog Keylog::parse(std::string_view text) {
  Keylog keylog;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    keylog.add_line(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return keylog;
}

const Secrets* Keylog::find(base::Bytes client_random) {
  Random random{};
  if (client_random.size() != random.size()) return nullptr;
  std::copy(client_random.begin(), client_random.end(), random.begin());
  auto found = secrets_.find(random);
  if (found == secrets_.end() && !path_.empty() && read_on()) found = secrets_.find(random);
  return found == secrets_.end() ? nullptr : &found->second;
}

bool Keylog::read_on() {
  const std::unique_ptr<std::FILE, Close> file(std::fopen(path_.c_str(), "rbe"));
  if (!file) return false;
  if (std::fseek(file.get(), static_cast<long>(read_), SEEK_SET) != 0) {
    if (errno != ESPIPE) return false;
    path_.clear();  // it is a pipe, which is read once
  }
  std::array<char, longest_line> line{};
  while (std::fgets(line.data(), static_cast<int>(line.size()), file.get()) != nullptr) {
    const std::string_view text(line.data());
    const bool whole = text.ends_with('\n');
    const bool long_line = text.size() == longest_line - 1;
    if (whole || !long_line) add_line(text.substr(0, text.size() - (whole ? 1 : 0)));
    if (!whole && !long_line) break;  // the last one, or it is being written: then it is read again
    read_ += text.size();
  }
  return std::ferror(file.get()) == 0;
}

void Keylog::add_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::string_view label = take_word(line);
  Secrets scratch;
  if (place(scratch, label) == nullptr) return;
  const auto random = base::from_hex(take_word(line));
  const auto secret = base::from_hex(take_word(line));
  Random key{};
  Secret value;
  const auto& sizes = secret_sizes;
  if (!random || random->size() != key.size() || !secret) return;
  if (std::find(std::begin(sizes), std::end(sizes), secret->size()) == std::end(sizes)) return;
  std::memcpy(key.data(), random->data(), key.size());
  std::memcpy(value.bytes.data(), secret->data(), secret->size());
  value.size = static_cast<std::uint8_t>(secret->size());
  *place(secrets_[key], label) = value;
}

}  // namespace capture
