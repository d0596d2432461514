// Acknowledgements wait for the messages before them, and keep their order.
#include "receipts.h"

#include <string>

#include "catch.h"

namespace {

wire::Publish message(std::uint8_t qos, std::uint16_t identifier) {
  wire::Publish publish;
  publish.qos = qos;
  publish.packet_identifier = identifier;
  return publish;
}

std::string release(cmd::Receipts& receipts, std::uint64_t done) {
  std::string released;
  receipts.release(done, [&](std::uint8_t qos, std::uint16_t identifier) {
    released += std::to_string(qos) + ":" + std::to_string(identifier) + " ";
  });
  return released;
}

}  // namespace

TEST_CASE("messages are acknowledged once they and all before them are done") {
  cmd::Receipts receipts;
  receipts.add(message(1, 10), 1);
  receipts.add(message(0, 0), 2);
  receipts.add(message(2, 11), 3);
  receipts.add(message(1, 12), 3);  // one that was filtered out
  receipts.add(message(1, 13), 4);
  CHECK(release(receipts, 0).empty());
  CHECK(release(receipts, 2) == "1:10 ");
  CHECK(release(receipts, 3) == "2:11 1:12 ");
  CHECK(release(receipts, 4) == "1:13 ");
  CHECK(release(receipts, 9).empty());
}

TEST_CASE("a new connection acknowledges nothing of the last one") {
  cmd::Receipts receipts;
  receipts.add(message(1, 10), 1);
  receipts.clear();
  CHECK(release(receipts, 1).empty());
}
