// Decides whether a received message is the one that `mqtt sub --expect…` waits for.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sub_options.h"
#include "wire/packets.h"

namespace cmd {

/// What is wrong with a regular expression (RE2's syntax, as in Go), or "". RE2 matches in time linear in the payload
/// and in bounded memory, so that no stranger's payload can keep us busy, as backtracking matchers would let it.
std::string pattern_error(std::string_view pattern);
/// Whether this is a JSON Pointer (RFC 6901): "", or "/a/0/b".
bool is_json_pointer(std::string_view text);

class Expectation {
 public:
  /// `options` has a pattern that was checked, and must outlive this.
  explicit Expectation(const ExpectOptions& options);
  Expectation(Expectation&&) noexcept;
  ~Expectation();

  /// Whether all that is expected holds for this message.
  bool met_by(const wire::Publish& publish) const;
  /// "a message on a topic matching "a/#" with a payload matching "^on$"".
  std::string describe() const;

 private:
  struct Parts;

  bool fields_met(base::Bytes payload) const;

  const ExpectOptions& options_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace cmd
