#include "net/scram_exchange.h"

namespace net {
namespace {

using wire::PropertyId;

std::string_view data(wire::PropertiesView properties) {
  const auto found = properties.find(PropertyId::authentication_data);
  return found ? found->text() : std::string_view();
}

}  // namespace

ScramExchange::ScramExchange(const ScramSettings& settings)
    : method_(settings.method), client_(*auth::find_scram(settings.method), settings.username, settings.password) {}

void ScramExchange::announce(wire::Properties& connect) const {
  connect.add(PropertyId::authentication_method, std::string_view(method_));
  connect.add(PropertyId::authentication_data, std::string_view(client_.first()));
}

base::Result<wire::PropertiesView, auth::Why> ScramExchange::answer(const wire::Auth& auth) {
  const auto answer = client_.answer(data(auth.properties));
  if (!answer) return base::unexpected(answer.error());
  properties_.clear();
  properties_.add(PropertyId::authentication_method, std::string_view(method_));
  properties_.add(PropertyId::authentication_data, std::string_view(*answer));
  return properties_.view();
}

base::Result<void, auth::Why> ScramExchange::verify(wire::PropertiesView connack) const {
  return client_.verify(data(connack));
}

}  // namespace net
