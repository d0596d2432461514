// SCRAM as enhanced authentication of MQTT 5.0 (section 4.12), from the broker's side.
#pragma once

#include <memory>
#include <string>

#include "auth/scram.h"
#include "base/buffer.h"
#include "wire/packets.h"
#include "wire/properties.h"

namespace broker {

/// From a CONNECT that announces the method to the CONNACK that may follow.
class ScramLogin {
 public:
  /// Nothing for a method that is not SCRAM. Keeps the CONNECT, whose views need not live on.
  using Find = std::function<std::optional<auth::ScramCredential>(auth::Hash, std::string_view username)>;
  static std::unique_ptr<ScramLogin> begin(const wire::Connect& connect, const Find& find);

  /// What answers `data`, the client's: AUTH with reason code Continue authentication, CONNACK once `finished`.
  base::Result<wire::PropertiesView, auth::Why> answer(wire::PropertiesView from_client);
  bool finished() const noexcept { return step_ == 2; }
  /// The CONNECT, with the name that was proved. Views live as long as this.
  wire::Connect connect() const;

 private:
  ScramLogin(auth::Hash hash, auth::ScramServer::Lookup lookup) : server_(hash, std::move(lookup)) {}

  auth::ScramServer server_;
  base::Buffer connect_;
  std::string method_;
  wire::Properties properties_;
  int step_ = 0;
};

}  // namespace broker
