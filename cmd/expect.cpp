#include "expect.h"

#include <re2/re2.h>
#include <simdjson.h>

#include "base/buffer.h"
#include "render/escape.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;
using Type = simdjson::dom::element_type;

RE2::Options quiet() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

bool is_integer(Type type) { return type == Type::INT64 || type == Type::UINT64; }

bool equal(element one, element other);

/// Order does not matter in objects; of a name that is there twice the first counts.
bool equal(object one, object other) {
  if (one.size() != other.size()) return false;
  for (const auto field : one) {
    element value;
    if (other.at_key(field.key).get(value) != simdjson::SUCCESS || !equal(field.value, value)) return false;
  }
  return true;
}

bool equal(array one, array other) {
  if (one.size() != other.size()) return false;
  auto at = other.begin();
  for (const element value : one) {
    if (!equal(value, *at)) return false;
    ++at;
  }
  return true;
}

/// 7 and 7.0 are equal, and 2^53 + 1 is not 2^53.
bool equal_numbers(element one, element other) {
  if (is_integer(one.type()) && is_integer(other.type())) {
    return one.type() == other.type() &&
           (one.type() == Type::INT64 ? one.get_int64().value_unsafe() == other.get_int64().value_unsafe()
                                      : one.get_uint64().value_unsafe() == other.get_uint64().value_unsafe());
  }
  double a = 0;
  double b = 0;
  return one.get(a) == simdjson::SUCCESS && other.get(b) == simdjson::SUCCESS && a == b;
}

bool is_number(element value) { return is_integer(value.type()) || value.type() == Type::DOUBLE; }

/// No deeper than the parser lets documents nest.
bool equal(element one, element other) {
  if (is_number(one) && is_number(other)) return equal_numbers(one, other);
  if (one.type() != other.type()) return false;
  switch (one.type()) {
    case Type::OBJECT:
      return equal(one.get_object().value_unsafe(), other.get_object().value_unsafe());
    case Type::ARRAY:
      return equal(one.get_array().value_unsafe(), other.get_array().value_unsafe());
    case Type::STRING:
      return one.get_string().value_unsafe() == other.get_string().value_unsafe();
    case Type::BOOL:
      return one.get_bool().value_unsafe() == other.get_bool().value_unsafe();
    default:
      return true;  // null
  }
}

std::string in_quotes(std::string_view text) {
  base::Buffer out;
  render::append_quoted(out, text);
  return std::string(out.text());
}

}  // namespace

/// What --expect-json wants at one place: a JSON value, or where it is none the text of a string.
struct Wanted {
  explicit Wanted(const ExpectOptions::Field& field) : pointer(field.pointer), text(field.value) {
    is_json = parser.parse(text).get(value) == simdjson::SUCCESS;
  }

  bool met_by(element document) const {
    element found;
    if (document.at_pointer(pointer).get(found) != simdjson::SUCCESS) return false;
    if (is_json) return equal(found, value);
    std::string_view string;
    return found.get(string) == simdjson::SUCCESS && string == text;
  }

  std::string_view pointer;
  std::string text;
  simdjson::dom::parser parser;  // owns what `value` refers to
  element value;
  bool is_json = false;
};

struct Expectation::Parts {
  std::optional<RE2> pattern;
  std::vector<std::unique_ptr<Wanted>> fields;
  simdjson::dom::parser parser;
};

std::string pattern_error(std::string_view pattern) {
  const RE2 compiled(re2::StringPiece(pattern.data(), pattern.size()), quiet());
  return compiled.ok() ? std::string() : compiled.error();
}

Expectation::Expectation(const ExpectOptions& options) : options_(options), parts_(std::make_unique<Parts>()) {
  if (options.payload_regex) parts_->pattern.emplace(*options.payload_regex, quiet());
  for (const auto& field : options.fields) parts_->fields.push_back(std::make_unique<Wanted>(field));
}
Expectation::Expectation(Expectation&&) noexcept = default;
Expectation::~Expectation() = default;

bool Expectation::met_by(const wire::Publish& publish) {
  if (!options_.topic_filter.empty() && !wire::matches(options_.topic_filter, publish.topic)) return false;
  const std::string_view payload = base::as_text(publish.payload);
  if (parts_->pattern && !RE2::PartialMatch(re2::StringPiece(payload.data(), payload.size()), *parts_->pattern)) {
    return false;
  }
  return parts_->fields.empty() || fields_met(publish.payload);
}

bool Expectation::fields_met(base::Bytes payload) {
  element document;
  if (parts_->parser.parse(payload.data(), payload.size()).get(document) != simdjson::SUCCESS) return false;
  for (const auto& field : parts_->fields) {
    if (!field->met_by(document)) return false;
  }
  return true;
}

std::string Expectation::describe() const {
  std::string text = "a message";
  if (!options_.topic_filter.empty()) text += " on a topic matching " + in_quotes(options_.topic_filter);
  const char* joint = " with ";
  if (options_.payload_regex) {
    text += joint + ("a payload matching " + in_quotes(*options_.payload_regex));
    joint = " and ";
  }
  for (const auto& field : options_.fields) {
    text += joint + in_quotes(field.value) + " at " + in_quotes(field.pointer);
    joint = " and ";
  }
  return text;
}

}  // namespace cmd
