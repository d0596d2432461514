#include "stats/hdr_log.h"

#include "base/hex.h"
#include "catch.h"

using stats::Histogram;

namespace {

Histogram some() {
  Histogram histogram;
  for (std::uint64_t i = 0; i < 5'000; ++i) histogram.record(i * i * 1'000);
  for (int i = 0; i < 300; ++i) histogram.record(777);
  histogram.record(Histogram::highest);
  return histogram;
}

std::string error_of(std::string_view text) {
  const auto decoded = stats::decode(text);
  return decoded ? "" : decoded.error();
}

}  // namespace

TEST_CASE("what is encoded is decoded") {
  const Histogram histogram = some();
  const auto decoded = stats::decode(stats::encode(histogram));
  REQUIRE(decoded);
  CHECK(decoded->compact() == histogram.compact());
  CHECK(decoded->count() == histogram.count());
  for (const double fraction : {0.0, 0.5, 0.99, 1.0}) {
    CHECK(decoded->quantile(fraction) == histogram.quantile(fraction));
  }
}

TEST_CASE("an empty histogram is encoded too") {
  const auto decoded = stats::decode(stats::encode(Histogram()));
  REQUIRE(decoded);
  CHECK(decoded->empty());
}

TEST_CASE("counts of every length") {
  Histogram histogram;
  for (unsigned bits = 0; bits < 63; ++bits) histogram.set_count_at(bits * 3, std::uint64_t{1} << bits);
  const auto decoded = stats::decode(stats::encode(histogram));
  REQUIRE(decoded);
  CHECK(decoded->compact() == histogram.compact());
}

TEST_CASE("the encoding begins as that of HdrHistogram does") {
  const std::string text = stats::encode(some());
  CHECK(text.starts_with("HISTFAAA"));
  const auto bytes = base::from_base64(text);
  REQUIRE(bytes);
  CHECK(base::to_hex(base::as_bytes(*bytes).first(4)) == "1c849314");
}

TEST_CASE("what is no histogram is refused") {
  CHECK(error_of("") == "it is no Base64 of a histogram");
  CHECK(error_of("HIST!") == "it is no Base64 of a histogram");
  CHECK(error_of("AAAAAAAAAAAAAAAA") == "it is no deflated histogram of encoding V2");
  auto bytes = *base::from_base64(stats::encode(some()));
  const auto refused = [](std::string_view changed) { return error_of(base::to_base64(base::as_bytes(changed))); };
  CHECK(refused(std::string_view(bytes).substr(0, bytes.size() - 1)) == "the histogram is cut off");
  bytes[20] = static_cast<char>(~bytes[20]);
  CHECK(refused(bytes) == "the histogram cannot be inflated");
}

TEST_CASE("a log has a head and a line an interval") {
  CHECK(stats::hdr_log_head(1'700'000'000.25) ==
        "#[Histogram log format version 1.3]\n"
        "#[StartTime: 1700000000.250 (seconds since epoch)]\n"
        "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\",\"Interval_Compressed_Histogram\"\n");
  Histogram histogram;
  histogram.record(2'000'000);
  const std::string line = stats::hdr_log_line("end-to-end", 1.5, 1, histogram);
  CHECK(line == "Tag=end-to-end,1.500,1.000,2.000," + stats::encode(histogram) + "\n");
}
