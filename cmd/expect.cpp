#include "expect.h"

#include <algorithm>
#include <rapidjson/document.h>
#include <rapidjson/pointer.h>
#include <re2/re2.h>

#include "base/buffer.h"
#include "render/escape.h"
#include "wire/topic.h"

namespace cmd {
namespace {

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

/// Without recursion, which a stranger's brackets could drive as deep as they like.
bool parse(rapidjson::Document& document, std::string_view text) {
  constexpr unsigned flags = rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;
  return !document.Parse<flags>(text.data(), text.size()).HasParseError();
}

}  // namespace

/// What --expect-json wants at one place: a JSON value, or where it is none the text of a string.
struct Wanted {
  explicit Wanted(const ExpectOptions::Field& field)
      : pointer(field.pointer.data(), field.pointer.size()), text(field.value), is_json(parse(value, text)) {}

  /// Compares no deeper than the value that is wanted.
  bool met_by(const rapidjson::Document& document) const {
    const rapidjson::Value* found = pointer.Get(document);
    if (found == nullptr) return false;
    if (is_json) return *found == value;
    return found->IsString() && std::string_view(found->GetString(), found->GetStringLength()) == text;
  }

  rapidjson::Pointer pointer;
  std::string_view text;
  rapidjson::Document value;
  bool is_json;
};

struct Expectation::Parts {
  std::optional<RE2> pattern;
  std::vector<Wanted> fields;
};

std::string pattern_error(std::string_view pattern) {
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), quiet());
  return compiled.ok() ? std::string() : compiled.error();
}

bool is_json_pointer(std::string_view text) {
  return (text.empty() || text[0] == '/') && rapidjson::Pointer(text.data(), text.size()).IsValid();
}

Expectation::Expectation(const ExpectOptions& options) : options_(options), parts_(std::make_unique<Parts>()) {
  if (options.payload_regex) parts_->pattern.emplace(*options.payload_regex, quiet());
  for (const auto& field : options.fields) parts_->fields.emplace_back(field);
}
Expectation::Expectation(Expectation&&) noexcept = default;
Expectation::~Expectation() = default;

bool Expectation::met_by(const wire::Publish& publish) const {
  if (!options_.topic_filter.empty() && !wire::matches(options_.topic_filter, publish.topic)) return false;
  const std::string_view payload = base::as_text(publish.payload);
  if (parts_->pattern && !RE2::PartialMatch(re2::StringPiece(payload.data(), payload.size()), *parts_->pattern)) {
    return false;
  }
  return parts_->fields.empty() || fields_met(publish.payload);
}

bool Expectation::fields_met(base::Bytes payload) const {
  rapidjson::Document document;
  if (!parse(document, base::as_text(payload))) return false;
  return std::all_of(parts_->fields.begin(), parts_->fields.end(),
                     [&](const Wanted& wanted) { return wanted.met_by(document); });
}

std::string Expectation::describe() const {
  std::string text = "a message";
  if (!options_.topic_filter.empty()) text += " on a topic matching " + render::quoted(options_.topic_filter);
  const char* joint = " with ";
  if (options_.payload_regex) {
    text += joint + ("a payload matching " + render::quoted(*options_.payload_regex));
    joint = " and ";
  }
  for (const auto& field : options_.fields) {
    text += joint + render::quoted(field.value) + " at " + render::quoted(field.pointer);
    joint = " and ";
  }
  return text;
}

}  // namespace cmd
