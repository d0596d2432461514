// Captures of other projects, and variants of them in all link types and formats, give the packets listed with them.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <simdjson.h>

#include "catch.h"
#include "listing.h"

namespace {

namespace fs = std::filesystem;

const fs::path corpora = fs::path(SOURCE_DIR) / "../shared/corpora";

bool absent() {
  if (fs::exists(corpora)) return false;
  std::cout << "skipped: no corpora\n";
  return true;
}

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

struct Expected {
  std::vector<std::string> packets;
  std::vector<std::string> senders;
};

Expected expected(const fs::path& file) {
  Expected all;
  simdjson::dom::parser parser;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const simdjson::dom::element row = parser.parse(line);
    std::string_view hex;
    if (row["hex"].get(hex) != simdjson::SUCCESS) continue;
    all.packets.push_back(from_hex(hex));
    all.senders.emplace_back(std::string_view(row["direction"]));
  }
  return all;
}

listing::Listing read_file(const fs::path& file) {
  auto source = capture::Source::open(file.string());
  REQUIRE(source);
  return listing::read(std::move(*source));
}

}  // namespace

TEST_CASE("captures give the packets of their listings") {
  if (absent()) return;
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(corpora / "pcap")) {
    if (entry.path().extension() != ".pcap") continue;
    INFO(entry.path().filename().string());
    const Expected wanted = expected(fs::path(entry.path()).replace_extension(".expected.jsonl"));
    const listing::Listing found = read_file(entry.path());
    CHECK(found.bytes() == wanted.packets);
    CHECK(found.faults.empty());
    for (std::size_t i = 0; i < std::min(found.packets.size(), wanted.senders.size()); ++i) {
      const bool client = found.packets[i].where.sender == wire::Sender::client;
      CHECK(found.packets[i].where.sender_known);
      CHECK(client == (wanted.senders[i] == "c2s"));
    }
    ++files;
  }
  CHECK(files >= 20);
}

TEST_CASE("variants of captures give the same packets as often as they hold them") {
  if (absent()) return;
  std::size_t files = 0;
  simdjson::dom::parser parser;
  for (const auto& entry : fs::directory_iterator(corpora / "pcap-variants")) {
    const std::string name = entry.path().filename().string();
    if (!name.ends_with(".index.jsonl")) continue;
    const std::string stem = name.substr(0, name.find('.'));
    const Expected base = expected(corpora / "pcap-variants" / (stem + ".expected.jsonl"));
    std::ifstream lines(entry.path());
    for (std::string line; std::getline(lines, line);) {
      const simdjson::dom::element row = parser.parse(line);
      const std::string file{std::string_view(row["file"])};
      INFO(file);
      std::vector<std::string> wanted;
      for (std::uint64_t i = 0; i < std::uint64_t(row["times"]); ++i) {
        wanted.insert(wanted.end(), base.packets.begin(), base.packets.end());
      }
      const listing::Listing found = read_file(corpora / "pcap-variants" / file);
      std::vector<std::string> bytes = found.bytes();
      // Which direction comes first can differ where segments were reordered.
      std::sort(wanted.begin(), wanted.end());
      std::sort(bytes.begin(), bytes.end());
      CHECK(bytes == wanted);
      CHECK(found.faults.empty());
      ++files;
    }
  }
  CHECK(files >= 60);
}
