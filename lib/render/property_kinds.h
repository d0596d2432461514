// Properties as readers see them: those that can repeat stand together, where the first of them stands.
#pragma once

#include "wire/properties.h"

namespace render {

/// Calls `visit` for every property but for the repetitions of User Property and Subscription Identifier.
template <class Visit>
void each_kind(wire::PropertiesView properties, Visit visit) {
  bool user_property = false;
  bool subscription_identifier = false;
  for (const wire::Property& property : properties) {
    if (property.id == wire::PropertyId::user_property) {
      if (user_property) continue;
      user_property = true;
    } else if (property.id == wire::PropertyId::subscription_identifier) {
      if (subscription_identifier) continue;
      subscription_identifier = true;
    }
    visit(property);
  }
}

template <class Visit>
void each_of(wire::PropertiesView properties, wire::PropertyId id, Visit visit) {
  for (const wire::Property& property : properties) {
    if (property.id == id) visit(property);
  }
}

}  // namespace render
