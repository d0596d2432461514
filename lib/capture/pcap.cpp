// The classic capture format: one header, then records, in either byte order, to the micro- or nanosecond.
#include "capture/pcap.h"

namespace capture {
namespace {

constexpr std::uint32_t magic_micro = 0xA1B2C3D4;
constexpr std::uint32_t magic_nano = 0xA1B23C4D;
constexpr std::size_t file_header = 24;
constexpr std::size_t record_header = 16;
constexpr std::uint32_t link_type_mask = 0xFFFF;  // above it: the length of the frame check sequence

bool is_magic(std::uint32_t number) noexcept { return number == magic_micro || number == magic_nano; }

class Pcap final : public Records {
 public:
  explicit Pcap(Source& source) : source_(source) {}

  bool next(Record& record) override {
    if (!started_ && !start()) return false;
    source_.consume(pending_);
    pending_ = 0;
    base::Bytes front = source_.peek(record_header);
    if (front.empty()) return false;
    if (front.size() < record_header) return fail(source_, "the capture ends inside a record");
    const std::uint32_t captured = endian_.u32(front.data() + 8);
    if (captured > largest_record) return fail(source_, "a record of " + std::to_string(captured) + " bytes");
    if (front.size() < record_header + captured) front = source_.peek(record_header + captured);
    if (front.size() < record_header + captured) return fail(source_, "the capture ends inside a record");
    record.bytes = front.subspan(record_header, captured);
    record.time_ns = std::int64_t{endian_.u32(front.data())} * 1'000'000'000 +
                     std::int64_t{endian_.u32(front.data() + 4)} * (nano_ ? 1 : 1000);
    record.link_type = link_type_;
    record.time_digits = nano_ ? 9 : 6;
    record.cut = endian_.u32(front.data() + 12) > captured;
    pending_ = record_header + captured;
    return true;
  }

 private:
  bool start() {
    const base::Bytes header = source_.peek(file_header);
    if (header.size() < file_header) return fail(source_, "the capture ends inside its header");
    endian_ = Endian(!is_magic(Endian(false).u32(header.data())));
    nano_ = endian_.u32(header.data()) == magic_nano;
    link_type_ = endian_.u32(header.data() + 20) & link_type_mask;
    source_.consume(file_header);
    started_ = true;
    return true;
  }

  Source& source_;
  Endian endian_;
  std::size_t pending_ = 0;  ///< of the last record, which lives until the next is asked for
  std::uint32_t link_type_ = 0;
  bool nano_ = false;
  bool started_ = false;
};

}  // namespace

bool is_pcap(base::Bytes beginning) noexcept {
  return beginning.size() >= 4 &&
         (is_magic(Endian(false).u32(beginning.data())) || is_magic(Endian(true).u32(beginning.data())));
}

std::unique_ptr<Records> read_pcap(Source& source) { return std::make_unique<Pcap>(source); }

}  // namespace capture
