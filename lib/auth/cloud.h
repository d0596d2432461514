// Names, passwords and addresses that cloud brokers want derived from a key, by their published algorithms.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace auth {

struct Login {
  std::string username;
  std::string password;
};

/// Alibaba Cloud's message queue for MQTT: the client identifier `GID_group@@@device` signed with HMAC-SHA1.
Login aliyun(std::string_view client_identifier, std::string_view access_key, std::string_view secret_key,
             std::string_view instance);

/// Azure IoT Hub: a shared access signature for `host/devices/device`, good until `expires`. The key is in Base64;
/// nothing is returned where it is not.
std::optional<Login> azure_sas(std::string_view host, std::string_view device, std::string_view key,
                               std::chrono::sys_seconds expires);

/// What is signed with AWS Signature Version 4 as a query.
struct AwsRequest {
  std::string_view host;
  std::string_view path = "/mqtt";
  std::string_view region;
  std::string_view service = "iotdevicegateway";
  std::string_view access_key;
  std::string_view secret_key;
  std::string_view session_token{};  ///< put behind the signature, as AWS IoT wants it
  std::chrono::sys_seconds now{};
  std::uint32_t expires = 86'400;     ///< seconds
  std::string_view payload_digest{};  ///< empty: that of no payload
};
/// The path with the signed query.
std::string aws_presigned(const AwsRequest& request);

}  // namespace auth
