// SCRAM as enhanced authentication of MQTT 5.0 (section 4.12), from the client's side.
#pragma once

#include <string>

#include "auth/scram.h"
#include "net/settings.h"
#include "wire/packets.h"
#include "wire/properties.h"

namespace net {

/// One exchange, for one network connection.
class ScramExchange {
 public:
  /// `method` of the settings is one that `auth::find_scram` knows.
  explicit ScramExchange(const ScramSettings& settings);

  /// What CONNECT carries, added to its properties.
  void announce(wire::Properties& connect) const;
  /// The properties of our AUTH, valid until the next call.
  base::Result<wire::PropertiesView, auth::Why> answer(const wire::Auth& auth);
  /// Whether the broker knows the password too.
  base::Result<void, auth::Why> verify(wire::PropertiesView connack) const;

 private:
  std::string method_;
  auth::ScramClient client_;
  wire::Properties properties_;
};

}  // namespace net
