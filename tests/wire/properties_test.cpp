// The table of properties, what is built by it and what is read back.
#include "wire/properties.h"

#include <set>

#include "wire/bytes.h"
#include "wire/decode.h"

using wire::Properties;
using wire::PropertiesView;
using wire::PropertyId;
using wire::PropertyScope;
using wire::PropertyType;

TEST_CASE("properties are found by identifier and by name") {
  std::set<std::string_view> names;
  for (const wire::PropertyRow& row : wire::properties()) {
    CHECK(wire::find_property(row.id) == &row);
    CHECK(wire::find_property(row.name) == &row);
    names.insert(row.name);
  }
  CHECK(names.size() == 27);
  CHECK(wire::find_property("message-expiry-interval")->id == PropertyId::message_expiry_interval);
  CHECK(wire::find_property("message_expiry") == nullptr);
  CHECK(wire::find_property("") == nullptr);
  CHECK(wire::find_property(PropertyId{0}) == nullptr);
  CHECK(wire::find_property(PropertyId{0x2B}) == nullptr);
  CHECK(wire::find_property(PropertyId{0xFF}) == nullptr);
}

TEST_CASE("properties are encoded by their type") {
  Properties properties;
  CHECK(properties.add(PropertyId::payload_format_indicator, 1));
  CHECK(properties.add(PropertyId::topic_alias, 0x1234));
  CHECK(properties.add(PropertyId::message_expiry_interval, 0x01020304));
  CHECK(properties.add(PropertyId::subscription_identifier, 268'435'455));
  CHECK(properties.add(PropertyId::content_type, "t"));
  CHECK(properties.add(PropertyId::correlation_data, base::as_bytes("\xFF")));
  CHECK(properties.add_user_property("k", "v"));
  CHECK(base::to_hex(properties.view().encoded()) ==
        "0101"
        "231234"
        "0201020304"
        "0bffffff7f"
        "03000174"
        "090001ff"
        "2600016b000176");
}

TEST_CASE("what does not fit is not added") {
  Properties properties;
  const std::string longest(65'535, 'a');
  const std::string longer(65'536, 'a');
  CHECK_FALSE(properties.add(PropertyId::payload_format_indicator, 256));
  CHECK_FALSE(properties.add(PropertyId::topic_alias, 65'536));
  CHECK_FALSE(properties.add(PropertyId::subscription_identifier, 268'435'456));
  CHECK_FALSE(properties.add(PropertyId::content_type, 1));
  CHECK_FALSE(properties.add(PropertyId{0x7F}, 1));
  CHECK_FALSE(properties.add(PropertyId::content_type, longer));
  CHECK_FALSE(properties.add_user_property(longer, ""));
  CHECK_FALSE(properties.add_user_property("", longer));
  CHECK(properties.empty());
  CHECK(properties.add_user_property(longest, longest));
  CHECK(properties.view().encoded().size() == 131'075);
}

TEST_CASE("a view reads what was built, in order") {
  Properties built;
  built.add(PropertyId::receive_maximum, 20);
  built.add_user_property("k", "1");
  built.add_user_property("k", "2");
  built.add(PropertyId::assigned_client_identifier, "me");
  Properties copied;
  for (const wire::Property& property : built.view()) CHECK(copied.add(property));
  CHECK(base::to_hex(copied.view().encoded()) == base::to_hex(built.view().encoded()));
  const PropertiesView view = built.view();
  CHECK(view.number(PropertyId::receive_maximum, 65'535) == 20);
  CHECK(view.number(PropertyId::topic_alias_maximum, 7) == 7);
  CHECK(view.text(PropertyId::assigned_client_identifier) == "me");
  CHECK(view.text(PropertyId::reason_string).empty());
  CHECK(view.find(PropertyId::user_property)->text() == "1");
  CHECK_FALSE(view.find(PropertyId::reason_string));
  CHECK(view.position(PropertyId::user_property) == 3U);
  CHECK_FALSE(view.position(PropertyId::topic_alias));
}

TEST_CASE("an empty view has nothing to read") {
  const PropertiesView view;
  CHECK(view.empty());
  CHECK(view.begin() == view.end());
}

TEST_CASE("a view over bytes that were never validated ends where they stop making sense") {
  const auto unknown = bytes("01 01 04 00");
  std::size_t count = 0;
  for (const wire::Property& property : PropertiesView(unknown)) count += property.number;
  CHECK(count == 1);
  const auto cut = bytes("03 00 05 61");
  CHECK(PropertiesView(cut).begin() == PropertiesView(cut).end());
  CHECK_FALSE(PropertiesView(cut).position(PropertyId::topic_alias));
}

TEST_CASE("each property is accepted in the scopes of its row and in no other") {
  for (const wire::PropertyRow& row : wire::properties()) {
    Properties properties;
    const bool number = row.type < PropertyType::utf8_string;
    const wire::Property property{row.id, number ? 1U : 0U, base::as_bytes("v"), base::as_bytes("k")};
    REQUIRE(properties.add(property));
    for (unsigned scope = 1; scope <= 16; ++scope) {
      if (scope == 12 || scope == 13) continue;  // PINGREQ and PINGRESP have none
      INFO(row.name << " in " << scope);
      const auto result = wire::validate_properties(properties.view().encoded(), static_cast<PropertyScope>(scope), 10);
      if ((row.scopes >> scope & 1) == 0) {
        REQUIRE_FALSE(result);
        CHECK(result.error() == wire::Fault{wire::Clause::property_misplaced, 10});
      } else if (row.id == PropertyId::authentication_data && scope != 2) {
        CHECK_FALSE(result);
      } else {
        CHECK(result);
      }
    }
  }
}
