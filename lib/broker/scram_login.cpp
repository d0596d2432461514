#include "broker/scram_login.h"

#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/frame.h"

namespace broker {

using wire::PropertyId;

std::unique_ptr<ScramLogin> ScramLogin::begin(const wire::Connect& connect, const Find& find) {
  const auto method = connect.properties.find(PropertyId::authentication_method);
  const auto hash = method ? auth::find_scram(method->text()) : std::nullopt;
  if (!hash) return nullptr;
  std::unique_ptr<ScramLogin> login(
      new ScramLogin(*hash, [find, hash](std::string_view username) { return find(*hash, username); }));
  login->method_ = method->text();
  wire::append(login->connect_, connect, connect.version);
  return login;
}

base::Result<wire::PropertiesView, auth::Why> ScramLogin::answer(wire::PropertiesView from_client) {
  const auto data = from_client.find(PropertyId::authentication_data);
  const std::string_view text = data ? data->text() : std::string_view();
  const auto answer = step_ == 0 ? server_.begin(text) : server_.finish(text);
  if (!answer) return base::unexpected(answer.error());
  ++step_;
  properties_.clear();
  properties_.add(PropertyId::authentication_method, std::string_view(method_));
  properties_.add(PropertyId::authentication_data, std::string_view(*answer));
  return properties_.view();
}

wire::Connect ScramLogin::connect() const {
  const auto front = wire::split(connect_.view(), wire::Version::v5_0);
  wire::Connect connect = *wire::decode_connect(front.frame);
  connect.username = server_.username();
  return connect;
}

}  // namespace broker
