// Any text as a paste: every reading is bounded, and what is chosen reads on without a crash.
#include "capture/bytes_reader.h"
#include "capture/hex_dump.h"
#include "render/anatomy.h"
#include "render/hex_view.h"
#include "render/tree.h"

namespace {

/// Shows the first packets in both pictures: a star in a dump stands for up to 16 MiB.
class Show final : public capture::Handler {
 public:
  void on_packet(const capture::Where&, const wire::Frame& frame, wire::Version version, bool) override {
    show(frame.packet, version, std::nullopt);
  }
  void on_fault(const capture::Where&, base::Bytes bytes, wire::Version version, const wire::Fault& fault) override {
    show(bytes, version, fault);
  }
  void on_note(const capture::Where&, capture::Note, std::string_view) override {}
  void on_closed(const capture::Where&, capture::Closed) override {}

 private:
  void show(base::Bytes packet, wire::Version version, const std::optional<wire::Fault>& fault) {
    if (++shown_ > 500) return;
    out_.clear();
    anatomy_.dissect(packet, {version, wire::Sender::client});
    render::append_tree(out_, anatomy_, fault, {false, true});
    render::append_hex_view(out_, anatomy_, fault, false);
  }

  render::Anatomy anatomy_;
  base::Buffer out_;
  std::size_t shown_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::Bytes input{data, size};
  capture::recognise(input);
  Show show;
  if (const auto chosen = capture::choose(base::as_text(input))) {
    capture::BytesReader reader(show, {});
    reader.feed(chosen->bytes);
    reader.finish();
  }
  capture::BytesReader raw(show, {});
  raw.feed(input);
  raw.finish();
  return 0;
}
