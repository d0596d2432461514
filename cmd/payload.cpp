// Reads whole payloads from files and from standard input.
#include "payload.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "wire/frame.h"

namespace cmd {
namespace {

struct Close {
  void operator()(std::FILE* file) const noexcept {
    if (file != stdin) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Close>;

base::Result<std::string, Failure> read_all(std::FILE* file, const std::string& name, Manners manners) {
  std::string bytes;
  std::vector<char> part(64 * 1024);
  while (const auto count = std::fread(part.data(), 1, part.size(), file)) {
    bytes.append(part.data(), count);
    if (bytes.size() > wire::largest_packet) {
      return base::unexpected(Failure{exit_code(ExitCode::bad_data, manners), name + ": too large for one message"});
    }
  }
  if (std::ferror(file) != 0) return base::unexpected(explain_file(ExitCode::no_input, name, errno, manners));
  return bytes;
}

}  // namespace

base::Result<std::string, Failure> load_payload(const PayloadOptions& payload, Manners manners) {
  switch (payload.source) {
    case PayloadOptions::Source::message:
      return payload.message;
    case PayloadOptions::Source::file: {
      const File file(payload.file == "-" ? stdin : std::fopen(payload.file.c_str(), "rbe"));
      if (!file) return base::unexpected(explain_file(ExitCode::no_input, payload.file, errno, manners));
      return read_all(file.get(), payload.file, manners);
    }
    case PayloadOptions::Source::input: {
      auto bytes = read_all(stdin, "standard input", manners);
      if (bytes && bytes->empty()) {
        const char* const text = manners == Manners::mosquitto
                                     ? "Zero length input."
                                     : "standard input is empty; for an empty message give -n";
        return base::unexpected(Failure{exit_code(ExitCode::bad_data, manners), text});
      }
      return bytes;
    }
    default:
      return std::string();
  }
}

}  // namespace cmd
