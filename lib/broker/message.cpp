#include "broker/message.h"

#include <algorithm>
#include <chrono>

namespace broker {

namespace {

bool of_one_hop(wire::PropertyId id) noexcept {
  return id == wire::PropertyId::topic_alias || id == wire::PropertyId::message_expiry_interval ||
         id == wire::PropertyId::subscription_identifier;
}

}  // namespace

bool needs_rewriting(wire::PropertiesView properties) {
  for (const wire::Property& property : properties) {
    if (of_one_hop(property.id)) return true;
  }
  return false;
}

StoredMessage::StoredMessage(const wire::Publish& publish, Time now, std::uint64_t publisher)
    : publisher_(publisher), qos_(publish.qos), retain_(publish.retain) {
  wire::Properties kept;
  base::Bytes properties = publish.properties.encoded();
  if (needs_rewriting(publish.properties)) {
    for (const wire::Property& property : publish.properties) {
      if (!of_one_hop(property.id)) kept.add(property);
      if (property.id == wire::PropertyId::message_expiry_interval) {
        expires_ = now + std::chrono::seconds(property.number);
      }
    }
    properties = kept.view().encoded();
  }
  topic_size_ = static_cast<std::uint32_t>(publish.topic.size());
  properties_size_ = static_cast<std::uint32_t>(properties.size());
  bytes_.reserve(publish.topic.size() + properties.size() + publish.payload.size());
  bytes_ += publish.topic;
  bytes_ += base::as_text(properties);
  bytes_ += base::as_text(publish.payload);
}

wire::Publish StoredMessage::to_publish(Time now, wire::Properties& properties) const {
  properties.clear();
  if (expires_ != Time::max()) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(expires_ - now).count();
    properties.add(wire::PropertyId::message_expiry_interval, static_cast<std::uint32_t>(std::max<long>(left, 0)));
  }
  properties.append(this->properties());
  wire::Publish publish;
  publish.topic = topic();
  publish.payload = payload();
  publish.properties = properties.view();
  publish.qos = qos_;
  publish.retain = retain_;
  return publish;
}

}  // namespace broker
