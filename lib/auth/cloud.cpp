#include "auth/cloud.h"

#include "auth/digest.h"
#include "base/format.h"
#include "base/hex.h"

namespace auth {
namespace {

bool unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

/// RFC 3986 section 2.1: everything but unreserved characters.
std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (unreserved(c)) {
      out += c;
    } else {
      out += base::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::string hex(std::string_view bytes) { return base::to_hex(base::as_bytes(bytes)); }

struct Stamp {
  std::string day;   ///< 20130524
  std::string time;  ///< 20130524T000000Z
};

Stamp stamp(std::chrono::sys_seconds now) {
  const auto midnight = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(now - midnight);
  const std::string day = base::format("{:04}{:02}{:02}", static_cast<int>(date.year()),
                                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return {day, base::format("{}T{:02}{:02}{:02}Z", day, clock.hours().count(), clock.minutes().count(),
                            clock.seconds().count())};
}

std::string signing_key(const AwsRequest& request, std::string_view day) {
  std::string key = base::format("AWS4{}", request.secret_key);
  for (const std::string_view part : {day, request.region, request.service, std::string_view("aws4_request")}) {
    key = hmac(Hash::sha256, key, part);
  }
  return key;
}

}  // namespace

Login aliyun(std::string_view client_identifier, std::string_view access_key, std::string_view secret_key,
             std::string_view instance) {
  const std::string signature = hmac(Hash::sha1, secret_key, client_identifier);
  return {base::format("Signature|{}|{}", access_key, instance), base::to_base64(base::as_bytes(signature))};
}

std::optional<Login> azure_sas(std::string_view host, std::string_view device, std::string_view key,
                               std::chrono::sys_seconds expires) {
  const auto secret = base::from_base64(key);
  if (!secret) return {};
  const std::string resource = percent_encoded(base::format("{}/devices/{}", host, device));
  const auto until = expires.time_since_epoch().count();
  const std::string signature = hmac(Hash::sha256, *secret, base::format("{}\n{}", resource, until));
  const std::string encoded = percent_encoded(base::to_base64(base::as_bytes(signature)));
  return Login{base::format("{}/{}/?api-version=2021-04-12", host, device),
               base::format("SharedAccessSignature sr={}&sig={}&se={}", resource, encoded, until)};
}

std::string aws_presigned(const AwsRequest& request) {
  const Stamp at = stamp(request.now);
  const std::string scope = base::format("{}/{}/{}/aws4_request", at.day, request.region, request.service);
  const std::string credential = percent_encoded(base::format("{}/{}", request.access_key, scope));
  const std::string query = base::format(
      "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={}&X-Amz-Date={}&X-Amz-Expires={}&X-Amz-SignedHeaders=host",
      credential, at.time, request.expires);
  const std::string payload =
      request.payload_digest.empty() ? hex(digest(Hash::sha256, "")) : std::string(request.payload_digest);
  const std::string canonical =
      base::format("GET\n{}\n{}\nhost:{}\n\nhost\n{}", request.path, query, request.host, payload);
  const std::string to_sign =
      base::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", at.time, scope, hex(digest(Hash::sha256, canonical)));
  std::string signed_path = base::format("{}?{}&X-Amz-Signature={}", request.path, query,
                                         hex(hmac(Hash::sha256, signing_key(request, at.day), to_sign)));
  if (!request.session_token.empty()) {
    signed_path += base::format("&X-Amz-Security-Token={}", percent_encoded(request.session_token));
  }
  return signed_path;
}

}  // namespace auth
