#include "json_source.h"

#include <algorithm>
#include <ctime>
#include <rapidjson/document.h>
#include <rapidjson/error/en.h>
#include <unistd.h>

#include "base/format.h"
#include "base/hex.h"
#include "wire/topic.h"

namespace cmd {
namespace {

using Value = rapidjson::Value;

std::string_view text_of(const Value& value) { return {value.GetString(), value.GetStringLength()}; }

/// The member of that name, or nullptr.
const Value* find(const Value& object, const char* name) {
  const auto member = object.FindMember(name);
  return member == object.MemberEnd() ? nullptr : &member->value;
}

/// Wall-clock time of RFC 3339 with any number of digits behind the dot; nothing for other text.
std::optional<std::chrono::nanoseconds> parse_time(std::string_view text) {
  std::tm calendar{};
  const std::string copy(text);
  const char* rest = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &calendar);
  if (rest == nullptr) return std::nullopt;
  std::int64_t nanoseconds = 0;
  if (*rest == '.') {
    std::int64_t unit = 100'000'000;
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, unit /= 10) nanoseconds += (*rest - '0') * unit;
  }
  int hours = 0, minutes = 0;
  if (*rest == '+' || *rest == '-') {
    if (std::sscanf(rest + 1, "%2d:%2d", &hours, &minutes) != 2) return std::nullopt;
    if (*rest == '-') hours = -hours, minutes = -minutes;
  } else if (*rest != 'Z') {
    return std::nullopt;
  }
  const std::int64_t seconds = timegm(&calendar) - hours * 3600 - minutes * 60;
  constexpr std::int64_t most = 9'000'000'000;  // what fits as nanoseconds
  if (seconds < -most || seconds > most) return std::nullopt;
  return std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds);
}

bool decode(std::string_view base64, std::string& bytes) {
  auto decoded = base::from_base64(base64);
  if (decoded) bytes = std::move(*decoded);
  return decoded.has_value();
}

class JsonSource final : public Source {
 public:
  JsonSource(const PubOptions& options, net::Worker& worker, std::function<void()> more)
      : options_(options), lines_(worker, STDIN_FILENO, std::move(more)) {}

  Next next(wire::Publish& publish) override {
    std::string_view line;
    do {
      switch (lines_.next(line)) {
        case net::Lines::Next::line:
          break;
        case net::Lines::Next::wait:
          return Next::wait;
        case net::Lines::Next::end:
          return Next::end;
        case net::Lines::Next::failed:
          return fail(ExitCode::no_input, lines_.error().message());
      }
    } while (line.find_first_not_of(" \t\r") == std::string_view::npos);
    memory_.Clear();
    rapidjson::Document document(&memory_);
    // Without recursion, which a stranger's brackets could drive as deep as they like.
    document.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(line.data(), line.size());
    if (document.HasParseError()) {
      return fail(ExitCode::bad_data, base::format("column {}: {}", document.GetErrorOffset() + 1,
                                                   rapidjson::GetParseError_En(document.GetParseError())));
    }
    if (!document.IsObject()) return fail(ExitCode::bad_data, "a JSON object is expected");
    fields_ = std::move(document);
    return take(fields_, publish) ? Next::message : Next::failed;
  }

  session::Duration due() const override { return due_; }
  std::string_view unit() const override { return "lines"; }
  std::uint64_t line() const override { return lines_.count(); }

 private:
  Next fail(ExitCode code, std::string_view what) {
    failure_ = {exit_code(code, options_.connection.manners),
                base::format("standard input, line {}: {}", lines_.count(), what)};
    return Next::failed;
  }
  bool bad(std::string_view what) {
    fail(ExitCode::bad_data, what);
    return false;
  }

  bool take(const Value& fields, wire::Publish& publish) {
    if (!take_topic(fields, publish) || !take_payload(fields, publish)) return false;
    if (!take_qos_and_retain(fields, publish) || !take_properties(fields, publish)) return false;
    return !options_.replay || take_time(fields);
  }

  bool take_topic(const Value& fields, wire::Publish& publish) {
    const Value* topic = find(fields, "topic");
    if (topic == nullptr) return !options_.topics.empty() || bad("no \"topic\", and none given with -t");
    if (!topic->IsString() || wire::check_topic_name(text_of(*topic)))
      return bad("\"topic\" is not a valid topic name");
    publish.topic = text_of(*topic);
    return true;
  }

  bool take_payload(const Value& fields, wire::Publish& publish) {
    publish.payload = {};
    if (find(fields, "payload") != nullptr && find(fields, "payload_base64") != nullptr) {
      return bad("\"payload\" and \"payload_base64\" exclude each other");
    }
    if (const Value* text = find(fields, "payload")) {
      if (!text->IsString()) return bad("\"payload\" is not a string");
      publish.payload = base::as_bytes(text_of(*text));
    } else if (const Value* base64 = find(fields, "payload_base64")) {
      if (!base64->IsString() || !decode(text_of(*base64), payload_)) return bad("\"payload_base64\" is not base64");
      publish.payload = base::as_bytes(payload_);
    }
    return true;
  }

  bool take_qos_and_retain(const Value& fields, wire::Publish& publish) {
    if (const Value* qos = find(fields, "qos")) {
      if (!qos->IsUint() || qos->GetUint() > 2) return bad("\"qos\" is not 0, 1 or 2");
      publish.qos = static_cast<std::uint8_t>(qos->GetUint());
    }
    if (const Value* retain = find(fields, "retain")) {
      if (!retain->IsBool()) return bad("\"retain\" is not true or false");
      publish.retain = retain->GetBool();
    }
    return true;
  }

  bool take_properties(const Value& fields, wire::Publish& publish) {
    const Value* properties = find(fields, "properties");
    if (properties == nullptr) return true;
    if (!properties->IsObject()) return bad("\"properties\" is not an object");
    properties_.clear();
    for (const auto& member : properties->GetObject()) {
      if (take_property(text_of(member.name), member.value)) continue;
      return bad(base::format("property \"{}\" is not known, or its value is not of its type", text_of(member.name)));
    }
    publish.properties = properties_.view();
    return true;
  }

  bool take_property(std::string_view key, const Value& value) {
    constexpr std::string_view encoded = "_base64";
    const bool base64 = key.ends_with(encoded);
    const auto* row = wire::find_property(base64 ? key.substr(0, key.size() - encoded.size()) : key);
    if (row == nullptr) return false;
    // These belong to the connection that the message came by.
    if (row->id == wire::PropertyId::subscription_identifier || row->id == wire::PropertyId::topic_alias) return true;
    if ((row->scopes >> static_cast<unsigned>(wire::PropertyScope::publish) & 1) == 0) return false;
    switch (row->type) {
      case wire::PropertyType::utf8_string_pair:
        return take_user_properties(value);
      case wire::PropertyType::utf8_string:
      case wire::PropertyType::binary_data:
        return take_text(row->id, value, base64);
      default:
        return take_number(row->id, value);
    }
  }

  bool take_number(wire::PropertyId id, const Value& value) {
    if (!value.IsBool() && !value.IsUint()) return false;
    properties_.add(id, value.IsBool() ? static_cast<std::uint32_t>(value.GetBool()) : value.GetUint());
    return true;
  }

  bool take_text(wire::PropertyId id, const Value& value, bool base64) {
    std::string binary;
    if (!value.IsString() || (base64 && !decode(text_of(value), binary))) return false;
    properties_.add(id, base64 ? std::string_view(binary) : text_of(value));
    return true;
  }

  bool take_user_properties(const Value& pairs) {
    if (!pairs.IsArray()) return false;
    for (const Value& pair : pairs.GetArray()) {
      if (!pair.IsArray() || pair.Size() != 2 || !pair[0].IsString() || !pair[1].IsString()) return false;
      properties_.add_user_property(text_of(pair[0]), text_of(pair[1]));
    }
    return true;
  }

  bool take_time(const Value& fields) {
    const Value* text = find(fields, "time");
    if (text == nullptr) return true;  // as soon as the one before it
    const auto time = text->IsString() ? parse_time(text_of(*text)) : std::nullopt;
    if (!time) return bad("\"time\" is not an RFC 3339 time");
    if (!first_time_) first_time_ = *time;
    // Nobody waits longer, and it still fits when it is added to now.
    constexpr std::chrono::duration<double, std::nano> longest = std::chrono::hours(24 * 365 * 100);
    const auto scaled = std::clamp((std::chrono::duration<double, std::nano>(*time) - *first_time_) / options_.speed,
                                   -longest, longest);
    due_ = std::max(due_, std::chrono::duration_cast<session::Duration>(scaled));
    return true;
  }

  const PubOptions& options_;
  net::Lines lines_;
  rapidjson::MemoryPoolAllocator<> memory_;  ///< of one line at a time
  rapidjson::Document fields_{&memory_};
  std::string payload_;
  wire::Properties properties_;
  std::optional<std::chrono::nanoseconds> first_time_;
  session::Duration due_{};
};

}  // namespace

std::unique_ptr<Source> make_json_source(const PubOptions& options, net::Worker& worker, std::function<void()> more) {
  return std::make_unique<JsonSource>(options, worker, std::move(more));
}

}  // namespace cmd
